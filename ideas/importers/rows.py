"""A row of somebody's table becomes what an idea needs, or a remark that says why not."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone, translation

from cocreate.lib.markdown import from_html, is_html, plain
from cocreate.lib.text import one_line, tidy_text
from ideas.enums import Lock, Mode
from ideas.importers import tables, values
from ideas.importers.columns import Plan
from ideas.importers.remarks import Left, Remark, remark
from ideas.models import Challenge
from ideas.models.graph import FIRST, Graph, Step
from ideas.models.idea import BODY_LENGTH, MAX_TAGS, TAG_LENGTH, TITLE_LENGTH

LONGEST_ID = 120
LONGEST_NAME = 40
LONGEST_SHOWN = 200  # of a cell, to somebody who says what its column is


@dataclass
class Taken:
    """An idea of the file. `at` None: the file says no date. `support`, `oppose` None: it says
    nothing of such votes, so what is here stays.
    """

    line: int
    external_id: str
    title: str = ""
    body: str = ""
    at: datetime | None = None
    support: int | None = None
    oppose: int | None = None
    tags: list[str] = field(default_factory=list)
    status: str = FIRST
    closed: bool = False
    language: str = ""
    hidden: bool = False
    author: tuple[str, str, str] = ("", "", "")  # number, e-mail, name
    remarks: list[Remark] = field(default_factory=list)


class Skip(Exception):  # noqa: N818 - it leaves a row out and is no mistake of ours
    def __init__(self, column: str, code: str, detail: object = "") -> None:
        super().__init__(code)
        self.column, self.code, self.detail = column, code, detail


@dataclass
class Reader:
    """Reads the rows of one file for one challenge. `lines`: where each idea was seen first;
    `left_out`: where each number was that could not be used.
    """

    challenge: Challenge
    plan: Plan
    graph: Graph
    lines: dict[bytes, int] = field(default_factory=dict)
    left_out: dict[bytes, int] = field(default_factory=dict)
    now: datetime = field(default_factory=timezone.now)

    def __post_init__(self) -> None:
        assert self.challenge.rules is not None  # noqa: S101 - every challenge of ours has rules
        self.places = self.plan.places()
        self.takes_against = self.challenge.rules.mode == Mode.UP_DOWN
        named = [(name, step.key) for step in self.graph.steps.values() for name in names_of(step)]
        self.statuses = {name.casefold(): key for name, key in named}
        self.status_stems = values.only_meanings((values.stem_of(name), key) for name, key in named)

    def read(self, file: BinaryIO) -> Iterator[Taken | Left]:
        """Row by row, in the order of the file."""
        for row in tables.rows(file, self.plan.shape):
            try:
                taken, faults = self._row(row)
            except Skip as skip:
                faults = [_said(row.line, skip)]
            else:
                if not faults:
                    yield taken
                    continue
                faults += taken.remarks
            self._leave_out(row)
            yield Left(row.line, faults)

    def _leave_out(self, row: tables.Row) -> None:
        """Remember its number: a later row that comes in its place is told."""
        place = self.places.get("external_id")
        if place is None or row.cells is None or place >= len(row.cells):
            return
        if number := one_line(row.cells[place]):
            self.left_out.setdefault(_key(number), row.line)

    def _row(self, row: tables.Row) -> tuple[Taken, list[Remark]]:
        """And all that is wrong with it. Raises Skip where its cells cannot be told apart."""
        cells = self._cells(row)
        taken, faults = Taken(row.line, ""), []
        for column, read in self._readers().items():
            try:
                if column in cells:
                    read(taken, cells[column])
            except Skip as skip:
                faults.append(_said(row.line, skip))
        try:
            taken.external_id = self._identity(taken, cells, is_faulty=bool(faults))
        except Skip as skip:
            faults.append(_said(row.line, skip))
        self._author(taken, cells)
        _shorten(taken)
        return taken, faults

    def _readers(self) -> dict[str, Callable[[Taken, str], None]]:
        return {
            "title": _title, "body": _body, "created": self._created, "support": _support,
            "oppose": self._oppose, "tags": _tags, "status": self._status,
            "language": self._language, "hidden": _hidden,
        }  # fmt: skip

    def _cells(self, row: tables.Row) -> dict[str, str]:
        """What the row says in our columns."""
        if row.cells is None:
            raise Skip("", "quote_open")
        if len(row.cells) > len(self.plan.shape.columns) and any(
            cell.strip() for cell in row.cells[len(self.plan.shape.columns) :]
        ):
            raise Skip("", "cells_many")
        for column, place in self.places.items():
            if place >= len(row.cells):
                raise Skip(column, "cells_few")
        return {column: row.cells[place] for column, place in self.places.items()}

    def _identity(self, taken: Taken, cells: dict[str, str], *, is_faulty: bool) -> str:
        """By its number in the file; without one, by what it says. Of one question: two files may
        both begin to count at 1. A faulty row keeps no other from being taken.
        """
        number = one_line(cells.get("external_id", ""))
        if len(number) > LONGEST_ID:
            raise Skip("external_id", "long_id", number)
        said = "\0".join([taken.title, taken.body, str(taken.at or "")])
        name = number or "=" + hashlib.sha256(said.encode()).hexdigest()[:40]
        key = _key(name)
        if not is_faulty:
            self.lines.setdefault(key, taken.line)
        if (line := self.lines.get(key, taken.line)) != taken.line:
            raise Skip("external_id", "twice", line)
        if key in self.left_out and not is_faulty:
            faulty = self.left_out[key]
            taken.remarks.append(remark(taken.line, "external_id", "number_twice", faulty))
        return f"csv:{self.challenge.pk}:{name}"

    def _author(self, taken: Taken, cells: dict[str, str]) -> None:
        """Whom the file names. Without a number or an address the name is who they are, here."""
        number = one_line(cells.get("author_id", ""))[:LONGEST_ID]
        name = _plain_line(cells.get("author", ""))
        email = one_line(cells.get("author_email", ""))
        if email:
            try:
                validate_email(email)
            except ValidationError:
                taken.remarks.append(remark(taken.line, "author_email", "no_email", email))
                email = ""
        if not number and not email:
            number = f"author:{self.challenge.pk}:{name.casefold()[:LONGEST_ID]}"
        taken.author = (number, email, name[:LONGEST_NAME])

    def _created(self, taken: Taken, cell: str) -> None:
        if not cell.strip():
            return
        try:
            taken.at = values.date_of(cell, self.plan.date_format)
        except ValueError:
            raise Skip("created", "no_date", one_line(cell)) from None
        if taken.at > self.now:
            raise Skip("created", "future_date", one_line(cell))
        if taken.at < values.EARLIEST:
            raise Skip("created", "early_date", one_line(cell))

    def _oppose(self, taken: Taken, cell: str) -> None:
        count = _count("oppose", cell)
        if self.takes_against:
            taken.oppose = count
        elif count:
            taken.remarks.append(remark(taken.line, "oppose", "no_against", count))

    def _status(self, taken: Taken, cell: str) -> None:
        if not (name := one_line(cell)):
            return
        key = self.statuses.get(name.casefold()) or self.status_stems.get(values.stem_of(name))
        if key is None:
            taken.remarks.append(remark(taken.line, "status", "no_status", name))
            return
        step = self.graph.steps[key]
        taken.status, taken.closed = step.key, step.ends(Lock.VOTE)

    def _language(self, taken: Taken, cell: str) -> None:
        if not (name := one_line(cell)):
            return
        code = re.split("[-_]", name.lower())[0]
        if values.is_language(code):
            taken.language = code
        else:
            taken.remarks.append(remark(taken.line, "language", "no_language", name))


def names_of(step: Step) -> set[str]:
    """Its key, and what it is called in any language: its own words, or else the product's."""
    names = {step.key, *step.labels.values()}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            names.add(step.label)
    return names


