"""The orders that an index keeps: how each is sorted, and what stands behind a cursor."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cocreate.lib.pages import BadCursor, decode
from ideas.enums import Sort


@dataclass(frozen=True)
class Order:
    """How a list is sorted. `after` is the condition behind a cursor of the parts %(c0)s, %(c1)s …;
    `back` and `before` are the same the other way round.

    Both say CASE and not OR: among many ties PostgreSQL would take an OR apart, read all that is
    behind the cursor, and sort it.
    """

    sql: str
    listed: str
    after: str
    kinds: tuple[type, ...]
    place: tuple[str, ...]  # the columns of the last row that the cursor keeps
    back: str = ""
    before: str = ""


def highest_first(key: str, kind: type) -> Order:
    """By a stored number; ties: older first, then code."""
    return Order(
        sql=f"s.{key} DESC, s.created_at, s.code",
        listed="s.listed",
        after=f"s.{key} <= %(c0)s AND CASE WHEN s.{key} < %(c0)s THEN true"
        " ELSE (s.created_at, s.code) > (%(c1)s::timestamptz, %(c2)s) END",
        kinds=(kind, datetime, str),
        place=(key, "created_at", "code"),
        back=f"s.{key}, s.created_at DESC, s.code DESC",
        before=f"s.{key} >= %(c0)s AND CASE WHEN s.{key} > %(c0)s THEN true"
        " ELSE (s.created_at, s.code) < (%(c1)s::timestamptz, %(c2)s) END",
    )


NEWEST = Order(
    sql="i.created_at DESC, i.code",
    listed="NOT i.hidden AND i.merged_into_id IS NULL",
    after="i.created_at <= %(c0)s::timestamptz"
    " AND CASE WHEN i.created_at < %(c0)s::timestamptz THEN true ELSE i.code > %(c1)s END",
    kinds=(datetime, str),
    place=("created_at", "code"),
    back="i.created_at, i.code DESC",
    before="i.created_at >= %(c0)s::timestamptz"
    " AND CASE WHEN i.created_at > %(c0)s::timestamptz THEN true ELSE i.code < %(c1)s END",
)

# Every idea has a fixed place on a circle. A list starts at a random point, which the cursor keeps,
# and ends there.
SHUFFLED = Order(
    sql="i.shuffle, i.code",
    listed="NOT i.hidden AND i.merged_into_id IS NULL",
    after="(i.shuffle, i.code) > (%(c1)s, %(c2)s)",
    kinds=(float, float, str),
    place=("seed", "shuffle", "code"),
    back="i.shuffle DESC, i.code DESC",
    before="(i.shuffle, i.code) < (%(c1)s, %(c2)s)",
)


def order_of(sort: Sort, *, in_challenge: bool) -> Order:
    """A challenge's list is hot by the challenge's half-life, a brand's by the brand's."""
    match sort:
        case Sort.HOT:
            return highest_first("hot" if in_challenge else "brand_hot", float)
        case Sort.TOP:
            return highest_first("points", int)
        case Sort.DISCUSSED:
            return highest_first("comments", int)
        case Sort.NEW:
            return NEWEST
        case Sort.RANDOM:
            return SHUFFLED
        case _:
            raise ValueError(f"{sort} is read from a version (ideas.domain.versions)")


def place_of(cursor: str, sort: Sort, order: Order) -> dict[str, Any]:
    """The values of `order.after`. Raises BadCursor."""
    parts = decode(cursor, sort, *(str if kind is datetime else kind for kind in order.kinds))
    for part, kind in zip(parts, order.kinds, strict=True):
        if kind is str and not (part.isascii() and part.isalnum()):
            raise BadCursor
        if kind is datetime:
            _must_be_a_moment(part)
    return {f"c{n}": part for n, part in enumerate(parts)}


def _must_be_a_moment(text: str) -> None:
    """As `isoformat()` writes it: Python reads more dates than PostgreSQL does."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadCursor from error
    if moment.isoformat() != text or moment.utcoffset() != timedelta(0):
        raise BadCursor
