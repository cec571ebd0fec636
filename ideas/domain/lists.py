"""Lists of ideas: one query each, an index for every order, keyset pages.

What is shown is the counter plus the reader's own ledger rows that no fold has seen, read in one
snapshot. Where a phase hides the counts, every number a vote changes is None.
"""

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Brand
from cocreate.lib import prepared
from cocreate.lib.errors import DomainError, SignInRequired
from cocreate.lib.pages import (
    DEFAULT_LIMIT,
    LARGEST_LIMIT,
    SMALLEST_LIMIT,
    Page,
    encode,
)
from ideas.domain import versions
from ideas.domain.keysets import NEWEST, SHUFFLED, Order, order_of, place_of
from ideas.domain.narrowing import SHOWS_COUNTS, Filters, narrowed, narrowed_anywhere
from ideas.enums import Sort
from ideas.models import Challenge, Idea

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


# Which ideas (an index scan that stops at the limit), then what is shown of them. The limit stands
# in the text: of a parameter a prepared plan would expect a tenth of the brand, and join for that.
LIST = """
    SELECT i.id, i.code, i.challenge_id, i.title, left(i.body, 600) AS beginning, i.language,
           i.status, i.tags, i.closed, i.hidden, i.revision, i.created_at, i.updated_at, i.shuffle,
           {key} AS _place,
           b.slug AS brand, b.name AS brand_name, c.slug AS challenge, c.title AS challenge_title,
           st.labels AS status_labels, st.tone AS status_tone, r.mode, r.max_points,
           a.ref AS author_ref, u.handle AS author_handle,
           coalesce(u.display_name, a.display_name, '') AS author_name,
           coalesce(u.avatar, '') AS author_avatar,
           (SELECT count(*) FROM ideas_coauthor w
             WHERE w.idea_id = i.id AND w.answer = 'accepted') AS co_authors,
           CASE WHEN i.cover <> ''
                THEN (SELECT json_agg(json_build_object('code', p.code, 'alt', p.alt,
                             'width', p.width, 'height', p.height) ORDER BY p.place)
                        FROM ideas_image p WHERE p.idea_id = i.id) END AS images,
           s.on_behalf, s.imported, s.pending, s.held, s.comments, s.folded_at, {mine},
           CASE WHEN %(in_challenge)s
                THEN decayed_now(s.for_log2, r.half_life, now())
                   - decayed_now(s.against_log2, r.half_life, now())
                ELSE decayed_now(s.brand_for_log2, b.half_life, now())
                   - decayed_now(s.brand_against_log2, b.half_life, now()) END AS score,
           EXISTS (SELECT FROM hiding_challenge h WHERE h.challenge_id = i.challenge_id)
               AS counts_hidden
      FROM ({page}) page
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

# How many rows is a value within, and a number without. Of a number it knows, a plan for any brand
# thinks that most have no more ideas than that: it sorts all of a large one instead of following
# its index. Of a value it expects a tenth of all ideas, and would read as many of what is joined.
PAGE = """
    SELECT id FROM (
        SELECT i.id FROM ideas_idea i JOIN ideas_score s ON s.idea_id = i.id {narrowing}
         WHERE {where} ORDER BY {order} LIMIT %(rows)s::bigint) page LIMIT {rows}
"""
PART = """
    (SELECT {part} AS part, row_number() OVER () AS rank, page.id FROM ({page}) page)
"""
BEHIND = "SELECT id FROM ({parts}) behind ORDER BY part, rank LIMIT {rows}"

VISITORS = "s.support, s.oppose, s.points, NULL::smallint AS my_vote, NULL::text AS my_state"
READERS = """
    s.support + o.support AS support, s.oppose + o.oppose AS oppose, s.points + o.points AS points,
    nullif(v.value, 0) AS my_vote, CASE WHEN v.value <> 0 THEN v.state END AS my_state