def _key(name: str) -> bytes:
    """Short: one of every row is kept until the file ends."""
    return hashlib.blake2b(name.encode(), digest_size=12).digest()


def _said(line: int, skip: Skip) -> Remark:
    return remark(line, skip.column, skip.code, skip.detail)


def _title(taken: Taken, cell: str) -> None:
    taken.title = _plain_line(cell)
    if not taken.title:
        raise Skip("title", "no_title")


def _body(taken: Taken, cell: str) -> None:
    taken.body = _markdown(cell)


def _support(taken: Taken, cell: str) -> None:
    taken.support = _count("support", cell)


def _count(column: str, cell: str) -> int:
    try:
        return values.count_of(cell)
    except ValueError:
        raise Skip(column, "no_count", one_line(cell)) from None


def _hidden(taken: Taken, cell: str) -> None:
    taken.hidden = values.is_said(cell)


def _tags(taken: Taken, cell: str) -> None:
    said = list(dict.fromkeys(tag.lower() for tag in values.words_of(tidy_text(cell))))
    taken.tags = [tag for tag in said if len(tag) <= TAG_LENGTH][:MAX_TAGS]
    if taken.tags != said:
        taken.remarks.append(remark(taken.line, "tags", "tags_cut", MAX_TAGS))


def _shorten(taken: Taken) -> None:
    """A title that is too long begins the text too, where nobody looks for what was cut."""
    if len(taken.title) > TITLE_LENGTH:
        taken.body = f"{taken.title}\n\n{taken.body}".strip()
        taken.title = taken.title[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
        taken.remarks.append(remark(taken.line, "title", "title_cut", TITLE_LENGTH))
    if len(taken.body) > BODY_LENGTH:
        taken.body = taken.body[: BODY_LENGTH - 1].rstrip() + "…"
        taken.remarks.append(remark(taken.line, "body", "body_cut", BODY_LENGTH))


def _plain_line(cell: str) -> str:
    return one_line(plain(cell) if is_html(cell) or "&" in cell else cell)


def _markdown(cell: str) -> str:
    text = tidy_text(cell)
    return from_html(text) if is_html(text) else text.strip()


def sample_dates(file: BinaryIO, plan: Plan, most: int = 500) -> list[str]:
    """Dates of the file, to find out how they are written."""
    place = plan.places().get("created")
    found: list[str] = []
    if place is None:
        return found
    for row in tables.rows(file, plan.shape):
        if row.cells and place < len(row.cells) and row.cells[place].strip():
            found.append(row.cells[place])
        if len(found) >= most:
            break
    return found


def preview(file: BinaryIO, plan: Plan, most: int = 5) -> list[list[str]]:
    """The first rows as they stand in the file: as many cells as it has columns, and the beginning
    of each.
    """
    width = len(plan.shape.columns)
    found: list[list[str]] = []
    for row in tables.rows(file, plan.shape):
        if row.cells:
            found.append([cell[:LONGEST_SHOWN] for cell in row.cells[:width]])
        if len(found) >= most:
            break
    return found
