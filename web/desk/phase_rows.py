"""The phases of a challenge as rows of a form: dates as the team member's clock shows them, and the
phases that they mean.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.domain.people import time_zones
from cocreate.lib.errors import DomainError
from cocreate.lib.local_time import (
    FIRST,
    SECOND,
    ComesTwice,
    NeverComes,
    Unreadable,
    both,
    moment_of,
    wall_of,
)
from ideas.domain.rule_checks import MOST_PHASES
from ideas.enums import Verb
from ideas.models import Rules
from web.templatetags.words import zone_name
from web.zones import place_of

Problem = tuple[str, str]  # the field of the row, and what is wrong with it
PLACE_NAMES = {"opens": "opens_at", "closes": "closes_at"}


@dataclass
class Wall:
    """A moment as it is typed. `which` of two; `was`: the moment it was shown for, in ISO."""

    text: str = ""
    which: str = ""
    was: str = ""

    @classmethod
    def of(cls, moment: datetime | None, zone: ZoneInfo) -> "Wall":
        return cls(*wall_of(moment, zone), moment.isoformat()) if moment else cls()

    def moment(self, zone: ZoneInfo) -> datetime | None:
        """What was not touched is what it was, to the microsecond. Raises as moment_of()."""
        if not self.text:
            return None
        before = self._before()
        if before is not None and wall_of(before, zone) == (self.text, self.which):
            return before
        return moment_of(self.text, zone, self.which)

    def _before(self) -> datetime | None:
        try:
            before = datetime.fromisoformat(self.was)
        except ValueError:
            return None
        return before if before.tzinfo is not None and 1 < before.year < 9999 else None

    def choices(self, zone: ZoneInfo) -> list[tuple[str, str, bool]]:
        """Where the time comes twice: each of the two, and whether it is chosen."""
        return [
            (key, label.format(name=zone_name(moment)), key == self.which)
            for (key, label), moment in zip(
                ((FIRST, _("the first one ({name})")), (SECOND, _("the second one ({name})"))),
                both(self.text, zone),
                strict=False,
            )
        ]


@dataclass
class Row:
    key: str
    title: str = ""
    opens: Wall = field(default_factory=Wall)
    closes: Wall = field(default_factory=Wall)
    verbs: list[str] = field(default_factory=list)
    hides_counts: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Nobody has written anything in it."""
        return not (self.title.strip() or self.opens.text or self.closes.text or self.verbs)

    @property
    def all_verbs(self) -> list[tuple[str, str, bool]]:
        return [(verb, label, verb in self.verbs) for verb, label in Verb.choices]

    def wrong(self, name: str) -> str:
        return " ".join(sentence for field, sentence in self.problems if field == name)

    @property
    def wrong_title(self) -> str:
        return self.wrong("title")

    @property
    def wrong_verbs(self) -> str:
        return self.wrong("verbs")


@dataclass(frozen=True)
class Shown:
    """A date of a row, as the template asks for it."""

    name: str
    wall: Wall
    wrong: str
    choices: list[tuple[str, str, bool]]