"""
# OFFSET 0: votes first, then their ideas. PostgreSQL would read the ideas of all these brands, and
# all votes on each, to find those of one person.
MY_VOTES = """
      JOIN (SELECT mine.idea_id, mine.at
              FROM accounts_participant me JOIN ideas_vote mine ON mine.participant_id = me.id
             WHERE me.user_id = %(user)s AND me.brand_id = ANY (%(brands)s)
               AND mine.value <> 0 AND mine.state <> 'void' OFFSET 0) v ON v.idea_id = i.id
"""
# With the limit it looks up one vote of each idea; without, it reads all of them to find the one.
MY_JOINS = """
      LEFT JOIN accounts_participant me ON me.brand_id = i.brand_id AND me.user_id = %(user)s
      LEFT JOIN LATERAL (
           SELECT value, state, at FROM ideas_vote
            WHERE idea_id = i.id AND participant_id = me.id AND state <> 'void' LIMIT 1) v ON true
     CROSS JOIN LATERAL unfolded_of(coalesce(me.ref, '-'), i.id) o
"""
SIGNED_BY = """i.id IN (
    SELECT o.id FROM ideas_idea o JOIN accounts_participant a ON a.id = o.author_id
     WHERE a.user_id = %(author)s
    UNION ALL
    SELECT w.idea_id FROM ideas_coauthor w JOIN accounts_participant p ON p.id = w.participant_id
     WHERE p.user_id = %(author)s AND w.answer = 'accepted')"""
FOLLOWED_BY = """i.id IN (
    SELECT f.idea_id FROM accounts_participant p JOIN ideas_follow f ON f.participant_id = p.id
     WHERE p.user_id = %(user)s AND f.active)"""

STORED_KEYS = {"hot", "brand_hot", "points", "comments"}


class SortHidden(DomainError):
    code, status = "sort_hidden", 400
    message = _("Counts are hidden in this round, so ideas cannot be sorted by them.")


@dataclass(frozen=True)
class Neighbours:
    """Codes of the ideas beside one in a list; None at its ends."""

    before: str | None
    after: str | None


def default_sort(*, hidden: bool, in_challenge: bool = False) -> Sort:
    if hidden:
        return Sort.RANDOM
    return Sort.DISCOVER if in_challenge else Sort.HOT


def ideas_page(
    *,
    brand: Brand,
    sort: Sort,
    challenge: Challenge | None = None,
    hidden: bool = False,
    status: str = "",
    tag: str = "",
    filters: Filters | None = None,
    cursor: str = "",
    limit: int = DEFAULT_LIMIT,
    user_id: int | None = None,
) -> Page[Row]:
    """A page of a brand's or a challenge's ideas as plain rows (LIST), with the reader's own votes.

    `hidden`: a phase of this challenge hides its counts now. `filters` in place of `status` and
    `tag`. Raises SortHidden, BadCursor, SignInRequired.
    """
    if hidden and sort in SHOWS_COUNTS:
        raise SortHidden
    if sort == Sort.UNSEEN and user_id is None:
        raise SignInRequired
    limit = min(max(limit, SMALLEST_LIMIT), LARGEST_LIMIT)
    filters = filters or Filters(status=status, tag=tag)
    if filters.hidden and sort in versions.SORTS:
        sort = Sort.NEW  # no version places what is hidden
    if sort in versions.SORTS:
        return _page_of_version(brand, sort, challenge, filters, cursor, limit, user_id)
    order = order_of(sort, in_challenge=challenge is not None)
    where, values = narrowed(brand, challenge, sort, filters, order.listed)
    values |= {"limit": limit, "user": user_id}
    if sort == Sort.RANDOM:
        return _round_the_circle(where, values, cursor)
    behind = order.after if cursor else ()
    if cursor:
        values |= place_of(cursor, sort, order)
    return _page(_fetch(where, order, values, limit + 1, behind=behind), limit, sort, order)


def _page_of_version(
    brand: Brand, sort: Sort, challenge: Challenge | None, filters: Filters,
    cursor: str, limit: int, user_id: int | None,
) -> Page[Row]:  # fmt: skip
    where, values = narrowed_anywhere(brand, challenge, sort, filters, versions.LISTED)
    behind = versions.read_cursor(cursor, sort)
    values |= {"user": user_id} | behind.values
    page = versions.page_sql(where, sort, behind, challenge is not None, limit + 1)
    rows = _rows(page, versions.ORDER, versions.KEY, values)
    following = versions.cursor_behind(rows[limit - 1], sort) if len(rows) > limit else None
    return Page(rows[:limit], following)


def neighbours(
    *,
    idea: Idea,
    sort: Sort,
    challenge: Challenge | None = None,
    filters: Filters,
) -> Neighbours:
    """The ideas before and after this one in the list, where it stands or would stand: an idea that
    a filter has lost meanwhile has them too. A random list is a circle without an end. A list by
    counts has no place for an idea whose counts a phase hides.
    """
    if filters.hidden and sort in versions.SORTS:
        sort = Sort.NEW
    if sort in versions.SORTS:
        where, values = narrowed_anywhere(idea.brand, challenge, sort, filters, versions.LISTED)
        is_one = challenge is not None
        return Neighbours(*versions.beside(idea, sort, where, values, in_challenge=is_one))
    order = order_of(sort, in_challenge=challenge is not None)
    where, values = narrowed(idea.brand, challenge, sort, filters, order.listed)
    values |= {"idea": idea.pk, "limit": 1}
    row = prepared.one(PLACE.format(columns=", ".join(_columns(order))), {"idea": idea.pk})
    counts_hidden, *place = row or (True,)
    if counts_hidden and sort in SHOWS_COUNTS:
        return Neighbours(None, None)
    values |= {f"c{n}": part for n, part in enumerate(place)}
    is_circle = sort == Sort.RANDOM
    return Neighbours(
        before=_beside(where, values, order.before, order.back, is_circle=is_circle),
        after=_beside(where, values, order.after, order.sql, is_circle=is_circle),
    )


# The same narrowing as in LIST; `i.id` leaves the idea itself out, whatever its key is meanwhile.
BESIDE = """
    SELECT i.id FROM ideas_idea i JOIN ideas_score s ON s.idea_id = i.id
     WHERE {where} AND i.id <> %(idea)s ORDER BY {order} LIMIT 1
