"""A brand's statuses as values: where an idea may go from each, and what each ends.

A brand that never changed its graph has the one below; once it does, all of its statuses are rows
(`StatusStep`).
"""

from dataclasses import dataclass, field

from django.utils.translation import get_language

from ideas.enums import Lock, Status, Tone

FIRST = Status.SUBMITTED  # what every idea begins with: it stays in every graph


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
