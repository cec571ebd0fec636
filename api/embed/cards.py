"""An idea as a frame shows it, with links that cast the vote on the site itself."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings

from api.v1.shapes import slug_of, status_of
from ideas.domain.challenges import State
from ideas.domain.lists import Row
from ideas.domain.statuses import Step
from ideas.enums import Mode, Tone, Verb, Voters


@dataclass(frozen=True)
class Card:
    """`row` is a row of ideas.domain.lists; templates read both through this object."""

    row: Row
    state: State | None  # None: a question that takes no vote
    answer: str = ""  # the beginning of what the brand says about it

    def __getattr__(self, name: str) -> Any:
        try:
            return self.row[name]
        except KeyError as error:
            raise AttributeError(name) from error

    @property
    def url(self) -> str:
        return f"{settings.PUBLIC_URL}/i/{self.row['code']}/{slug_of(self.row['title'])}/"

    @property
    def vote_path(self) -> str:
        """Of the site itself, wherever the frame is."""
        return f"{settings.PUBLIC_URL}/i/{self.row['code']}/vote/"

    @property
    def votes_open(self) -> bool:
        return self.state is not None and self.state.allows(Verb.VOTE) and not self.row["closed"]

    @property
    def may_vote(self) -> bool:
        """Whether anybody may: whom a brand has chosen finds out on its own site."""
        is_for_all = self.state is not None and self.state.who_votes == Voters.EVERYBODY
        return self.votes_open and is_for_all

    @property
    def who_votes(self) -> str:
        return str(self.state.who_votes) if self.state else ""

    @property
    def may_oppose(self) -> bool:
        return bool(self.row["mode"] == Mode.UP_DOWN)

    @property
    def point_values(self) -> list[int]:
        return list(range(1, self.row["max_points"] + 1)) if self.row["mode"] == Mode.POINTS else []

    @property
    def status_label(self) -> str:
        """Nothing for the status that every idea begins with."""
        return "" if self.step.is_first else str(self.step.label)

    @property
    def status_chip(self) -> str:
        return "" if self.step.tone == Tone.PLAIN else str(self.step.tone)

    @cached_property
    def step(self) -> Step:
        return status_of(self.row)
