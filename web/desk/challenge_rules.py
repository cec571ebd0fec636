"""A change of the rules of a public question: reviewed with its effects, then applied."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.rules import can_manage_settings
from cocreate.lib.errors import DomainError, NotFound
from ideas.access import challenge_or_404
from ideas.domain import challenges
from ideas.domain.challenges import ChangedMeanwhile, PermanentRules, state_of
from ideas.domain.rule_changes import Plan, planned, preview_of
from ideas.models import Challenge
from web.desk.challenge_forms import Editor
from web.desk.challenges import back, is_unfinished, refused, show
from web.desk.common import desk_of
from web.pages import page
from web.rule_words import other_phases, said

BUTTONS = {"csrfmiddlewaretoken", "apply", "again", "reason", "add", "remove", "look"}


@page
@require_POST
def review(request: HttpRequest, slug: str, challenge_slug: str) -> HttpResponse:
    """What would change; with `apply` it does, with `again` the form comes back."""
    brand = desk_of(request, slug, can_manage_settings)
    found = challenge_or_404(brand, challenge_slug, request.user)
    if not found.is_published:
        raise NotFound
    if found.is_permanent:
        raise PermanentRules
    editor = Editor.sent_to(request.POST, found)
    if is_unfinished(request, editor) or "again" in request.POST:
        return show(request, brand, editor, found)
    try:
        rules, phases = editor.rules_content(brand)
        if "apply" in request.POST:
            reason = request.POST.get("reason", "")
            challenges.change_rules(
                challenge=found, actor=request.user, phases=phases, reason=reason,
                revision=editor.revision, **rules,
            )  # fmt: skip
            messages.success(request, _("The new rules hold from now on."))
            return after_change(request, found, editor)
        if editor.revision != found.revision:
            raise ChangedMeanwhile
        plan = planned(challenge=found, rules=rules, phases=phases)
    except DomainError as error:
        if "reason" in error.fields:
            plan = planned(challenge=found, rules=rules, phases=phases)
            return show_review(request, found, editor, plan, str(error.fields["reason"][0][1]))
        return refused(request, found, editor, error)
    if not plan.changes:
        messages.info(request, _("Nothing differs from the rules of today."))
        return with_words(request, found, editor) or back(found)
    return show_review(request, found, editor, plan)


def after_change(request: HttpRequest, challenge: Challenge, editor: Editor) -> HttpResponse:
    log = reverse("challenge_rules", args=[challenge.brand.slug, challenge.slug]) + "#log"
    return with_words(request, challenge, editor) or HttpResponseRedirect(log)


def with_words(request: HttpRequest, challenge: Challenge, editor: Editor) -> HttpResponse | None:
    """The editor with the words that were changed beside the rules; None where none were."""
    if not editor.has_other_words(challenge):
        return None
    fresh = Editor.of(challenge)
    fresh.words = editor.words
    messages.info(request, _("The words of your question are not saved yet: they wait here."))
    return show(request, challenge.brand, fresh, challenge)


def show_review(
    request: HttpRequest, challenge: Challenge, editor: Editor, plan: Plan, wrong: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {
        "brand": challenge.brand,
        "challenge": challenge,
        "changes": said(plan.changes),
        "effects": effects(plan),
        "preview": preview_of(challenge=challenge, plan=plan),
        "counts_hidden": state_of(challenge).hides_counts,
        "sent": [(name, value) for name, values in request.POST.lists() if name not in BUTTONS
                 for value in values],
        "zone": editor.phases.place,
        "words_wait": editor.has_other_words(challenge),
        "reason": request.POST.get("reason", ""),
        "reason_wrong": wrong,
    }  # fmt: skip
    return render(request, "desk/challenge_review.html", context, status=400 if wrong else 200)


def effects(plan: Plan) -> list[str]:
    """What becomes of what people have done so far."""
    sentences = {
        "mode": _("Votes that were cast stay as they are and go on counting."),
        "max_points": _("Votes that were cast stay as they are and go on counting."),
        "budget": _(
            "Nobody loses a vote. Whoever has spent more than the new budget casts none until"
            " they take some back."
        ),
        "budget_period": _(
            "What people have spent in the old period stays spent there; the new one begins empty."
        ),
        "half_life": _(
            "The order “hot” is counted anew from all votes, within minutes. No count changes."
        ),
        "who_votes": _("Votes that were cast stay; from now on only these people cast new ones."),
        "licence": _(
            "Ideas that were posted keep the terms their authors accepted. New ones need the new"
            " terms."
        ),
        "phases": _("What opens or closes by the new dates does so at that very moment."),
        "votes_leave": _("It holds for accounts that are deleted from now on."),
    }
    names = plan.names - ({"phases"} if not moves_a_date(plan) else set())
    return list(dict.fromkeys(text for name, text in sentences.items() if name in names))


def moves_a_date(plan: Plan) -> bool:
    """A phase may also be given another name, or other verbs."""
    for change in plan.changes:
        if change.name == "phases":
            before, after = (
                [(phase["opens_at"], phase["closes_at"]) for phase in phases]
                for phases in other_phases(change)
            )
            return before != after
    return False
