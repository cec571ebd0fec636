"""Voting on a page. A GET never votes: a prefetcher or a picture's address must not."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import limits
from cocreate.lib.errors import DomainError, NotFound
from ideas.access import idea_or_404
from ideas.domain.budgets import budget_of
from ideas.domain.challenges import state_of
from ideas.domain.lists import idea_row
from ideas.domain.votes import LARGEST, SMALLEST, ValueNotAllowed, cast_as_user
from ideas.enums import Verb
from ideas.models import Idea
from web.ballots import one
from web.links import idea_path, vote_path
from web.pages import page, safe_path, to_sign_in, with_retry

FRAGMENT_HEADER = "X-Fragment"  # our script asks for the control alone


@page
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, code: str) -> HttpResponse:
    found = idea_or_404(request.user, code)
    if found.merged_into:
        found = idea_or_404(request.user, found.merged_into.code)
    value = wanted_value(request)
    back = safe_path(request, request.POST.get("next"), idea_path(found.code, found.title))
    if not request.user.is_authenticated:
        return to_sign_up(found, value)
    if request.method != "POST":
        return show(request, found, value, back)
    return cast(request, found, value, back)


def cast(request: HttpRequest, found: Idea, value: int | None, back: str) -> HttpResponse:
    wants_fragment = request.headers.get(FRAGMENT_HEADER) == "1"
    try:
        if value is None:
            raise ValueNotAllowed
        cast_for(request.user, found.code, value)
    except NotFound:
        raise
    except DomainError as error:
        if wants_fragment:
            return fragment(request, found, back, error)
        return show(request, found, value, back, error)
    if wants_fragment:
        return fragment(request, found, back)
    return HttpResponseRedirect(f"{back}#idea-{found.code}")


def cast_for(user: Any, code: str, value: int) -> None:
    """Raises a DomainError."""
    limits.vote_as_member(user_id=user.pk)
    cast_as_user(code=code, user_id=user.pk, value=value)


def to_sign_up(found: Idea, value: int | None) -> HttpResponse:
    """The wish travels in `next`: signing in or up ends in casting it (web/wishes.py)."""
    if not state_of(found.challenge).allows(Verb.VOTE) or found.closed or value is None:
        return HttpResponseRedirect(idea_path(found.code, found.title))
    return to_sign_in(f"{vote_path(found.code)}?value={value}", "account_signup")


def show(
    request: HttpRequest,
    found: Idea,
    value: int | None,
    back: str,
    error: DomainError | None = None,
) -> HttpResponse:
    """The idea with the vote ready to be pressed, or with the reason why it was not taken."""
    context = standing(request, found, back) | {"wanted": value, "error": error}
    response = render(request, "public/vote.html", context, status=error.status if error else 200)
    return with_retry(response, error)


def fragment(
    request: HttpRequest, found: Idea, back: str, error: DomainError | None = None
) -> HttpResponse:
    context = standing(request, found, back) | {"error": error}
    response = render(
        request, "partials/vote_answer.html", context, status=error.status if error else 200
    )
    response[FRAGMENT_HEADER] = "1"
    return with_retry(response, error)


def standing(request: HttpRequest, found: Idea, back: str) -> dict[str, Any]:
    """How the idea stands now, for this reader."""
    row = idea_row(code=found.code, user_id=request.user.pk)
    if row is None:
        raise NotFound
    state = state_of(found.challenge)
    budget = budget_of(challenge=found.challenge, user_id=request.user.pk)
    return {
        "brand": found.brand,
        "challenge": found.challenge,
        "state": state,
        "idea": one(row, state, request.user),
        "budget": budget,
        "back": back,
    }


def wanted_value(request: HttpRequest) -> int | None:
    """None where there is none that could ever be a vote."""
    text = (request.POST if request.method == "POST" else request.GET).get("value", "")
    try:
        value = int(text) if len(text) < 8 else None
    except ValueError:
        return None
    return value if value is not None and SMALLEST <= value <= LARGEST else None
