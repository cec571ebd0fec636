"""An idea as its page will show it, from what a form says: by the same template
(partials/idea_said.html), and nothing is kept.
"""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from ideas.domain.lists import idea_row
from ideas.models import Idea
from web.pages import member_of
from web.public.forms import IdeaText

AUTHOR = ("author_handle", "author_ref", "author_name", "author_avatar")


def preview_of_new(request: HttpRequest, form: IdeaText, code: str) -> dict[str, Any]:
    """`code`: the one that the idea will have; its drawing follows from it."""
    user = member_of(request)
    author = {
        "author_handle": user.handle,
        "author_name": user.display_name,
        "author_avatar": user.avatar.name,
    }
    return _said(form) | author | {"code": code, "created_at": timezone.now()}


def preview_of_change(request: HttpRequest, form: IdeaText, found: Idea) -> dict[str, Any]:
    row = idea_row(code=found.code, user_id=request.user.pk) or {}
    author = {name: row.get(name) for name in AUTHOR}
    return _said(form) | author | {"code": found.code, "created_at": found.created_at}


def _said(form: IdeaText) -> dict[str, Any]:
    words = form.words()
    return {
        "title": words.title.strip() or "…",
        "body": words.body,
        "language": words.language,
        "tags": form.tags_as_kept(),
        "images": form.pictures,
    }
