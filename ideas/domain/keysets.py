"""The orders that an index keeps: how each is sorted, and what stands behind a cursor."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cocreate.lib.pages import BadCursor, decode, encode
from ideas.enums import Sort


@dataclass(frozen=True)
class Order:
    """How a list is sorted. Behind a cursor of the parts %(c0)s, %(c1)s … stands what meets the
    first condition of `after`, then what meets the second; `back` and `before` are the same the
    other way round.

    Of rows that tie with the cursor the index is entered where the cursor stands, since none of the
    conditions has an OR: half of a list may tie.
    """

    sql: str
    listed: str
    after: tuple[str, ...]
    kinds: tuple[type, ...]
    place: tuple[str, ...]  # the columns of the last row that the cursor keeps
    back: str = ""
    before: tuple[str, ...] = ()


def highest_first(key: str, kind: type) -> Order:
    """By a stored number; ties: older first, then code."""
    tie = f"s.{key} = %(c0)s AND (s.created_at, s.code)"
    return Order(
        sql=f"s.{key} DESC, s.created_at, s.code",
        listed="s.listed",
        after=(f"{tie} > (%(c1)s::timestamptz, %(c2)s)", f"s.{key} < %(c0)s"),
        kinds=(kind, datetime, str),
        place=(key, "created_at", "code"),
        back=f"s.{key}, s.created_at DESC, s.code DESC",
        before=(f"{tie} < (%(c1)s::timestamptz, %(c2)s)", f"s.{key} > %(c0)s"),
    )


NEWEST = Order(
    sql="i.created_at DESC, i.code",
    listed="NOT i.hidden AND i.merged_into_id IS NULL",
    after=(
        "i.created_at = %(c0)s::timestamptz AND i.code > %(c1)s",
        "i.created_at < %(c0)s::timestamptz",
    ),
    kinds=(datetime, str),
    place=("created_at", "code"),
    back="i.created_at, i.code DESC",
    before=(
        "i.created_at = %(c0)s::timestamptz AND i.code < %(c1)s",
        "i.created_at > %(c0)s::timestamptz",
    ),
)

# Every idea has a fixed place on a circle. A list starts at a random point, which the cursor keeps,
# and ends there.
SHUFFLED = Order(
    sql="i.shuffle, i.code",
    listed="NOT i.hidden AND i.merged_into_id IS NULL",
    after=("(i.shuffle, i.code) > (%(c1)s, %(c2)s)",),
    kinds=(float, float, str),
    place=("seed", "shuffle", "code"),
    back="i.shuffle DESC, i.code DESC",
    before=("(i.shuffle, i.code) < (%(c1)s, %(c2)s)",),
)

BEFORE_ALL_CODES = "0"


def somewhere_on_the_circle() -> str:
    """The cursor of a random list that begins anywhere, for whoever wants the same one again."""
    seed = random.random()  # noqa: S311 - an order, not a secret
    return encode(Sort.RANDOM, seed, seed, BEFORE_ALL_CODES)


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
