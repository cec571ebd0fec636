"""A brand's statuses as a graph: where an idea may go from each, and what each ends.

A brand that never changed its graph has the one below; once it does, all of its statuses are rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.domain import activity
from accounts.models import Brand, User
from cocreate.lib.errors import Invalid
from ideas.enums import Lock, Status, Tone
from ideas.models import Idea, StatusStep
from ideas.models.status import STATUS_SHAPE

FIRST = Status.SUBMITTED  # what every idea begins with: it stays in every graph
MOST_STATUSES = 20
LABEL_LENGTH = 40


@dataclass(frozen=True)
class Step:
    """One status. `labels` by language; without any it is one of the product's own words."""

    key: str
    tone: str = Tone.PLAIN
    next: tuple[str, ...] = ()
    locks: frozenset[str] = frozenset()
    needs_reason: bool = False
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """In the active language."""
        return label_of(self.key, self.labels)

    @property
    def is_first(self) -> bool:
        return self.key == FIRST

    def ends(self, what: Lock) -> bool:
        return what in self.locks


@dataclass(frozen=True)
class Graph:
    """The statuses of a brand in their order."""

    steps: dict[str, Step]

    def step(self, key: str) -> Step:
        """Of a status that left the graph its name is left: it leads anywhere, ends nothing."""
        return self.steps.get(key) or Step(key, next=tuple(self.steps))

    def after(self, key: str) -> list[Step]:
        """Where an idea of this status may go."""
        return [self.steps[name] for name in self.step(key).next if name in self.steps]


def label_of(key: str, labels: dict[str, str]) -> str:
    """What a status is called in the active language; else in any language that it has."""
    named = labels.get((get_language() or "en").partition("-")[0]) or next(
        iter(labels.values()), ""
    )
    if named:
        return named
    return str(Status(key).label) if key in Status.values else key.replace("_", " ").capitalize()


VOTE_ENDS = frozenset({Lock.VOTE, Lock.EDIT})
ALL_ENDS = frozenset(Lock)
OUTCOMES = (Status.OFFERED, Status.DECLINED, Status.ARCHIVED)
DEFAULT = Graph(
    {
        step.key: step
        for step in (
            Step(Status.SUBMITTED, next=(Status.UNDER_REVIEW, Status.PLANNED, *OUTCOMES)),
            Step(
                Status.UNDER_REVIEW,
                Tone.AMBER,
                (Status.SUBMITTED, Status.PLANNED, Status.IN_PROGRESS, *OUTCOMES),
            ),
            Step(
                Status.PLANNED,
                Tone.SKY,
                (
                    Status.UNDER_REVIEW,
                    Status.IN_PROGRESS,
                    Status.IMPLEMENTED,
                    Status.PARTLY,
                    *OUTCOMES,
                ),
                frozenset({Lock.EDIT}),
            ),
            Step(
                Status.IN_PROGRESS,
                Tone.SKY,
                (Status.PLANNED, Status.IMPLEMENTED, Status.PARTLY, *OUTCOMES),
                frozenset({Lock.EDIT}),
            ),
            Step(
                Status.IMPLEMENTED,
                Tone.LEAF,
                (Status.IN_PROGRESS, Status.PARTLY, Status.ARCHIVED),
                VOTE_ENDS,
            ),
            Step(
                Status.PARTLY,
                Tone.LEAF,
                (Status.IN_PROGRESS, Status.IMPLEMENTED, Status.ARCHIVED),
                VOTE_ENDS,
            ),
            Step(Status.OFFERED, Tone.LEAF, (Status.UNDER_REVIEW, Status.ARCHIVED), VOTE_ENDS),
            Step(
                Status.DECLINED,
                Tone.PLAIN,
                (Status.UNDER_REVIEW, Status.ARCHIVED),
                VOTE_ENDS,
                needs_reason=True,
            ),
            Step(Status.ARCHIVED, Tone.PLAIN, (Status.UNDER_REVIEW,), ALL_ENDS),
        )
    }
)


def graph_of(brand: Brand) -> Graph:
    """One query."""
    rows = list(StatusStep.objects.filter(brand=brand).order_by("place", "id"))
    return Graph({row.key: _step(row) for row in rows}) if rows else DEFAULT


def step_in(key: str, labels: dict[str, str] | None, tone: str | None) -> Step:
    """A status as a list's row brings it; without a row it is one that every brand starts with."""
    if tone is None:
        return DEFAULT.step(key)
    return Step(key, tone, labels=labels or {})


def _step(row: StatusStep) -> Step:
    return Step(
        row.key, row.tone, tuple(row.next), frozenset(row.locks), row.needs_reason, row.labels
    )


@transaction.atomic
def change_graph(*, brand: Brand, steps: Sequence[Step], actor: User | None) -> Graph:
    """Replace a brand's statuses. Ideas keep theirs, and what a status ends follows at once: where
    it ends voting now, ideas close, and where it does so no more, they open.

    Raises Invalid, also where an idea has a status that would go. Records `statuses.changed`.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    _check(steps)
    kept = {step.key for step in steps}
    used = set(Idea.objects.filter(brand=brand).values_list("status", flat=True).distinct())
    if missing := sorted(used - kept):
        names = ", ".join(graph_of(brand).step(key).label for key in missing)
        raise _wrong(_("Ideas have this status: {names}. Move them first.").format(names=names))
    StatusStep.objects.filter(brand=brand).delete()
    StatusStep.objects.bulk_create(
        StatusStep(
            brand=brand, key=step.key, place=place, labels=step.labels, tone=step.tone,
            next=list(step.next), locks=sorted(step.locks), needs_reason=step.needs_reason,
        )
        for place, step in enumerate(steps)
    )  # fmt: skip
    _follow_locks(brand, steps)
    activity.record(
        "statuses.changed", subject=("brand", brand.slug), brand=brand, actor=actor, private=True
    )
    return graph_of(brand)


def _follow_locks(brand: Brand, steps: Iterable[Step]) -> None:
    for step in steps:
        closed = step.ends(Lock.VOTE)
        ideas = Idea.objects.filter(brand=brand, status=step.key).exclude(closed=closed)
        for pk in list(ideas.order_by("pk").values_list("pk", flat=True)):
            Idea.objects.filter(pk=pk).update(
                closed=closed
            )  # one at a time: each waits for its votes


def _check(steps: Sequence[Step]) -> None:
    keys = [step.key for step in steps]
    if len(steps) > MOST_STATUSES:
        raise _wrong(_("At most {n} statuses.").format(n=MOST_STATUSES))
    if len(set(keys)) != len(keys):
        raise _wrong(_("Two statuses have the same key."))
    if FIRST not in keys:
        raise _wrong(
            _("Every idea begins as “{name}”: that status stays.").format(name=FIRST.label)
        )
    for step in steps:
        _check_step(step, set(keys))


def _check_step(step: Step, known: set[str]) -> None:
    try:
        STATUS_SHAPE(step.key)
    except ValidationError as error:
        raise _wrong(_("A key has small letters, digits and _ only.")) from error
    if any(len(label) > LABEL_LENGTH for label in step.labels.values()):
        raise _wrong(_("Keep the name under {n} characters.").format(n=LABEL_LENGTH))
    if step.key not in Status.values and not any(step.labels.values()):
        raise _wrong(_("Give every new status a name."))
    if not set(step.next) <= known - {step.key} or not set(step.locks) <= set(Lock.values):
        raise _wrong(_("A status leads to other statuses of the list."))


def _wrong(message: str) -> Invalid:
    return Invalid(fields={"steps": [("invalid", message)]})
