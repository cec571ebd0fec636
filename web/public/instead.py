"""Whoever writes an idea finds one like it: they vote for that and go on writing, or vote for it
instead. What they have written is kept either way.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from accounts import limits
from accounts.models import Brand
from cocreate.lib.errors import DomainError, NotFound
from ideas.access import idea_or_404
from ideas.domain import drafts, images
from ideas.enums import Mode
from ideas.models import Idea
from web.links import idea_path, vote_path
from web.pages import member_of, named, to_sign_in
from web.public.forms import IdeaForm
from web.public.picture_fields import alts_in
from web.public.votes import cast_for

SUPPORT = 1


def wish_beside(request: HttpRequest) -> tuple[str, int] | None:
    """The idea that a press supports, or supports no more, while its form stays open."""
    for name, value in (("support", SUPPORT), ("withdraw", 0)):
        if name in request.POST:
            return named(request, name), value
    return None


def keep_words(request: HttpRequest, brand: Brand, form: IdeaForm) -> drafts.Draft | None:
    """None where nothing was written. Raises a DomainError."""
    user = member_of(request)
    limits.save_draft(user_id=user.pk)
    name = str(form.data.get("draft", ""))
    draft = drafts.store(brand=brand, user=user, name=name, words=form.words())
    images.describe_waiting(brand=brand, user=user, alts=alts_in(request))
    return draft


def vote_instead(request: HttpRequest, brand: Brand, form: IdeaForm, code: str) -> HttpResponse:
    """Their words first, and then the vote: what refuses it loses nothing. Raises a DomainError
    where the words cannot be kept, or the idea is not there any more.
    """
    found = idea_or_404(request.user, code)
    if keep_words(request, brand, form):
        messages.info(request, words_kept())
    if is_by_points(found):
        return HttpResponseRedirect(vote_path(code))
    try:
        cast_for(request.user, code, SUPPORT)
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Your vote is in."))
    return HttpResponseRedirect(idea_path(found.code, found.title))


def sign_in_for(code: str, *, secret: str, draft: str) -> HttpResponse | None:
    """To the sign-in page, which then casts the vote (web/wishes.py) and gives the words back
    (web/kept.py). None where nobody but members sees the idea: they vote once they are in.
    """
    try:
        found = idea_or_404(None, code)
    except DomainError:
        return None
    query: dict[str, Any] = {} if is_by_points(found) else {"value": SUPPORT}
    query |= {"kept": secret} | ({"draft": draft} if draft else {})
    return to_sign_in(f"{vote_path(code)}?{urlencode(query)}")


def is_by_points(found: Idea) -> bool:
    """How many they give, they say on the page for it."""
    return found.challenge.rules is not None and found.challenge.rules.mode == Mode.POINTS


def words_kept() -> str:
    return _("What you wrote is kept: you find it on your page, under Drafts.")
