"""An idea as its page, a card or a line shows it, with the vote that its reader may cast."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ideas.domain.challenges import State
from ideas.domain.statuses import Step, step_in
from ideas.domain.votes import Budget
from ideas.enums import Mode, Tone, Verb
from ideas.models import Challenge
from web.links import idea_path, vote_path

Row = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """One idea. `row` is a row of ideas.domain.lists; templates read both through this object."""

    row: Row
    votes_open: bool
    back: str
    budget: Budget | None = None
    question: Challenge | None = None  # whose rules say who votes

    def __getattr__(self, name: str) -> Any:
        try:
            return self.row[name]
        except KeyError as error:
            raise AttributeError(name) from error

    @property
    def path(self) -> str:
        return idea_path(self.row["code"], self.row["title"])

    @property
    def vote_path(self) -> str:
        return vote_path(self.row["code"])

    @property
    def status_label(self) -> str:
        """Nothing for the status that every idea begins with: it would tell the reader nothing."""
        return "" if self.step.is_first else self.step.label

    @property
    def status_chip(self) -> str:
        return "" if self.step.tone == Tone.PLAIN else self.step.tone

    @property
    def step(self) -> Step:
        return step_in(self.row["status"], self.row["status_labels"], self.row["status_tone"])

    @property
    def may_oppose(self) -> bool:
        return self.row["mode"] == Mode.UP_DOWN

    @property
    def point_values(self) -> list[int]:
        """The marks a voter may give; empty where a vote is a plain yes or no."""
        return list(range(1, self.row["max_points"] + 1)) if self.row["mode"] == Mode.POINTS else []

    @property
    def count(self) -> int | None:
        """The one number of a card; None while it is hidden."""
        return self.row["points"] if self.row["mode"] == Mode.POINTS else self.row["support"]


def shown(rows: Iterable[Row], states: dict[str, State], back: str) -> list[Shown]:
    """`states`: by slug of the rows' challenges; one that is not in it takes no vote here."""
    return [one(row, states.get(row["challenge"]), back) for row in rows]


def one(row: Row, state: State | None, back: str, budget: Budget | None = None) -> Shown:
    is_open = (
        state is not None and state.allows(Verb.VOTE) and not row["closed"] and not row["hidden"]
    )
    return Shown(row, is_open, back, budget, state.challenge if state else None)
