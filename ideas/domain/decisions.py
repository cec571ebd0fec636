"""What a brand decides about an idea: a step along its graph of statuses, in public and with words.

People are told after a short while (UNDO_SECONDS): until then a decision can be undone, and nobody
hears of it.
"""

from datetime import timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import activity
from accounts.models import User
from cocreate.lib import grace, prepared, written
from cocreate.lib.errors import DomainError, Invalid
from cocreate.lib.text import tidy_text
from cocreate.lib.written import SOMETHING
from ideas.domain.ideas import must_still_be
from ideas.domain.meanwhile import latest_decision, must_be_latest
from ideas.domain.statuses import Graph, Step, graph_of
from ideas.enums import DeclineReason, Lock
from ideas.models import Decision, Idea
from ideas.models.status import MESSAGE_LENGTH

# Whoever changes the brand's statuses waits, or has finished.
HOLD_GRAPH = "SELECT 1 FROM accounts_brand WHERE id = %s FOR SHARE"
SHORTEST_REASONING = 40  # characters that people who voted for it are owed
PRESSED_TWICE = timedelta(minutes=1)


class TooLateToUndo(DomainError):
    code, status = "too_late", 409
    message = gettext_lazy("People have been told already. Set the status again instead.")


@transaction.atomic
def set_status(
    *,
    idea: Idea,
    status: str,
    actor: User | None,
    reason: str = "",
    message: str = "",
    revision: int | None = None,
    seen: str | None = None,
) -> Decision | None:
    """Move an idea along its brand's graph, or say how it stands (the same status, with a message).
    Closes or opens its votes as the status says, waiting for those in flight.

    `actor` None: a key. `revision`: the one they have read; `seen`: the code of the decision that
    they saw as the latest. Returns None where nothing changes. Raises ChangedMeanwhile,
    DecidedMeanwhile, and Invalid with fields. Records `status.changed`, of which people hear
    later. The same decision in the same words twice within a minute is one.
    """
    prepared.one(HOLD_GRAPH, (idea.brand_id,))
    held = Idea.objects.select_for_update(no_key=True).get(pk=idea.pk)
    must_still_be(held, revision)
    if seen is not None:
        _must_have_seen(held, seen, status, message, actor)
    graph = graph_of(idea.brand)
    step = _wanted(graph, held, status)
    words = _checked_words(step, held, reason, message)
    if step.key == held.status and not words["message"]:
        return None
    if twice := _pressed_twice(held, step, words):
        return twice
    return _decided(idea, held.status, step, actor, words)


@transaction.atomic
def undo(*, decision: Decision, actor: User) -> None:
    """Take back a decision that nobody was told of, and that is the idea's latest. Raises
    TooLateToUndo. Records `status.undone`.
    """
    idea = decision.idea
    prepared.one(HOLD_GRAPH, (idea.brand_id,))
    Idea.objects.select_for_update(no_key=True).get(pk=idea.pk)
    latest = Decision.objects.filter(idea=idea, undone_at=None).order_by("-id").first()
    fresh = Decision.objects.filter(pk=decision.pk, at__gt=Now() - grace.to_undo())
    if latest != decision or not fresh.update(undone_at=Now()):
        raise TooLateToUndo
    _move(idea, graph_of(idea.brand).step(decision.before))
    activity.record(
        "status.undone", subject=("idea", idea.code), brand=idea.brand, actor=actor, private=True
    )


def history_of(idea: Idea) -> list[Decision]:
    """What was decided, the latest first; who did it is for the team alone."""
    found: list[Decision] = written.objects(_history(), {SOMETHING: idea.pk})
    return found


@cache
def _history() -> written.Written:
    decisions = Decision.objects.filter(idea=SOMETHING, undone_at=None)
    return written.write(decisions.select_related("actor").order_by("-id"))


def _decided(
    idea: Idea, before: str, step: Step, actor: User | None, words: dict[str, Any]
) -> Decision:
    decision = Decision.objects.create(
        brand=idea.brand, idea=idea, before=before, after=step.key, actor=actor, **words
    )
    _move(idea, step)
    activity.record(
        "status.changed",
        subject=("idea", idea.code),
        brand=idea.brand,
        actor=actor,
        data={"decision": decision.code},
        wait=grace.to_tell(),
    )
    return decision


def _must_have_seen(idea: Idea, seen: str, status: str, message: str, actor: User | None) -> None:
    """Who has just decided so themselves has seen it, though their page does not know it yet."""
    latest = latest_decision(idea)
    is_own = latest is not None and latest.actor == actor
    words = tidy_text(message).strip()
    if not (latest and is_own and (latest.after, latest.message) == (status, words)):
        must_be_latest(latest, seen)


def _pressed_twice(idea: Idea, step: Step, words: dict[str, Any]) -> Decision | None:
    """The latest decision, if it is this one. We hold the idea: whoever pressed first committed."""
    fresh = Decision.objects.filter(idea=idea, undone_at=None, at__gt=Now() - PRESSED_TWICE)
    latest = fresh.order_by("-id").first()
    if latest is None or step.key != idea.status or step.key != latest.after:
        return None
    return (
        latest if (latest.reason, latest.message) == (words["reason"], words["message"]) else None
    )


def _move(idea: Idea, step: Step) -> None:
    """The status and what it says of votes, in one write: the trigger waits for those in flight."""
    closed = step.ends(Lock.VOTE)
    Idea.objects.filter(pk=idea.pk).update(status=step.key)
    Idea.objects.filter(pk=idea.pk).exclude(closed=closed).update(closed=closed)
    idea.status, idea.closed = step.key, closed


def _wanted(graph: Graph, idea: Idea, status: str) -> Step:
    if status == idea.status:
        return graph.step(status)
    if status not in graph.steps:
        message = _("This brand has no such status.")
        raise Invalid(fields={"status": [("unknown", message)]})
    nearby = graph.after(idea.status)
    if status not in {step.key for step in nearby}:
        message = _("From “{now}” an idea goes to: {steps}.").format(
            now=graph.step(idea.status).label, steps=", ".join(step.label for step in nearby) or "–"
        )
        raise Invalid(fields={"status": [("step_not_allowed", message)]})
    return graph.steps[status]


def _checked_words(step: Step, idea: Idea, reason: str, message: str) -> dict[str, Any]:
    """Reason and message, tidied. Who ends an idea that needs a reason says why, at some length."""
    errors: dict[str, list[tuple[str, str]]] = {}
    message = tidy_text(message).strip()
    if reason and reason not in DeclineReason.values:
        errors["reason"] = [("unknown", _("Choose a reason from the list."))]
    if len(message) > MESSAGE_LENGTH:
        errors["message"] = [
            ("too_long", _("Keep the text under {n} characters.").format(n=MESSAGE_LENGTH))
        ]
    if step.needs_reason and step.key != idea.status:
        if not reason:
            errors["reason"] = [("required", _("Choose a reason from the list."))]
        if len(" ".join(message.split())) < SHORTEST_REASONING:
            words = _("Say why, in at least {n} characters: everybody who voted reads it.")
            errors["message"] = [("too_short", words.format(n=SHORTEST_REASONING))]
    if errors:
        raise Invalid(fields=errors)
    return {"reason": reason if step.needs_reason else "", "message": message}
