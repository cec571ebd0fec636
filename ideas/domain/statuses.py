"""A brand's statuses as a graph, and how a team changes it (the values: ideas/models/graph.py)."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import activity
from accounts.models import Brand, User
from cocreate.lib.errors import Invalid
from ideas.enums import Lock, Status, Tone
from ideas.models import Idea, StatusStep
from ideas.models.graph import DEFAULT, FIRST, Graph, Step, label_of
from ideas.models.status import STATUS_SHAPE

__all__ = ["DEFAULT", "FIRST", "Graph", "Step", "label_of"]

MOST_STATUSES = 20
LABEL_LENGTH = 40
Problem = tuple[str, str]


@dataclass(frozen=True)
class Effects:
    """What a change of the graph does to the votes of a brand's ideas, at once."""

    closing: int
    opening: int


@dataclass(frozen=True)
class Usage:
    """How many of a brand's ideas have which status, and are closed or not."""

    numbers: dict[tuple[str, bool], int]

    def of_statuses(self) -> Counter[str]:
        found = Counter[str]()
        for (status, _closed), n in self.numbers.items():
            found[status] += n
        return found

    def effects_of(self, steps: Iterable[Step]) -> Effects:
        """How many ideas `change_graph` would close, and how many it would open."""
        ends = {step.key: step.ends(Lock.VOTE) for step in steps}
        found = Counter[bool]()
        for (status, closed), n in self.numbers.items():
            if ends.get(status, closed) != closed:
                found[closed] += n
        return Effects(closing=found[False], opening=found[True])


def graph_of(brand: Brand) -> Graph:
    """One query."""
    return StatusStep.objects.graph_of(brand)


def step_in(key: str, labels: str | None, tone: str | None) -> Step:
    """A status as a list's row brings it, `labels` as the JSON that our cursors hand over; without
    a row it is one that every brand starts with.
    """
    if tone is None:
        return DEFAULT.step(key)
    return Step(key, tone, labels=json.loads(labels or "{}"))


def usage_of(brand: Brand) -> Usage:
    """One query, that reads all ideas of the brand, hidden ones too."""
    rows = Idea.objects.filter(brand=brand).values_list("status", "closed")
    return Usage({(status, closed): n for status, closed, n in rows.annotate(n=Count("pk"))})


def checked(*, brand: Brand, steps: Iterable[Step]) -> list[Step]:
    """The steps with tidied names. Raises Invalid, as change_graph() does."""
    tidied = [_tidied(step) for step in steps]
    _check(tidied)
    _check_none_is_lost(brand, tidied)
    return tidied


@transaction.atomic
def change_graph(*, brand: Brand, steps: Sequence[Step], actor: User | None) -> Graph:
    """Replace a brand's statuses. Ideas keep theirs, and what a status ends follows at once: where
    it ends voting now, ideas close, and where it does so no more, they open. A brand with the
    statuses that every brand starts with has no rows of its own.

    Raises Invalid, also where an idea has a status that would go: `fields` has "steps" for what
    concerns the list, else the key of the status. Records `statuses.changed`.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    steps = checked(brand=brand, steps=steps)
    StatusStep.objects.filter(brand=brand).delete()
    if steps != list(DEFAULT.steps.values()):
        StatusStep.objects.bulk_create(_row(brand, place, step) for place, step in enumerate(steps))
    _follow_locks(brand, steps)
    activity.record(
        "statuses.changed", subject=("brand", brand.slug), brand=brand, actor=actor, private=True
    )
    return graph_of(brand)


def _row(brand: Brand, place: int, step: Step) -> StatusStep:
    return StatusStep(
        brand=brand, key=step.key, place=place, labels=step.labels, tone=step.tone,
        next=list(step.next), locks=sorted(step.locks), needs_reason=step.needs_reason,
    )  # fmt: skip


def _follow_locks(brand: Brand, steps: Iterable[Step]) -> None:
    """All rows first, then one idea after the other, since each waits for its votes: who joins two
    names holds rows of ideas, too, and then asks for the locks of votes (people.sql).
    """
    closed = {step.key: step.ends(Lock.VOTE) for step in steps}
    closing = Q(closed=False, status__in=[key for key in closed if closed[key]])
    opening = Q(closed=True, status__in=[key for key in closed if not closed[key]])
    rows = Idea.objects.filter(closing | opening, brand=brand).order_by("pk")
    held = rows.select_for_update(no_key=True, of=("self",)).values_list("pk", "status")
    for pk, status in list(held):
        Idea.objects.filter(pk=pk).update(closed=closed[status])


def _tidied(step: Step) -> Step:
    """Names on one line; none that is empty."""
    labels = {
        language: " ".join("".join(c if c.isprintable() else " " for c in label).split())
        for language, label in step.labels.items()
    }
    return replace(step, labels={language: label for language, label in labels.items() if label})


def _check(steps: Sequence[Step]) -> None:
    keys = [step.key for step in steps]
    if len(steps) > MOST_STATUSES:
        message = ngettext("At most {n} status.", "At most {n} statuses.", MOST_STATUSES)
        raise _wrong("steps", message.format(n=MOST_STATUSES))
    if twice := next((key for key, n in Counter(keys).items() if n > 1), None):
        raise _wrong(twice, _("Two statuses have the same key."))
    if FIRST not in keys:
        message = _("Every idea begins as “{name}”: that status stays.")
        raise _wrong("steps", message.format(name=Step(FIRST).label))
    problems = {step.key: found for step in steps if (found := _problems(step, set(keys)))}
    if problems:
        raise Invalid(fields=problems)


def _check_none_is_lost(brand: Brand, steps: Iterable[Step]) -> None:
    missing = sorted(set(usage_of(brand).of_statuses()) - {step.key for step in steps})
    if missing:
        graph = graph_of(brand)
        names = ", ".join(graph.step(key).label for key in missing)
        message = _("Ideas have this status: {names}. Move them first.")
        raise _wrong("steps", message.format(names=names))


def _problems(step: Step, known: set[str]) -> list[Problem]:
    found: list[Problem] = []
    try:
        STATUS_SHAPE(step.key)
    except ValidationError:
        found.append(("key", _("A key has small letters, digits and _ only.")))
    if any(len(label) > LABEL_LENGTH for label in step.labels.values()):
        message = _("Keep the name under {n} characters.").format(n=LABEL_LENGTH)
        found.append(("too_long", message))
    if step.key not in Status.values and not step.labels:
        found.append(("required", _("Give every new status a name.")))
    if not set(step.next) <= known - {step.key}:
        found.append(("next", _("A status leads to other statuses of the list.")))
    if not set(step.locks) <= set(Lock.values) or step.tone not in Tone.values:
        found.append(("invalid", _("Choose among what is offered.")))
    return found


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(fields={field: [("invalid", message)]})
