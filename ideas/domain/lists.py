"""Lists of ideas: one query each, an index for every order, keyset pages.

What is shown is the counter plus the reader's own ledger rows that no fold has seen, read in one
snapshot. Where a phase hides the counts, every number a vote changes is None.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Brand
from cocreate.lib import prepared
from cocreate.lib.errors import DomainError
from cocreate.lib.pages import (
    DEFAULT_LIMIT,
    LARGEST_LIMIT,
    SMALLEST_LIMIT,
    BadCursor,
    Page,
    decode,
    encode,
)
from ideas.enums import Sort
from ideas.models import Challenge

Row = dict[str, Any]

COUNTED = [
    "support",
    "oppose",
    "points",
    "on_behalf",
    "imported",
    "pending",
    "held",
    "score",
    "hot",
    "brand_hot",
]


# Which ideas (an index scan that stops at the limit), then what is shown of them.
LIST = """
    SELECT i.id, i.code, i.title, left(i.body, 600) AS beginning, i.language, i.status, i.tags,
           i.closed, i.hidden, i.revision, i.created_at, i.updated_at, i.shuffle, {key} AS _place,
           b.slug AS brand, b.name AS brand_name, c.slug AS challenge, c.title AS challenge_title,
           st.labels AS status_labels, st.tone AS status_tone, r.mode, r.max_points,
           a.ref AS author_ref, u.handle AS author_handle,
           coalesce(u.display_name, a.display_name, '') AS author_name,
           coalesce(u.avatar, '') AS author_avatar,
           s.on_behalf, s.imported, s.pending, s.held, s.comments, s.folded_at, {mine},
           CASE WHEN %(in_challenge)s
                THEN decayed_now(s.for_log2, r.half_life, now())
                   - decayed_now(s.against_log2, r.half_life, now())
                ELSE decayed_now(s.brand_for_log2, b.half_life, now())
                   - decayed_now(s.brand_against_log2, b.half_life, now()) END AS score,
           EXISTS (SELECT FROM hiding_challenge h WHERE h.challenge_id = i.challenge_id)
               AS counts_hidden
      FROM (SELECT i.id FROM ideas_idea i JOIN ideas_score s ON s.idea_id = i.id {narrowing}
             WHERE {where} ORDER BY {order} LIMIT %(rows)s) page
      JOIN ideas_idea i ON i.id = page.id
      JOIN ideas_score s ON s.idea_id = i.id
      JOIN accounts_brand b ON b.id = i.brand_id
      JOIN ideas_challenge c ON c.id = i.challenge_id
      JOIN ideas_rules r ON r.id = c.rules_id
      LEFT JOIN ideas_statusstep st ON st.brand_id = i.brand_id AND st.key = i.status
      LEFT JOIN accounts_participant a ON a.id = i.author_id
      LEFT JOIN accounts_user u ON u.id = a.user_id
      {my_joins}
     ORDER BY {order}
"""

VISITORS = "s.support, s.oppose, s.points, NULL::smallint AS my_vote, NULL::text AS my_state"
READERS = """
    s.support + o.support AS support, s.oppose + o.oppose AS oppose, s.points + o.points AS points,
    nullif(v.value, 0) AS my_vote, CASE WHEN v.value <> 0 THEN v.state END AS my_state
"""
MY_VOTE = """
      LEFT JOIN accounts_participant me ON me.brand_id = i.brand_id AND me.user_id = %(user)s
      LEFT JOIN ideas_vote v ON v.idea_id = i.id AND v.participant_id = me.id
"""
MY_JOINS = f"{MY_VOTE} CROSS JOIN LATERAL own_unfolded(coalesce(me.ref, '-'), i.id) o"
BY_AUTHOR = "JOIN accounts_participant a ON a.id = i.author_id"

# Not `<> ALL`: where a brand has one challenge, PostgreSQL would expect no row to be left, and sort
# the whole brand.
SHOWS_ITS_COUNTS = """
    (ARRAY(SELECT challenge_id FROM hiding_challenge WHERE brand_id = %(brand)s)
        @> ARRAY[s.challenge_id]) IS NOT TRUE
