"""A vote that somebody of the team casts for a person who told them what they want."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import limits
from cocreate.lib.errors import DomainError, NotFound, TooMany
from ideas.domain import behalf
from ideas.domain.challenges import State, state_of
from ideas.models import Idea
from ideas.rules import can_vote_for_others
from web.desk.common import desk_of
from web.desk.idea_forms import BehalfForm
from web.desk.ideas import back, idea_of, show, undo_of
from web.desk.undo import say_for_a_while
from web.pages import page, with_retry


@page
@require_POST
def vote(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    found = voting_on(request, slug, code)
    form = BehalfForm(request.POST, state=state_of(found.challenge))
    if not form.is_valid():
        return show(request, found, behalf_form=form)
    email, value = form.cleaned_data["email"], form.cleaned_data["value"]
    try:
        limits.vote_for_somebody(user_id=request.user.pk, brand_id=found.brand_id, email=email)
        act = behalf.vote_for(idea=found, actor=request.user, **form.cleaned_data)
    except NotFound:
        form.add_error(None, _("Nobody votes on an idea that is hidden."))
        return show(request, found, behalf_form=form)
    except DomainError as error:
        form.blame(error)
        return as_refused(show(request, found, behalf_form=form), error)
    words = what_became_of(form.state, value) % {"email": email}
    say_for_a_while(request, words, undo_of(request, found, "vote", str(act.pk)))
    return back(request, found)


@page
@require_POST
def undo(request: HttpRequest, slug: str, code: str, number: int) -> HttpResponse:
    found = voting_on(request, slug, code)
    try:
        behalf.undo(idea=found, act=number, actor=request.user)
    except DomainError as error:
        messages.error(request, error.message)
        return back(request, found)
    messages.success(request, _("Undone. A vote of their own stands."))
    return back(request, found)


def voting_on(request: HttpRequest, slug: str, code: str) -> Idea:
    return idea_of(request, desk_of(request, slug, can_vote_for_others), code)


def what_became_of(state: State, value: int) -> str:
    """True of whoever it is, and so the same for everybody: nothing in it depends on the person."""
    if not value:
        return _(
            "What was cast for %(email)s is taken back, unless they have been stopped. A vote of"
            " their own stands."
        )
    if state.budget is None:
        return _(
            "Counted for %(email)s, if they may vote here. If they have voted themselves, theirs"
            " stands."
        )
    return _(
        "Counted for %(email)s, if they may vote here and have votes left. If they have voted"
        " themselves, theirs stands."
    )


def as_refused(response: HttpResponse, error: DomainError) -> HttpResponse:
    """Too fast is said to programs, too; 409 would be somebody who was quicker (triage.js)."""
    if isinstance(error, TooMany):
        response.status_code = error.status
    return with_retry(response, error)
