"""What became of an idea, as the front page and a brand's road map show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ideas.domain.faces import Face
from ideas.domain.outcomes import Outcome
from web.ballots import Shown, one

NAMED = 3  # of the people behind an idea; the others are counted


@dataclass(frozen=True)
class Told:
    """`at` is None where nobody has decided it here."""

    idea: Shown
    look: str
    at: datetime | None
    words: str
    people: tuple[Face, ...]
    more: int

    @property
    def kept_by(self) -> tuple[object, ...]:
        return (self.idea.kept_by, self.look, self.at, self.words, self.people, self.more)

    @classmethod
    def from_kept(cls, kept_by: tuple[object, ...]) -> "Told":
        idea, *others = kept_by
        return cls(Shown.from_kept(idea), *others)  # type: ignore[arg-type]


def told(outcome: Outcome, user: Any) -> Told:
    return Told(
        idea=one(outcome.row, None, user),
        look=outcome.look,
        at=outcome.at,
        words=outcome.words,
        people=outcome.people[:NAMED],
        more=len(outcome.people[NAMED:]),
    )