"""


STORED_KEYS = {"hot", "brand_hot", "points", "comments"}
SHOWS_COUNTS = {Sort.HOT, Sort.TOP}


class SortHidden(DomainError):
    code, status = "sort_hidden", 400
    message = _("Counts are hidden in this round, so ideas cannot be sorted by them.")


@dataclass(frozen=True)
class Order:
    """How a list is sorted. `after` is the condition behind a cursor of the parts %(c0)s, %(c1)s …

    It says CASE and not OR: among many ties PostgreSQL would take an OR apart, read all that is
    behind the cursor, and sort it.
    """

    sql: str
    listed: str
    after: str
    kinds: tuple[type, ...]
    place: tuple[str, ...]  # the columns of the last row that the cursor keeps


def highest_first(key: str, kind: type) -> Order:
    """By a stored number; ties: older first, then code."""
    return Order(
        sql=f"s.{key} DESC, s.created_at, s.code",
        listed="s.listed",
        after=f"s.{key} <= %(c0)s AND CASE WHEN s.{key} < %(c0)s THEN true"
        " ELSE (s.created_at, s.code) > (%(c1)s::timestamptz, %(c2)s) END",
        kinds=(kind, datetime, str),
        place=(key, "created_at", "code"),
    )


NEWEST = Order(
    sql="i.created_at DESC, i.code",
    listed="NOT i.hidden AND i.merged_into_id IS NULL",
    after="i.created_at <= %(c0)s::timestamptz"
    " AND CASE WHEN i.created_at < %(c0)s::timestamptz THEN true ELSE i.code > %(c1)s END",
    kinds=(datetime, str),
    place=("created_at", "code"),
)

# Every idea has a fixed place on a circle. A list starts at a random point, which the cursor keeps,
# and ends there.
SHUFFLED = Order(
    sql="i.shuffle, i.code",
    listed="NOT i.hidden AND i.merged_into_id IS NULL",
    after="(i.shuffle, i.code) > (%(c1)s, %(c2)s)",
    kinds=(float, float, str),
    place=("seed", "shuffle", "code"),
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


def default_sort(*, hidden: bool) -> Sort:
    return Sort.RANDOM if hidden else Sort.HOT


def ideas_page(
    *,
    brand: Brand,
    sort: Sort,
    challenge: Challenge | None = None,
    hidden: bool = False,
    status: str = "",
    tag: str = "",
    cursor: str = "",
    limit: int = DEFAULT_LIMIT,
    user_id: int | None = None,
) -> Page[Row]:
    """A page of a brand's or a challenge's ideas as plain rows (LIST), with the reader's own votes.

    `hidden`: a phase of this challenge hides its counts now. Raises SortHidden, BadCursor.
    """
    if hidden and sort in SHOWS_COUNTS:
        raise SortHidden
    limit = min(max(limit, SMALLEST_LIMIT), LARGEST_LIMIT)
    order = order_of(sort, in_challenge=challenge is not None)
    where = [order.listed, *_narrowed(challenge, sort, status, tag)]
    values: dict[str, Any] = {
        "brand": brand.pk,
        "challenge": challenge.pk if challenge else None,
        "in_challenge": challenge is not None,
        "status": status,
        "tag": tag,
        "limit": limit,
        "user": user_id,
    }
    if sort == Sort.RANDOM:
        return _round_the_circle(where, values, cursor)
    if cursor:
        where.append(order.after)
        values |= _place_of(cursor, sort, order)
    return _page(_fetch(where, order, values, limit + 1), limit, sort, order)


def _narrowed(challenge: Challenge | None, sort: Sort, status: str, tag: str) -> list[str]:
    """Conditions on both tables, so that an index of either can serve the order."""
    where = ["i.brand_id = %(brand)s", "s.brand_id = %(brand)s"]
    if challenge is not None:
        where += ["i.challenge_id = %(challenge)s", "s.challenge_id = %(challenge)s"]
    elif sort in SHOWS_COUNTS:  # a place in the list would tell what a phase hides
        where.append(SHOWS_ITS_COUNTS)
    if status:
        where.append("i.status = %(status)s")
    if tag:
        where.append("%(tag)s = ANY (i.tags)")
    return where


def idea_row(*, code: str, user_id: int | None) -> Row | None:
    """One idea in the form of a list's row, whether it is listed or not."""
    rows = _fetch(
        ["i.code = %(code)s"], NEWEST, {"code": code, "user": user_id, "in_challenge": True}, 1
    )
    return rows[0] if rows else None


