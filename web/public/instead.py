"""Whoever writes an idea finds one like it: they vote for that and go on writing, or vote for it
instead, or goes on with it as they have voted already. What they have written is kept in any case.
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
from web.public.votes import cast_first_for, voted_before

SUPPORT = 1


def wish_beside(request: HttpRequest) -> tuple[str, int] | None:
    """The idea that a press supports, or supports no more, while its form stays open."""
    for name, value in (("support", SUPPORT), ("withdraw", 0)):
        if name in request.POST:
            return named(request, name), value
    return None


def choice_in(request: HttpRequest) -> tuple[str, bool] | None:
    """The idea that a press goes on with in place of their own, and whether it votes for it."""
    for name, votes in (("instead", True), ("onward", False)):
        if name in request.POST:
            return named(request, name), votes
    return None


def keep_words(request: HttpRequest, brand: Brand, form: IdeaForm) -> drafts.Draft | None:
    """None where nothing was written. Raises a DomainError."""
    user = member_of(request)
    limits.save_draft(user_id=user.pk)
    name = str(form.data.get("draft", ""))
    draft = drafts.store(brand=brand, user=user, name=name, words=form.words())
    images.describe_waiting(brand=brand, user=user, alts=alts_in(request))
    return draft


def go_on_with(
    request: HttpRequest, brand: Brand, form: IdeaForm, code: str, *, votes: bool
) -> HttpResponse:
    """Their words first, and then the vote: what refuses it loses nothing. Raises a DomainError
    where the words cannot be kept, or the idea is not there any more.
    """
    found = idea_or_404(request.user, code)
    if keep_words(request, brand, form):
        messages.info(request, words_kept())
    if votes and is_by_points(found):
        return HttpResponseRedirect(vote_path(code))
    if votes:
        vote_for(request, code)
    return HttpResponseRedirect(idea_path(found.code, found.title))


def vote_for(request: HttpRequest, code: str) -> None:
    """And say what came of it. Raises NotFound."""
    try:
        if cast_first_for(request.user, code, SUPPORT):
            messages.success(request, _("Your vote is in."))
        else:
            messages.info(request, voted_before())
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, str(error.message))


def sign_in_for(code: str, *, votes: bool, secret: str, draft: str) -> HttpResponse | None:
    """To the sign-in page, which then casts the vote (web/wishes.py) and gives the words back
    (web/kept.py). None where nobody but members sees the idea: they vote once they are in.
    """
    try:
        found = idea_or_404(None, code)
    except DomainError:
        return None
    query: dict[str, Any] = {"value": SUPPORT} if votes and not is_by_points(found) else {}
    query |= {"kept": secret} | ({"draft": draft} if draft else {})
    return to_sign_in(f"{vote_path(code)}?{urlencode(query)}")


def is_by_points(found: Idea) -> bool:
    """How many they give, they say on the page for it."""
    return found.challenge.rules is not None and found.challenge.rules.mode == Mode.POINTS


def words_kept() -> str:
    return _("What you wrote is kept: you find it on your page, under Drafts.")