"""
NEAREST = "SELECT code FROM ideas_idea WHERE id = ({page})"
PLACE = """
    SELECT EXISTS (SELECT FROM hiding_challenge h WHERE h.challenge_id = i.challenge_id), {columns}
      FROM ideas_idea i JOIN ideas_score s ON s.idea_id = i.id WHERE i.id = %(idea)s
"""


def _columns(order: Order) -> list[str]:
    """Of the cursor, in its order; where a random list began is not asked here."""
    of_idea = {"shuffle": "i.shuffle", "seed": "0", "code": "i.code", "created_at": "i.created_at"}
    return [of_idea.get(column, f"s.{column}") for column in order.place]


def _beside(
    where: list[str], values: dict[str, Any], conditions: tuple[str, ...], order: str,
    *, is_circle: bool,
) -> str | None:  # fmt: skip
    if is_circle:
        conditions = (*conditions, "true")
    ones = [BESIDE.format(where=" AND ".join([*where, one]), order=order) for one in conditions]
    row = prepared.one(NEAREST.format(page=_one_after_the_other(ones, rows=1)), values)
    return str(row[0]) if row else None


def idea_row(*, code: str, user_id: int | None) -> Row | None:
    """One idea in the form of a list's row, whether it is listed or not."""
    rows = _fetch(
        ["i.code = %(code)s"], NEWEST, {"code": code, "user": user_id, "in_challenge": True}, 1
    )
    return rows[0] if rows else None


def rows_of(*, ids: list[int], user_id: int | None, in_challenge: bool = False) -> list[Row]:
    """Those of these ideas that are listed, in this order."""
    given = Order("array_position(%(ids)s::bigint[], i.id)", "", (), (), ())
    where = [NEWEST.listed, "i.id = ANY (%(ids)s::bigint[])"]
    values = {"ids": ids, "user": user_id, "in_challenge": in_challenge}
    return _fetch(where, given, values, len(ids))


