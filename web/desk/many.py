"""One decision about the ideas that somebody has ticked in the list."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Brand, Membership
from accounts.rules import can_answer
from cocreate.lib.errors import DomainError
from ideas.domain import many as verbs
from ideas.domain.many import Outcome
from ideas.domain.meanwhile import DecidedMeanwhile, latest_decisions
from ideas.domain.statuses import graph_of
from ideas.models import Idea
from web.desk.common import desk_of
from web.desk.idea_forms import ManyHideForm, ManyStatusForm
from web.desk.listing import Listing
from web.desk.panes import render_beside
from web.desk.undo import cannot_undo, say, say_before_telling, say_for_a_while
from web.pages import page

SHOWN_OF_TITLE = 80


@page
@require_http_methods(["GET", "HEAD"])
def many(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_answer)
    ideas = verbs.chosen(brand, request.GET.getlist("idea"))
    return show(request, brand, ideas) if ideas else back_without_any(request, brand)


@page
@require_POST
def set_status(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_answer)
    ideas, graph = verbs.chosen(brand, request.POST.getlist("idea")), graph_of(brand)
    if not ideas:
        return back_without_any(request, brand)
    form = ManyStatusForm(request.POST, graph=graph, ideas=ideas)
    if not form.is_valid():
        return show(request, brand, ideas, status_form=form)
    outcome = verbs.set_status(
        chosen=ideas, actor=request.user, seen=seen_in(request), **form.cleaned_data
    )
    if is_late(outcome):
        return show_decided_meanwhile(request, brand, ideas)
    if wanting := words_wanting(outcome):
        form.blame(wanting)
        return show(request, brand, ideas, status_form=form)
    if n := len(outcome.done):
        words = ngettext("Status of %(n)s idea: %(step)s.", "Status of %(n)s ideas: %(step)s.", n)
        step = graph.step(form.cleaned_data["status"]).label
        say_before_telling(
            request, words % {"n": n, "step": step}, undo_of(request, brand, decision=outcome.undo)
        )
    say_what_was_not_done(request, outcome)
    return back(request, brand)


@page
@require_POST
def set_owner(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_answer)
    ideas, owner = verbs.chosen(brand, request.POST.getlist("idea")), request.POST.get("owner", "")
    if not ideas:
        return back_without_any(request, brand)
    outcome = verbs.set_owner(chosen=ideas, owner=owner, actor=request.user)
    if n := len(outcome.done):
        undo = undo_of(request, brand, charge=outcome.undo)
        say_who_has_them(request, n, outcome.done[0].owner, undo)
    say_what_was_not_done(request, outcome)
    return back(request, brand)


@page
@require_POST
def hide(request: HttpRequest, slug: str) -> HttpResponse:
    brand = desk_of(request, slug, can_answer)
    ideas, form = verbs.chosen(brand, request.POST.getlist("idea")), ManyHideForm(request.POST)
    if not ideas:
        return back_without_any(request, brand)
    if not form.is_valid():
        return show(request, brand, ideas, hide_form=form)
    outcome = verbs.hide(chosen=ideas, actor=request.user, **form.cleaned_data)
    if n := len(outcome.done):
        words = ngettext(
            "%(n)s idea is hidden from the public.", "%(n)s ideas are hidden from the public.", n
        )
        say(request, words % {"n": n}, undo_of(request, brand, idea=outcome.undo))
    say_what_was_not_done(request, outcome)
    return back(request, brand)


@page
@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """What the address names: decisions, ideas that somebody was put in charge of, or ideas that
    were hidden.
    """
    brand = desk_of(request, slug, can_answer)
    made, given = request.GET.getlist("decision"), request.GET.getlist("charge")
    if made:
        outcome = verbs.undo_status(brand=brand, codes=made, actor=request.user)
    elif given:
        outcome = verbs.undo_owner(chosen=verbs.chosen(brand, given), actor=request.user)
    else:
        ideas = verbs.chosen(brand, request.GET.getlist("idea"))
        outcome = verbs.undo_hide(chosen=ideas, actor=request.user)
    if outcome.done and (made or given):
        messages.success(request, _("Undone. Nobody was told."))
    elif outcome.done:
        messages.success(request, _("Everybody can read the ideas again."))
    elif not outcome.refused:
        cannot_undo(request)
    say_what_was_not_done(request, outcome)
    return back(request, brand)


def say_who_has_them(request: HttpRequest, n: int, owner: Membership | None, undo: str) -> None:
    if owner is None:
        words = ngettext(
            "Nobody is in charge of %(n)s idea any more.",
            "Nobody is in charge of %(n)s ideas any more.",
            n,
        )
        return say_for_a_while(request, words % {"n": n}, undo)
    if owner.user_id == request.user.pk:
        words = ngettext("You are in charge of %(n)s idea.", "You are in charge of %(n)s ideas.", n)
        return say_for_a_while(request, words % {"n": n}, undo)
    words = ngettext("In charge of %(n)s idea: %(name)s.", "In charge of %(n)s ideas: %(name)s.", n)
    say_before_telling(request, words % {"n": n, "name": owner.user.display_name}, undo)


def seen_in(request: HttpRequest) -> dict[str, str]:
    """The latest decision on each idea as the page showed it: the idea's code, a point, its own."""
    pairs = (text.partition(".") for text in request.POST.getlist("seen"))
    return {idea: decision for idea, point, decision in pairs if point}