class Phases:
    """`rows` in their order; `problems` concern them all. `zone`: whose clock it is."""

    def __init__(self, rows: list[Row], zone: ZoneInfo) -> None:
        self.rows, self.zone, self.problems = rows, zone, list[str]()

    @classmethod
    def of(cls, rules: Rules) -> "Phases":
        zone = reader_zone()
        rows = [
            Row(
                f"p{n}", phase.title, Wall.of(phase.opens_at, zone), Wall.of(phase.closes_at, zone),
                list(phase.verbs), phase.hides_counts,
            )
            for n, phase in enumerate(rules.phases.all(), 1)
        ]  # fmt: skip
        return cls(rows, zone)

    @classmethod
    def beginning(cls) -> "Phases":
        """Of a question that nobody has written yet."""
        return cls([Row("p1", str(_("Open")), verbs=list(Verb.values))], reader_zone())

    @classmethod
    def sent(cls, data: QueryDict) -> "Phases":
        keys = [key for key in dict.fromkeys(data.getlist("phase")) if is_key(key)]
        name = data.get("zone", "")
        zone = ZoneInfo(name) if name in KNOWN_ZONES else reader_zone()
        return cls([sent_row(data, key) for key in keys[: MOST_PHASES + 1]], zone)

    def add(self) -> None:
        taken = {row.key for row in self.rows}
        key = next(f"p{n}" for n in range(1, len(taken) + 2) if f"p{n}" not in taken)
        if len(self.rows) < MOST_PHASES:
            self.rows.append(Row(key))

    def remove(self, key: str) -> None:
        self.rows = [row for row in self.rows if row.key != key]

    @property
    def place(self) -> str:
        """Whose clock it is, in words."""
        return place_of(self.zone.key)

    @property
    def is_single(self) -> bool:
        return len(self.rows) < 2

    @property
    def may_grow(self) -> bool:
        return len(self.rows) < MOST_PHASES

    def content(self) -> tuple[list[dict[str, Any]], dict[str, list[Problem]]]:
        """What the rows mean, without the empty ones, and what is wrong with times that are none;
        such a phase has none.
        """
        self.rows = [row for row in self.rows if not row.is_empty]
        problems: dict[str, list[Problem]] = {}
        found = []
        for n, row in enumerate(self.rows):
            dates = {
                PLACE_NAMES[name]: self._date(wall, f"phases.{n}.{PLACE_NAMES[name]}", problems)
                for name, wall in (("opens", row.opens), ("closes", row.closes))
            }
            found.append(
                {"title": row.title, "verbs": row.verbs, "hides_counts": row.hides_counts} | dates
            )
        return found, problems

    def _date(self, wall: Wall, at: str, problems: dict[str, list[Problem]]) -> datetime | None:
        try:
            return wall.moment(self.zone)
        except Unreadable:
            problems[at] = [("invalid", _("Write a day and a time."))]
        except NeverComes:
            message = _("On that day clocks jump over this time in {zone}. Choose another one.")
            problems[at] = [("never_comes", message.format(zone=self.place))]
        except ComesTwice:
            message = _(
                "On that day clocks are set back in {zone}, and this time comes twice."
                " Choose which one you mean."
            )
            problems[at] = [("comes_twice", message.format(zone=self.place))]
        return None

    def blame(self, error: DomainError) -> None:
        """Take what a refusal says of phases: beside the row's field, else above them all."""
        for name, problems in error.fields.items():
            first, _dot, rest = name.partition(".")
            place, _dot, of_row = rest.partition(".")
            sentences = [str(message) for _code, message in problems]
            if first != "phases":
                continue
            if place.isdigit() and int(place) < len(self.rows):
                self.rows[int(place)].problems += [(of_row, sentence) for sentence in sentences]
            else:
                self.problems += sentences

    def with_dates(self) -> list[tuple[Row, list[Shown]]]:
        return [
            (
                row,
                [
                    Shown(name, wall, row.wrong(PLACE_NAMES[name]), wall.choices(self.zone))
                    for name, wall in (("opens", row.opens), ("closes", row.closes))
                ],
            )
            for row in self.rows
        ]


KNOWN_ZONES = {"UTC", *time_zones()}


def reader_zone() -> ZoneInfo:
    """Of the signed-in reader (web.pages.page); UTC for who never chose one."""
    name = timezone.get_current_timezone_name()
    return ZoneInfo(name if name in KNOWN_ZONES else "UTC")


def is_key(text: str) -> bool:
    return text[:1] == "p" and text[1:].isascii() and text[1:].isdigit() and len(text) < 5


def sent_row(data: QueryDict, key: str) -> Row:
    def text(name: str) -> str:
        return data.get(f"{key}-{name}", "").replace("\0", "").strip()

    def wall(name: str) -> Wall:
        return Wall(text(name), text(f"{name}-which"), text(f"{name}-was"))

    def chosen(known: Collection[str]) -> list[str]:
        return [verb for verb in known if verb in data.getlist(f"{key}-verbs")]

    return Row(
        key, text("title"), wall("opens"), wall("closes"), chosen(Verb.values),
        f"{key}-hides_counts" in data,
    )  # fmt: skip
