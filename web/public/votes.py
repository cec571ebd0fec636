"""Voting on a page. A GET never votes: a prefetcher or a picture's address must not."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from cocreate.lib.errors import DomainError, NotFound
from ideas.access import Ballot, ballot_of, idea_or_404
from ideas.domain.budgets import budget_of
from ideas.domain.challenges import state_of
from ideas.domain.lists import idea_row
from ideas.domain.votes import (
    LARGEST,
    SMALLEST,
    Cast,
    ValueNotAllowed,
    cast_as_user,
    cast_unless_voted,
)
from ideas.enums import Verb, Voters
from ideas.models import Idea
from web.ballots import Shown, one
from web.links import idea_path, vote_path
from web.pages import page, safe_path, to_sign_in, with_retry
from web.public.way_back import place_of_vote

FRAGMENT_HEADER = "X-Fragment"  # our script asks for the control alone


@page
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, code: str) -> HttpResponse:
    try:
        return answer(request, code)
    except NotFound:
        return gone(request, code)


def answer(request: HttpRequest, code: str) -> HttpResponse:
    """Raises NotFound."""
    is_member = request.user.is_authenticated
    if is_member and request.method == "POST":
        return press(request, ballot_of(request.user, code) or not_merged(request, code))
    found, value = not_merged(request, code), wanted_value(request)
    place = place_of_vote(request.POST.get("next") or request.GET.get("from", ""), found)
    if not is_member:
        return to_entrance(found, value, place)
    return show(request, found, value, place or way_back(request, found))


def press(request: HttpRequest, found: Idea | Ballot) -> HttpResponse:
    """A vote that is taken, on an idea like any other, is answered by what it has returned; all
    else there is to say takes a look at the idea.
    """
    value, back = wanted_value(request), way_back(request, found)
    try:
        cast = cast_for(request.user, found.code, value)
    except NotFound:
        return unseen_by_others(request, whole(request, found), value, back)
    except DomainError as error:
        return refused(request, whole(request, found), value, back, error)
    if not wants_fragment(request):
        # Beside its control stands that it is in (partials/vote.html).
        place = "voted" if cast.value else "idea"
        return HttpResponseRedirect(f"{back}#{place}-{found.code}")
    if isinstance(found, Ballot) and cast.is_taken and found.who_votes == Voters.EVERYBODY:
        return fragment(request, standing_after(cast, found, back))
    return fragment(request, standing(request, whole(request, found), back))


def cast_for(user: Any, code: str, value: int | None) -> Cast:
    """Raises a DomainError."""
    if value is None:
        raise ValueNotAllowed
    limits.vote_as_member(user_id=user.pk)
    return cast_as_user(code=code, user_id=user.pk, value=value)


def cast_first_for(user: Any, code: str, value: int) -> bool:
    """Where the page may not have shown how they had voted: False where that stays. Raises a
    DomainError.
    """
    limits.vote_as_member(user_id=user.pk)
    return cast_unless_voted(code=code, user_id=user.pk, value=value)


def voted_before() -> str:
    return _("You have voted on this already: your vote stays as it was.")


def not_merged(request: HttpRequest, code: str) -> Idea:
    """The idea, or what it became a part of."""
    found = idea_or_404(request.user, code)
    return idea_or_404(request.user, found.merged_into.code) if found.merged_into else found


def whole(request: HttpRequest, found: Idea | Ballot) -> Idea:
    return found if isinstance(found, Idea) else not_merged(request, found.code)


def way_back(request: HttpRequest, found: Idea | Ballot) -> str:
    return safe_path(request, request.POST.get("next"), "") or idea_path(found.code, found.title)


def wants_fragment(request: HttpRequest) -> bool:
    return request.headers.get(FRAGMENT_HEADER) == "1"


def refused(
    request: HttpRequest, found: Idea, value: int | None, back: str, error: DomainError
) -> HttpResponse:
    if wants_fragment(request):
        return fragment(request, standing(request, found, back), error)
    return show(request, found, value, back, error)


def unseen_by_others(
    request: HttpRequest, found: Idea, value: int | None, back: str
) -> HttpResponse:
    """To whoever still sees an idea on which nobody votes: its author, say. Raises NotFound."""
    words = _("This idea is hidden: nobody can vote on it now.")
    return refused(request, found, value, back, NotFound(words))


def gone(request: HttpRequest, code: str) -> HttpResponse:
    """Deleted, hidden or of another brand since a list showed it, or never there. That list stays:
    in place of the control, or a link away.
    """
    error = NotFound(_("This idea is no longer here."))
    if request.user.is_authenticated and wants_fragment(request):
        return fragment(request, {"code": code}, error)
    back = list_before(request, code)
    return render(request, "public/vote_gone.html", {"back": back}, status=error.status)


def list_before(request: HttpRequest, code: str) -> str:
    """Where the press was, or before the page of the idea if it was there."""
    back = safe_path(request, request.POST.get("next") or request.GET.get("from"), "")
    path, _mark, query = back.partition("?")
    if path.startswith(reverse("idea_by_code", args=[code])):
        return safe_path(request, dict(parse_qsl(query)).get("from"), "")
    return back


def to_entrance(found: Idea, value: int | None, place: str) -> HttpResponse:
    """The wish travels in `next`: coming in, whichever way, ends in casting it (web/wishes.py), and
    where it was asked for.
    """
    if not state_of(found.challenge).allows(Verb.VOTE) or found.closed or value is None:
        return HttpResponseRedirect(idea_path(found.code, found.title))
    wish = {"value": value} | ({"from": place} if place else {})
    return to_sign_in(f"{vote_path(found.code)}?{urlencode(wish)}", "account_enter")


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
    request: HttpRequest, stands: dict[str, Any], error: DomainError | None = None
) -> HttpResponse:
    """No page: of what all pages know it needs the form's token alone."""
    context = stands | {"error": error, "csrf_token": get_token(request)}
    text = render_to_string("partials/vote_answer.html", context)
    response = HttpResponse(text, status=error.status if error else 200)
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


def standing_after(cast: Cast, ballot: Ballot, back: str) -> dict[str, Any]:
    """As standing(), without a query: the vote was taken, so votes are open to this reader."""
    row = {
        "code": ballot.code, "title": ballot.title, "mode": ballot.mode,
        "max_points": ballot.max_points, "support": cast.support, "oppose": cast.oppose,
        "points": cast.points, "counts_hidden": cast.hidden, "my_vote": cast.value,
        "my_state": cast.state if cast.value is not None else None,
    }  # fmt: skip
    return {
        "brand": {"slug": ballot.brand},
        "challenge": {"slug": ballot.challenge},
        "state": {"mode": ballot.mode},
        "idea": Shown(row, votes_open=True, is_member=True),
        "budget": cast.budget,
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