def is_late(outcome: Outcome) -> bool:
    """Whether somebody else was quicker with all that could be decided."""
    late = [isinstance(error, DecidedMeanwhile) for _idea, error in outcome.refused]
    return bool(late) and all(late) and not (outcome.done or outcome.same)


def show_decided_meanwhile(request: HttpRequest, brand: Brand, ideas: list[Idea]) -> HttpResponse:
    """What they wrote stays, beside what the ideas are now."""
    ideas = verbs.chosen(brand, [idea.code for idea in ideas])
    form = ManyStatusForm(request.POST, graph=graph_of(brand), ideas=ideas)
    form.blame(DecidedMeanwhile())
    return show(request, brand, ideas, status=409, status_form=form)


def words_wanting(outcome: Outcome) -> DomainError | None:
    """What every idea has refused alike, for want of a reason or of words: the form can mend it."""
    if outcome.done or outcome.same or not outcome.refused:
        return None
    _idea, error = outcome.refused[0]
    return error if {"reason", "message"} & error.fields.keys() else None


def say_what_was_not_done(request: HttpRequest, outcome: Outcome) -> None:
    if n := len(outcome.same):
        words = ngettext("%(n)s idea stood so already.", "%(n)s ideas stood so already.", n)
        messages.info(request, words % {"n": n})
    for idea, error in outcome.refused:
        words = _("“%(title)s”: %(why)s") % {
            "title": idea.title[:SHOWN_OF_TITLE], "why": why(error),
        }  # fmt: skip
        messages.error(request, words)


def why(error: DomainError) -> str:
    """In one line, also where the refusal names fields."""
    said = [str(message) for found in error.fields.values() for _code, message in found]
    return " ".join(said) or str(error.message)


def undo_of(request: HttpRequest, brand: Brand, **made: list[str]) -> str:
    asked = [*Listing(request, brand).pairs, *((name, one) for name in made for one in made[name])]
    return f"{reverse('desk_undo_many', args=[brand.slug])}?{urlencode(asked)}"


def back(request: HttpRequest, brand: Brand) -> HttpResponse:
    return HttpResponseRedirect(Listing(request, brand).path)


def back_without_any(request: HttpRequest, brand: Brand) -> HttpResponse:
    messages.info(request, _("Tick the ideas first that you want to decide on."))
    return back(request, brand)


def show(
    request: HttpRequest, brand: Brand, ideas: list[Idea], *, status: int = 0, **sent: Any
) -> HttpResponse:
    listing, graph, decided = Listing(request, brand), graph_of(brand), latest_decisions(ideas)
    context = {
        "brand": brand,
        "listing": listing,
        "ideas": [(idea, graph.step(idea.status)) for idea in ideas],
        "seen": [f"{idea.code}.{decided.get(idea.pk, '')}" for idea in ideas],
        "hidden_already": sum(idea.hidden for idea in ideas),
        "status_form": ManyStatusForm(graph=graph, ideas=ideas),
        "hide_form": ManyHideForm(),
    } | sent
    status = status or (400 if sent else 200)
    return render_beside(request, "desk/many.html", context, status=status)
