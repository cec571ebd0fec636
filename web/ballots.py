"""An idea as its page, a card or a line shows it, with the vote that its reader may cast."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from cocreate.lib.fragments import not_given
from ideas.domain.challenges import State
from ideas.domain.statuses import Step, step_in
from ideas.enums import Mode, Tone, Verb, Voters
from ideas.rules import can_vote_in
from web.links import idea_path, vote_path

Row = dict[str, Any]

# What a card and its ballot show of a row; they are remembered by it (cocreate/lib/fragments.py).
ON_CARD = (
    "code", "title", "beginning", "language", "status", "status_labels", "status_tone",
    "brand_name", "author_handle", "author_ref", "author_name", "author_avatar", "co_authors",
    "created_at", "comments", "mode", "max_points", "support", "oppose", "points",
    "counts_hidden", "my_vote", "my_state",
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One idea for one reader. `row` is a row of ideas.domain.lists; templates read both through
    this object. `may_vote`: by the rules of its question, which `who_votes` names.
    """

    row: Row
    votes_open: bool
    is_member: bool
    may_vote: bool = True
    who_votes: str = ""

    def __getattr__(self, name: str) -> Any:
        try:
            return self.row[name]
        except KeyError as error:
            raise AttributeError(name) from error

    @property
    def kept_by(self) -> tuple[Any, ...]:
        row = self.row
        pictures = tuple(tuple(picture.items()) for picture in row["images"][:1])
        reader = (self.votes_open, self.is_member, self.may_vote, self.who_votes)
        return (*map(row.__getitem__, ON_CARD), tuple(row["tags"]), pictures, reader)

    @classmethod
    def from_kept(cls, kept_by: tuple[Any, ...]) -> "Shown":
        row = OnCard(zip(ON_CARD, kept_by, strict=False))
        row["tags"], pictures, reader = kept_by[len(ON_CARD) :]
        row["images"] = [dict(picture) for picture in pictures]
        return cls(row, *reader)

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


def votes_from(state: State, moment: datetime | None = None) -> datetime | None:
    """When people vote next on what is not open for it; None: no more, as far as is known."""
    moment = moment or timezone.now()
    ahead = [
        phase.opens_at
        for phase in state.phases
        if Verb.VOTE in phase.verbs and phase.opens_at and phase.opens_at > moment
    ]
    is_ended = state.challenge is not None and state.challenge.closed
    return None if is_ended else min(ahead, default=None)


class OnCard(Row):
    """A row of which a card sees what it is remembered by: no more is ever shown of it."""

    def __missing__(self, name: str) -> Any:
        raise not_given(f"idea.{name}, which is not in ON_CARD")


def shown(rows: Iterable[Row], states: dict[str, State], user: Any) -> list[Shown]:
    """`states`: by slug of the rows' challenges; one that is not in it takes no vote here."""
    return [one(row, states.get(row["challenge"]), user) for row in rows]


def one(row: Row, state: State | None, user: Any) -> Shown:
    is_open = (
        state is not None and state.allows(Verb.VOTE) and not row["closed"] and not row["hidden"]
    )
    is_member = user.is_authenticated
    if state is None or state.challenge is None or state.who_votes == Voters.EVERYBODY:
        return Shown(row, is_open, is_member)
    may_vote = can_vote_in(user, state.challenge)
    return Shown(row, is_open, is_member, may_vote, str(state.who_votes))