def ideas_of(
    *, user_id: int, brand_ids: list[int], reader_id: int | None, limit: int = 50
) -> list[Row]:
    """What somebody has posted at these brands, newest first."""
    where = [NEWEST.listed, "i.brand_id = ANY (%(brands)s)", "a.user_id = %(author)s"]
    values = {"author": user_id, "brands": brand_ids, "user": reader_id, "in_challenge": True}
    return _fetch(where, NEWEST, values, limit, narrowing=BY_AUTHOR)


def votes_of(*, user_id: int, brand_ids: list[int], limit: int = 50) -> list[Row]:
    """What a member has voted for or against at these brands, latest first."""
    latest = Order("v.at DESC", "", "", (), ())
    where = [
        NEWEST.listed,
        "v.value <> 0",
        "me.user_id = %(user)s",
        "i.brand_id = ANY (%(brands)s)",
    ]
    values = {"user": user_id, "brands": brand_ids, "in_challenge": True}
    return _fetch(where, latest, values, limit, narrowing=MY_VOTE)


def _round_the_circle(where: list[str], values: dict[str, Any], cursor: str) -> Page[Row]:
    """Two arcs of the circle: from the seed upward, then from zero to the seed."""
    seed, after = random.random(), ""  # noqa: S311 - an order, not a secret
    if cursor:
        values |= _place_of(cursor, Sort.RANDOM, SHUFFLED)
        seed, after = values["c0"], SHUFFLED.after
    values["seed"] = seed
    wanted, rows = values["limit"] + 1, []
    on_second = bool(cursor) and values["c1"] < seed
    if not on_second:
        rows = _fetch(
            [*where, "i.shuffle >= %(seed)s", *([after] if after else [])], SHUFFLED, values, wanted
        )
        after = ""
    if len(rows) < wanted:
        arc = [*where, "i.shuffle < %(seed)s", *([after] if after else [])]
        rows += _fetch(arc, SHUFFLED, values, wanted - len(rows))
    for row in rows:
        row["seed"] = seed
    return _page(rows, values["limit"], Sort.RANDOM, SHUFFLED)


def _page(rows: list[Row], limit: int, sort: Sort, order: Order) -> Page[Row]:
    following = None
    if len(rows) > limit:
        place = [
            rows[limit - 1]["_place"] if column in COUNTED else rows[limit - 1][column]
            for column in order.place
        ]
        following = encode(
            sort, *(part.isoformat() if isinstance(part, datetime) else part for part in place)
        )
    return Page(rows[:limit], following)


def _place_of(cursor: str, sort: Sort, order: Order) -> dict[str, Any]:
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


def _fetch(
    where: list[str], order: Order, values: dict[str, Any], rows: int, narrowing: str = ""
) -> list[Row]:
    place = order.place[0] if order.place else ""
    is_reader = values["user"] is not None
    sql = LIST.format(
        where=" AND ".join(where),
        order=order.sql,
        key=f"s.{place}" if place in STORED_KEYS else "NULL",
        mine=READERS if is_reader else VISITORS,
        my_joins=MY_JOINS if is_reader else "",
        narrowing=narrowing,
    )
    return [_shown(row) for row in prepared.dicts(sql, values | {"rows": rows})]


def _shown(row: Row) -> Row:
    """Without the numbers that a phase hides; `_place` stays, for the cursor alone."""
    if row["counts_hidden"]:
        row.update(dict.fromkeys([name for name in COUNTED if name in row]))
    return row
