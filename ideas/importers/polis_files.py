"""The files of a Polis export, read row by row: what is there, and which lines cannot be used."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

from django.utils import timezone

from cocreate.lib.errors import Invalid

COMMENTS, VOTES, SUMMARY = "comments.csv", "votes.csv", "summary.csv"
COMMENT_COLUMNS = ["timestamp", "comment-id", "author-id", "agrees", "disagrees", "moderated"]
COMMENT_COLUMNS += ["comment-body"]
VOTE_COLUMNS = ["timestamp", "comment-id", "voter-id", "vote"]
VALUES = {"1": 1, "-1": -1, "0": 0}  # agree, disagree, pass
REJECTED = "-1"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_NUMBER, LONGEST_TIME = 18, 14  # digits

Row = dict[str, str]


@dataclass(frozen=True)
class Comment:
    number: str
    author: str
    at: datetime
    text: str
    rejected: bool
    agrees: int
    disagrees: int


@dataclass(frozen=True, order=True, slots=True)
class Ballot:
    """A row of votes.csv. Sorts by time; rows of one moment keep the file's order."""

    at: datetime
    line: int
    comment: str
    voter: str
    value: int


@dataclass
class Conversation:
    """All of it in memory (some 150 bytes a vote), because the votes of the file are not in order.

    `skipped`: (file, line, why) of what cannot be used.
    """

    name: str
    topic: str
    description: str
    comments: dict[str, Comment] = field(default_factory=dict)
    ballots: list[Ballot] = field(default_factory=list)
    skipped: list[tuple[str, int, str]] = field(default_factory=list)


def read(folder: Path) -> Conversation:
    """Raises Invalid where a file is missing or is none of Polis."""
    name = folder.resolve().name
    summary = _read_summary(folder / SUMMARY)
    found = Conversation(
        name, summary.get("topic") or name, summary.get("conversation-description", "")
    )
    for line, row in _rows(folder / COMMENTS, COMMENT_COLUMNS):
        _take(found, COMMENTS, line, row, _add_comment)
    for line, row in _rows(folder / VOTES, VOTE_COLUMNS):
        _take(found, VOTES, line, row, _add_ballot)
    found.ballots.sort()
    return found


def _take(
    found: Conversation,
    file: str,
    line: int,
    row: Row,
    add: Callable[[Conversation, int, Row], None],
) -> None:
    try:
        add(found, line, row)
    except ValueError as error:
        found.skipped.append((file, line, str(error)))


def _add_comment(found: Conversation, line: int, row: Row) -> None:
    number = _identifier(row["comment-id"])
    if number in found.comments:
        raise ValueError(f"comment {number} is there already")
    if not row["comment-body"].strip():
        raise ValueError(f"comment {number} is empty")
    found.comments[number] = Comment(
        number=number,
        author=_identifier(row["author-id"]),
        at=_moment(row["timestamp"]),
        text=row["comment-body"].strip(),
        rejected=row["moderated"].strip() == REJECTED,
        agrees=_count(row["agrees"]),
        disagrees=_count(row["disagrees"]),
    )


def _add_ballot(found: Conversation, line: int, row: Row) -> None:
    number, value = _identifier(row["comment-id"]), VALUES.get(row["vote"].strip())
    if number not in found.comments:
        raise ValueError(f"there is no comment {number}")
    if value is None:
        raise ValueError(f"{row['vote']!r} is no vote (1, -1 or 0)")
    voter, at = _identifier(row["voter-id"]), _moment(row["timestamp"])
    found.ballots.append(Ballot(at, line, number, voter, value))


def _identifier(text: str) -> str:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise ValueError(f"{text!r} is no number of a comment or a person")
    return str(int(text))


def _count(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() else 0


def _moment(text: str) -> datetime:
    """Milliseconds since 1970; not later than now, since a vote from the future would stay hot."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_TIME):
        raise ValueError(f"{text!r} is no time in milliseconds")
    at = EPOCH + timedelta(milliseconds=int(text))
    if at > timezone.now():
        raise ValueError(f"{at.isoformat()} is in the future")
    return at


def _read_summary(path: Path) -> dict[str, str]:
    """`key,value` lines. A value that is not quoted keeps its own commas."""
    with _opened(path) as lines:
        rows = csv.reader(lines)
        return {row[0].strip(): ",".join(row[1:]).strip() for row in rows if row}


def _rows(path: Path, columns: list[str]) -> Iterator[tuple[int, Row]]:
    """Each record with the line it begins on."""
    with _opened(path) as lines:
        reader = csv.DictReader(lines, restval="")
        missing = [column for column in columns if column not in (reader.fieldnames or [])]
        if missing:
            raise Invalid(f"{path} has no column {', '.join(missing)}.")
        begins = reader.line_num + 1
        for row in reader:
            yield begins, row
            begins = reader.line_num + 1


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield lines
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid(f"{path} is no CSV in UTF-8: {error}.") from error
