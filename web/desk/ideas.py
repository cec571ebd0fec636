"""One idea, as its brand's team works on it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain import teams
from accounts.models import Brand, User
from accounts.rules import can_answer
from cocreate.lib import grace
from cocreate.lib.errors import DomainError, NotFound
from ideas.access import idea_or_404
from ideas.domain import behalf, comments, decisions, ideas, notes
from ideas.domain.challenges import state_of
from ideas.domain.history import Event, history_for_team
from ideas.domain.lists import idea_row, neighbours
from ideas.domain.marks import marked
from ideas.domain.meanwhile import DecidedMeanwhile
from ideas.domain.reports import open_reports_of
from ideas.domain.statuses import Graph, graph_of
from ideas.domain.why import exposure_of
from ideas.enums import CommentSort, Sort
from ideas.models import Idea
from ideas.rules import can_vote_for_others, was_taken_back
from notifications.domain.mentions import handles_in, handles_in_lines
from web.ballots import one
from web.desk import meanwhile
from web.desk.common import desk_of
from web.desk.idea_forms import AnswerForm, BehalfForm, HideForm, NoteForm, StatusForm
from web.desk.listing import Listing
from web.desk.panes import asks_for_pane, render_beside
from web.desk.undo import cannot_undo, say, say_before_telling
from web.mentions import with_pages
from web.pages import page

LATEST_COMMENTS = 20


@page
@require_http_methods(["GET", "HEAD"])
def idea(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    return show(request, idea_of(request, desk_of(request, slug), code))


@page
@require_POST
def set_status(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    found = acting_on(request, slug, code)
    graph = graph_of(found.brand)
    form = StatusForm(request.POST, graph=graph, now=found.status)
    if not form.is_valid():
        return show(request, found, status_form=form)
    try:
        decision = decisions.set_status(
            idea=found, actor=request.user, seen=request.POST.get("seen"), **form.cleaned_data
        )
    except DecidedMeanwhile:
        found.refresh_from_db(fields=["status"])
        return show_decided_meanwhile(request, found)
    except DomainError as error:
        form.blame(error)
        return show(request, found, status_form=form)
    if decision is None:
        messages.info(request, _("It has this status already. Write something to say how it is."))
        return back(request, found)
    words = _("Status: %(status)s.") % {"status": graph.step(decision.after).label}
    say_before_telling(request, words, undo_of(request, found, "status", decision.code))
    return back(request, found)


@page
@require_POST
def undo_status(request: HttpRequest, slug: str, code: str, decision: str) -> HttpResponse:
    found = acting_on(request, slug, code)
    made = next((one for one in decisions.history_of(found) if one.code == decision), None)
    if made is None:
        cannot_undo(request)
        return back(request, found)
    try:
        decisions.undo(decision=made, actor=request.user)
    except DomainError as error:
        messages.error(request, error.message)
        return back(request, found)
    messages.success(request, _("Undone. Nobody was told."))
    return back(request, found)


@page
@require_POST
def answer(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    found, form = acting_on(request, slug, code), AnswerForm(request.POST)
    try:
        form.full_clean()
        given = comments.answer(
            idea=found, body=form.cleaned_data["body"], actor=request.user,
            seen=request.POST.get("seen"),
        )  # fmt: skip
    except DecidedMeanwhile:
        deeds = meanwhile.of_answer(found, request.POST.get("seen", ""))
        return show(request, found, answer_form=form, meanwhile=deeds, meanwhile_at="answers")
    except DomainError as error:
        form.blame(error)
        return show(request, found, answer_form=form)
    say_before_telling(
        request, _("Your answer stands."), undo_of(request, found, "answer", given.code)
    )
    return back(request, found)


@page
@require_POST
def undo_answer(request: HttpRequest, slug: str, code: str, comment: str) -> HttpResponse:
    found = acting_on(request, slug, code)
    given = next((one for one in comments.answers_of(found) if one.code == comment), None)
    if given is None:
        cannot_undo(request)
        return back(request, found)
    try:
        comments.undo_answer(comment=given, actor=request.user)
    except DomainError:
        messages.error(
            request,
            _("People have been told already. Change or delete the answer on the public page."),
        )
        return back(request, found)
    messages.success(request, _("Undone. Nobody was told."))
    return back(request, found)


@page
@require_POST
def add_note(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """By anybody of the team: who only reads may still have something to say to the others."""
    found, form = idea_of(request, desk_of(request, slug), code), NoteForm(request.POST)
    try:
        form.full_clean()
        note = notes.add(idea=found, body=form.cleaned_data["body"], actor=request.user)
    except DomainError as error:
        form.blame(error)
        return show(request, found, note_form=form)
    say(request, _("Noted, for the team alone."), undo_of(request, found, "note", note.code))
    if strangers := strangers_in(note.body, found.brand):
        handles = ", ".join(f"@{handle}" for handle in strangers)
        words = _("Not in the team, so nobody was told: %(handles)s") % {"handles": handles}
        messages.warning(request, words)
    return back(request, found)


def strangers_in(body: str, brand: Brand) -> list[str]:
    """The handles that a note names in vain."""
    team = {place.user.handle for place in teams.members_of(brand)}
    return [handle for handle in handles_in_lines(body) if handle not in team]


@page
@require_POST
def delete_note(request: HttpRequest, slug: str, code: str, note: str) -> HttpResponse:
    found = idea_of(request, desk_of(request, slug), code)
    try:
        notes.delete(note=notes.note_or_404(found, note), actor=request.user)
    except NotFound:
        cannot_undo(request)
        return back(request, found)
    messages.success(request, _("The note is deleted."))
    return back(request, found)


@page
@require_POST
def hide(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    found, form = acting_on(request, slug, code), HideForm(request.POST)
    if not form.is_valid():
        return show(request, found, hide_form=form)
    ideas.set_hidden(idea=found, hidden=True, actor=request.user, **form.cleaned_data)
    if found.deleted_at:
        words = _("Its author has deleted this idea. If they bring it back, it comes back hidden.")
    else:
        words = _("The idea is hidden from the public.")
    say(request, words, undo_of(request, found, "hide"))
    return back(request, found)


@page
@require_POST
def unhide(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    found = acting_on(request, slug, code)
    ideas.set_hidden(idea=found, hidden=False, actor=request.user)
    if found.deleted_at:
        words = _("If its author brings the idea back, everybody can read it again.")
    else:
        words = _("Everybody can read the idea again.")
    messages.success(request, words)
    return back(request, found)


def show_decided_meanwhile(request: HttpRequest, found: Idea) -> HttpResponse:
    """What they wrote stays, among the steps that the idea may take now."""
    graph = graph_of(found.brand)
    form = StatusForm(request.POST, graph=graph, now=found.status)
    deeds = meanwhile.of_status(found, graph, request.POST.get("seen", ""))
    return show(request, found, status_form=form, meanwhile=deeds, meanwhile_at="status")


def show(request: HttpRequest, found: Idea, **sent: Any) -> HttpResponse:
    """The whole page, with what somebody has just sent, where it needs a correction, or where
    somebody else was quicker (`meanwhile`).
    """
    listing, graph = Listing(request, found.brand), graph_of(found.brand)
    row = idea_row(code=found.code, user_id=request.user.pk)
    if row is None:
        raise NotFound
    if asks_for_pane(request):
        marked([row])
    context = {
        "brand": found.brand,
        "here": path_of(found, listing),
        "idea": one(row, None, request.user),
        "full": found,
        "step": graph.step(found.status),
        "exposure": exposure_of(found),
        "listing": listing,
        "beside": neighbours(
            idea=found, sort=Sort(listing.sort), challenge=listing.challenge,
            filters=listing.filters,
        ),
        "may_act": can_answer(request.user, found.brand),
        "taken_back": was_taken_back(found),
        "status_form": StatusForm(graph=graph, now=found.status),
        "answer_form": AnswerForm(),
        "note_form": NoteForm(),
        "colleagues": colleagues(request, listing),
        "hide_form": HideForm(),
        "behalf_form": form_for_others(request, found),
    }  # fmt: skip
    context |= what_was_said(found) | what_was_done(found, graph, listing)
    context |= who_is_in_charge(found, listing)
    given = [comment for comment, _is_fresh, _people in context["answers"]]
    context["seen"] = meanwhile.seen_of(found, given, context["owner_handle"])
    context |= sent
    context["is_refused"] = bool(sent) and "meanwhile" not in sent
    status = 409 if "meanwhile" in sent else 400 if sent else 200
    return render_beside(request, "desk/idea.html", context, status=status)


def who_is_in_charge(found: Idea, listing: Listing) -> dict[str, Any]:
    owner = next((place.user for place in listing.members if place.pk == found.owner_id), None)
    return {
        "owner": owner,
        "owner_handle": owner.handle if owner else "",
        "wanted_owner": None,
    }


def form_for_others(request: HttpRequest, found: Idea) -> BehalfForm | None:
    """Where somebody may vote for another: None where they may not, or nobody votes now."""
    state = state_of(found.challenge)
    if not can_vote_for_others(request.user, found.brand) or not behalf.takes_votes(found, state):
        return None
    return BehalfForm(state=state)


def colleagues(request: HttpRequest, listing: Listing) -> list[User]:
    """Whom a note can tell: the team, but for its writer."""
    team = [place.user for place in listing.members]
    return [user for user in team if user.is_active and user != request.user]


def what_was_said(found: Idea) -> dict[str, Any]:
    given, written = comments.answers_of(found), notes.notes_of(found)
    handles = [handles_in(comment.body) for comment in given]
    people = iter(with_pages(handles + [handles_in_lines(note.body) for note in written]))
    return {
        "answers": [(one, grace.is_open(one.created_at), next(people)) for one in given],
        "notes": [(note, next(people)) for note in written],
        "reports": open_reports_of(found),
        "comments": comments.comments_page(
            idea=found, sort=CommentSort.NEW, limit=LATEST_COMMENTS, for_team=True
        ),
    }


def what_was_done(found: Idea, graph: Graph, listing: Listing) -> dict[str, Any]:
    history = history_for_team(found, listing.members)
    return {
        "history": [(event, labels(event, graph)) for event in history],
        "undoable": latest_undoable(history),
        "undo_seconds": settings.UNDO_SECONDS,
    }


def latest_undoable(history: list[Event]) -> str:
    """The code of the decision that can still be taken back."""
    made = [event.decision for event in history if event.kind == "status.changed"]
    latest = next((one for one in made if one and one.undone_at is None), None)
    return latest.code if latest and grace.is_open(latest.at) else ""


def labels(event: Event, graph: Graph) -> tuple[str, str]:
    """Of the statuses before and after."""
    if event.decision is None:
        return "", ""
    return graph.step(event.decision.before).label, graph.step(event.decision.after).label


def idea_of(request: HttpRequest, brand: Brand, code: str) -> Idea:
    return idea_or_404(request.user, code, brand=brand)


def acting_on(request: HttpRequest, slug: str, code: str) -> Idea:
    """The idea, for somebody who may do something about it. Raises NotAllowed."""
    return idea_of(request, desk_of(request, slug, can_answer), code)


def undo_of(request: HttpRequest, found: Idea, act: str, *names: str) -> str:
    listing = Listing(request, found.brand)
    path = reverse(f"desk_undo_{act}", args=[found.brand.slug, found.code, *names])
    return path + listing.tail


def back(request: HttpRequest, found: Idea) -> HttpResponse:
    return HttpResponseRedirect(path_of(found, Listing(request, found.brand)))


def path_of(found: Idea, listing: Listing) -> str:
    return reverse("desk_idea", args=[found.brand.slug, found.code]) + listing.tail
