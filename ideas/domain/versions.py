"""Lists that are read from a numbered version (ideas.domain.orders).

One statement finds the version and reads from it, so a reader sees a whole one: the one their
cursor names while it is kept, else the newest, from the place where they were. Ideas younger than
the version have no place in it yet; they come first where the new is to be found, else last.
"""

from dataclasses import dataclass
from typing import Any

from cocreate.lib import prepared
from cocreate.lib.pages import BadCursor, decode, encode
from ideas.domain.narrowing import are_named, unindexed
from ideas.enums import Sort
from ideas.models import Idea

SORTS = {Sort.BEST, Sort.DISCOVER, Sort.RISING, Sort.UNSEEN}
YOUNG_FIRST = {Sort.DISCOVER, Sort.UNSEEN}
LISTED = "NOT i.hidden AND i.merged_into_id IS NULL"
LARGEST = 2**31 - 1

# A value and no EXISTS, which PostgreSQL would turn round: it would read all votes of the reader.
WITHOUT_MY_VOTE = """
    coalesce((SELECT false FROM ideas_vote v
               WHERE v.idea_id = i.id AND v.value <> 0 AND v.state <> 'void'
                 AND v.participant_id = (SELECT me.id FROM accounts_participant me
                                          WHERE me.brand_id = %(brand)s AND me.user_id = %(user)s)
               LIMIT 1), true)
"""
VERSION = """
    SELECT o.id, o.number, o.newest FROM ideas_orderversion o
     WHERE o.brand_id = %(brand)s AND o.challenge_id {is_list}
     ORDER BY o.number = %(number)s DESC, o.number DESC LIMIT 1
"""
# Ideas that no version places yet, the youngest first: by an expression that one index alone has in
# this order, of each list. By the number itself PostgreSQL would read the newer ones of all others;
# and where it takes all for wanted it reads all of the list by another index, and puts them in
# order: so it is told of a limit, of which it knows no more than that there is one.
YOUNG_ONES = """
    (SELECT i.id, i.id * -1 AS rank FROM ideas_idea i
      WHERE {listed} AND i.{list}_id = %({list})s AND i.id * -1 < -{newest} AND {condition}
      ORDER BY i.id * -1 {direction} LIMIT %(all)s::bigint) young
       JOIN ideas_idea i ON i.id = young.id JOIN ideas_score s ON s.idea_id = i.id
"""
ALL = 2**62
YOUNG = """
    (SELECT {part} AS part, i.id, young.rank
       FROM {young}
      WHERE {where} ORDER BY young.rank LIMIT {rows})
"""
NEWEST = "coalesce((SELECT newest FROM version), 0)"
# OFFSET 0 keeps PostgreSQL from turning it round: with old statistics it would read all ideas of
# the list, and sort them by their places.
PLACED = """
    (SELECT 1 AS part, one.id, p.place AS rank
       FROM ideas_orderplace p CROSS JOIN LATERAL (
            SELECT i.id FROM ideas_idea i JOIN ideas_score s ON s.idea_id = i.id
             WHERE i.id = p.idea_id AND {where} OFFSET 0) one
      WHERE p.version_id = (SELECT id FROM version) AND p.sort = '{sort}' {behind}
      ORDER BY p.place LIMIT {rows})
"""
# Where a search has named the ideas they are few, and come first.
PLACED_AMONG = """
    (SELECT 1 AS part, i.id, p.place AS rank
       FROM ideas_orderplace p
       JOIN ideas_idea i ON i.id = p.idea_id JOIN ideas_score s ON s.idea_id = i.id
      WHERE p.version_id = (SELECT id FROM version) AND p.sort = '{sort}' AND {where} {behind}
      ORDER BY p.place LIMIT {rows})
"""
PAGE = """
    WITH version AS MATERIALIZED ({version})
    SELECT found.*, coalesce((SELECT number FROM version), 0) AS number
      FROM ({parts}) found ORDER BY part, rank LIMIT {rows}
"""
ORDER = "page.part, page.rank"
KEY = "ARRAY[page.number, page.part, page.rank]"  # what cursor_behind() reads

BEHIND_YOUNG = "(SELECT id FROM ideas_idea WHERE code = %(code)s)"
BEHIND_PLACE = "AND p.place > %(place)s"


@dataclass(frozen=True)
class Behind:
    """Where a page begins: behind this place of version `number`, or behind the young idea `code`;
    with neither at the beginning.
    """

    number: int = 0
    place: int = 0
    code: str = ""

    @property
    def values(self) -> dict[str, Any]:
        return {"number": self.number, "place": self.place, "code": self.code, "all": ALL}


@dataclass(frozen=True)
class Standing:
    """An idea's place in the newest version; None: it is younger, or in no list."""

    version: int | None
    newest: int
    place: int | None


def read_cursor(cursor: str, sort: Sort) -> Behind:
    """Raises BadCursor."""
    if not cursor:
        return Behind()
    number, place, code = decode(cursor, sort, int, int, str)
    if not (0 <= number <= LARGEST and 0 <= place <= LARGEST):
        raise BadCursor
    if code and not (code.isascii() and code.isalnum()):
        raise BadCursor
    return Behind(number, place, code)


def cursor_behind(row: dict[str, Any], sort: Sort) -> str:
    number, _part, rank = row["_place"]
    is_young = rank < 0
    return encode(sort, number, 0 if is_young else rank, row["code"] if is_young else "")