def ideas_of(
    *, user_id: int, brand_ids: list[int], reader_id: int | None, limit: int = 50
) -> list[Row]:
    """What somebody has posted at these brands, or signs with its author, newest first."""
    where = [NEWEST.listed, "i.brand_id = ANY (%(brands)s)", SIGNED_BY]
    values = {"author": user_id, "brands": brand_ids, "user": reader_id, "in_challenge": True}
    return _fetch(where, NEWEST, values, limit)


def followed_by(*, user_id: int, brand_ids: list[int], limit: int = 50) -> list[Row]:
    """What a member wants to hear of at these brands, newest first."""
    where = [NEWEST.listed, "i.brand_id = ANY (%(brands)s)", FOLLOWED_BY]
    values = {"brands": brand_ids, "user": user_id, "in_challenge": True}
    return _fetch(where, NEWEST, values, limit)


def votes_of(*, user_id: int, brand_ids: list[int], limit: int = 50) -> list[Row]:
    """What a member has voted for or against at these brands, latest first."""
    latest = Order("v.at DESC", "", (), (), ())
    values = {"user": user_id, "brands": brand_ids, "in_challenge": True}
    return _fetch([NEWEST.listed], latest, values, limit, narrowing=MY_VOTES)


def _round_the_circle(where: list[str], values: dict[str, Any], cursor: str) -> Page[Row]:
    """Two arcs of the circle: from the seed upward, then from zero to the seed."""
    seed = random.random()  # noqa: S311 - an order, not a secret
    after: tuple[str, ...] = ()
    if cursor:
        values |= place_of(cursor, Sort.RANDOM, SHUFFLED)
        seed, after = values["c0"], SHUFFLED.after
    values["seed"] = seed
    wanted, rows = values["limit"] + 1, []
    on_second = bool(cursor) and values["c1"] < seed
    if not on_second:
        rows = _fetch([*where, "i.shuffle >= %(seed)s", *after], SHUFFLED, values, wanted)
        after = ()
    if len(rows) < wanted:
        arc = [*where, "i.shuffle < %(seed)s", *after]
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


def _fetch(
    where: list[str], order: Order, values: dict[str, Any], rows: int,
    *, narrowing: str = "", behind: tuple[str, ...] = (),
) -> list[Row]:  # fmt: skip
    """`behind`: of order.after, where there is a cursor."""
    conditions = [" AND ".join([*where, one]) for one in behind or ("true",)]
    pages = [
        PAGE.format(where=condition, order=order.sql, narrowing=narrowing, rows=rows)
        for condition in conditions
    ]
    page = pages[0] if len(pages) == 1 else _one_after_the_other(pages, rows)
    place = order.place[0] if order.place else ""
    key = f"s.{place}" if place in STORED_KEYS else "NULL"
    return _rows(page, order.sql, key, values | {"rows": rows})


def _one_after_the_other(pages: list[str], rows: int) -> str:
    parts = (PART.format(part=number, page=page) for number, page in enumerate(pages))
    return BEHIND.format(parts=" UNION ALL ".join(parts), rows=rows)


def _rows(page: str, order: str, key: str, values: dict[str, Any]) -> list[Row]:
    """The ideas that `page` names. `key`: what a cursor needs of the last one, beside its own
    columns.
    """
    is_reader = values["user"] is not None
    sql = LIST.format(
        page=page,
        order=order,
        key=key,
        mine=READERS if is_reader else VISITORS,
        my_joins=MY_JOINS if is_reader else "",
    )
    return [_shown(row) for row in prepared.dicts(sql, values)]


def _shown(row: Row) -> Row:
    """Without the numbers that a phase hides; `_place` stays, for the cursor alone."""
    row["images"] = row["images"] or []
    if row["counts_hidden"]:
        row.update(dict.fromkeys([name for name in COUNTED if name in row]))
    return row