def page_sql(where: list[str], sort: Sort, behind: Behind, in_challenge: bool, rows: int) -> str:
    """The inner part of a list: ids in order, with what a cursor needs. `where`: of
    narrowed_anywhere().
    """
    if sort == Sort.UNSEEN:
        where = [*where, WITHOUT_MY_VOTE]
    young = _young(where, sort, behind, in_challenge, rows)
    placed = _placed(where, sort, behind, in_challenge, rows)
    if behind.code and sort not in YOUNG_FIRST:
        parts = [young]
    elif behind.place and sort in YOUNG_FIRST:
        parts = [placed]
    else:
        parts = [young, placed]
    return PAGE.format(version=_version(in_challenge), parts=" UNION ALL ".join(parts), rows=rows)


def _version(in_challenge: bool) -> str:
    return VERSION.format(is_list="= %(challenge)s" if in_challenge else "IS NULL")


def _list(in_challenge: bool) -> str:
    return "challenge" if in_challenge else "brand"


def _young(where: list[str], sort: Sort, behind: Behind, in_challenge: bool, rows: int) -> str:
    older = f"i.id * -1 > -{BEHIND_YOUNG}" if behind.code else "true"
    return YOUNG.format(
        part=0 if sort in YOUNG_FIRST else 2,
        young=_young_ones(_list(in_challenge), NEWEST, older, "ASC"),
        where=" AND ".join(where),
        rows=rows,
    )


def _young_ones(name: str, newest: str, condition: str, direction: str) -> str:
    return YOUNG_ONES.format(
        listed=LISTED, list=name, newest=newest, condition=condition, direction=direction
    )


def _placed(where: list[str], sort: Sort, behind: Behind, in_challenge: bool, rows: int) -> str:
    is_named = are_named(where)
    belongs = _belongs(_list(in_challenge))
    return (PLACED_AMONG if is_named else PLACED).format(
        sort=stored(sort),
        where=" AND ".join([unindexed(belongs) if is_named else belongs, *where]),
        behind=BEHIND_PLACE if behind.place else "",
        rows=rows,
    )


def _belongs(name: str) -> str:
    return f"i.{name}_id = %({name})s"


def stored(sort: Sort) -> str:
    """Under which name its places stand."""
    return Sort.DISCOVER.value if sort == Sort.UNSEEN else sort.value


# --- Beside an idea -------------------------------------------------------------------------------

STANDING = """
    SELECT EXISTS (SELECT FROM hiding_challenge h WHERE h.challenge_id = i.challenge_id),
           o.id, coalesce(o.newest, 0), p.place
      FROM ideas_idea i
      LEFT JOIN LATERAL ({version}) o ON true
      LEFT JOIN ideas_orderplace p
             ON p.version_id = o.id AND p.idea_id = i.id AND p.sort = %(sort)s
     WHERE i.id = %(idea)s
"""
PLACED_BESIDE = """
    SELECT one.code
      FROM ideas_orderplace p CROSS JOIN LATERAL (
           SELECT i.code FROM ideas_idea i JOIN ideas_score s ON s.idea_id = i.id
            WHERE i.id = p.idea_id AND {where} OFFSET 0) one
     WHERE p.version_id = %(version)s AND p.sort = %(sort)s AND {condition}
     ORDER BY p.place {direction} LIMIT 1
"""
PLACED_BESIDE_AMONG = """
    SELECT i.code FROM ideas_orderplace p
      JOIN ideas_idea i ON i.id = p.idea_id JOIN ideas_score s ON s.idea_id = i.id
     WHERE p.version_id = %(version)s AND p.sort = %(sort)s AND {where} AND {condition}
     ORDER BY p.place {direction} LIMIT 1
"""
YOUNG_BESIDE = """
    SELECT i.code FROM {young} WHERE {where} ORDER BY young.rank {direction} LIMIT 1
"""


def beside(
    idea: Idea, sort: Sort, where: list[str], values: dict[str, Any], *, in_challenge: bool
) -> tuple[str | None, str | None]:
    """Codes before and after this idea in the newest version of the list; neither where a phase
    hides its counts. `where`: of narrowed_anywhere().
    """
    values |= {"idea": idea.pk, "sort": stored(sort), "number": 0, "all": ALL}
    row = prepared.one(STANDING.format(version=_version(in_challenge)), values)
    if row is None or row[0]:
        return None, None
    values |= {"version": row[1], "newest": row[2], "place": row[3]}
    steps, young_first = _Steps(where, _list(in_challenge)), sort in YOUNG_FIRST
    if row[3] is None:
        before = [steps.younger(), *([] if young_first else [steps.placed("true", "DESC")])]
        after = [steps.older(), *([steps.placed("true", "ASC")] if young_first else [])]
    else:
        before = [steps.placed("p.place < %(place)s", "DESC")]
        before += [steps.young("true", "DESC")] if young_first else []
        after = [steps.placed("p.place > %(place)s", "ASC")]
        after += [] if young_first else [steps.young("true", "ASC")]
    return _first(before, values), _first(after, values)


@dataclass(frozen=True)
class _Steps:
    """Queries for the nearest idea on one side, in one part of the list."""

    where: list[str]
    list: str

    def placed(self, condition: str, direction: str) -> str:
        is_named, belongs = are_named(self.where), _belongs(self.list)
        where = " AND ".join([unindexed(belongs) if is_named else belongs, *self.where])
        return (PLACED_BESIDE_AMONG if is_named else PLACED_BESIDE).format(
            where=where, condition=condition, direction=direction
        )

    def young(self, condition: str, direction: str) -> str:
        young = _young_ones(self.list, "%(newest)s::bigint", condition, direction)
        return YOUNG_BESIDE.format(young=young, where=" AND ".join(self.where), direction=direction)

    def younger(self) -> str:
        return self.young("i.id * -1 < -%(idea)s::bigint", "DESC")

    def older(self) -> str:
        return self.young("i.id * -1 > -%(idea)s::bigint", "ASC")


def _first(steps: list[str], values: dict[str, Any]) -> str | None:
    for step in steps:
        if row := prepared.one(step, values):
            return str(row[0])
    return None
