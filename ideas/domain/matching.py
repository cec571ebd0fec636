"""The ideas that match a search best: what their title says counts most, then tags, then text; of
equals the one with the shorter title.
"""

from dataclasses import dataclass

from accounts.models import Brand
from cocreate.lib import prepared
from cocreate.lib.pages import LARGEST_LIMIT, SMALLEST_LIMIT, BadCursor, decode, encode
from ideas.domain.keysets import NEWEST
from ideas.domain.lists import Row, rows_of
from ideas.domain.narrowing import AMONG, Filters, belonging, narrowed, narrowed_anywhere
from ideas.domain.versions import WITHOUT_MY_VOTE
from ideas.enums import Sort
from ideas.models import Challenge

MATCH = "match"  # what a cursor of this order says
MOST_MATCHES = 200
# Where more ideas have the words than are all looked at, the newest of them are.
NEWEST_LOOKED_AT = 400

HITS = """
    SELECT i.id FROM ideas_idea i JOIN ideas_score s ON s.idea_id = i.id WHERE {where} {newest}
"""
# Of the one list: told of brand and question, PostgreSQL expects one idea in both, and sorts all.
NEWEST_HITS = f"AND i.{{list}}_id = %({{list}})s ORDER BY i.id DESC LIMIT {NEWEST_LOOKED_AT}"
# Weights of the letters D to A (words_of() in ideas/sql/search.sql).
RANKED = """
    SELECT array_agg(id) FROM (
        SELECT hit.id FROM ({hits}) hit JOIN ideas_searchable w ON w.idea_id = hit.id
         ORDER BY ts_rank('{{0.05, 0.2, 0.5, 1}}', w.words, %(ranks)s::tsquery) DESC,
                  length(w.title), hit.id DESC
         LIMIT %(most)s) best
"""
COUNTED = "SELECT count(*) FROM (SELECT FROM ({hits}) hit LIMIT %(most)s) counted"


@dataclass(frozen=True)
class Matches:
    """A page of the best matches, and how many there are at least."""

    items: list[Row]
    next: str | None
    count: int


def best_matches(
    *,
    brand: Brand,
    filters: Filters,
    challenge: Challenge | None = None,
    cursor: str = "",
    limit: int,
    user_id: int | None = None,
) -> Matches:
    """The ideas with the words of `filters.text`, best first. Raises BadCursor."""
    limit = min(max(limit, SMALLEST_LIMIT), LARGEST_LIMIT)
    begin = _place_of(cursor) if cursor else 0
    ids = _ranked(brand, challenge, filters)
    shown = ids[begin : begin + limit]
    rows = rows_of(ids=shown, user_id=user_id, in_challenge=challenge is not None) if shown else []
    end = begin + limit
    return Matches(rows, encode(MATCH, end) if end < len(ids) else None, len(ids))


def count_of(
    *,
    brand: Brand,
    filters: Filters,
    challenge: Challenge | None,
    sort: Sort,
    user_id: int | None = None,
) -> int:
    """How many ideas a narrowed list has, counted to MOST_MATCHES."""
    where, values = narrowed(brand, challenge, sort, filters, NEWEST.listed)
    if sort == Sort.UNSEEN:
        where, values = [*where, WITHOUT_MY_VOTE], values | {"user": user_id}
    hits = HITS.format(where=" AND ".join(where), newest="")
    row = prepared.one(COUNTED.format(hits=hits), values | {"most": MOST_MATCHES})
    return int(row[0]) if row else 0


def _ranked(brand: Brand, challenge: Challenge | None, filters: Filters) -> list[int]:
    where, values = narrowed_anywhere(brand, challenge, Sort.NEW, filters, NEWEST.listed)
    if AMONG in where:
        where, newest = [*belonging(challenge, filters, NEWEST.listed, where), *where], ""
    else:
        newest = NEWEST_HITS.format(list="challenge" if challenge else "brand")
    hits = HITS.format(where=" AND ".join(where), newest=newest)
    values = {"ranks": None} | values | {"most": MOST_MATCHES}
    row = prepared.one(RANKED.format(hits=hits), values)
    return (row and row[0]) or []


def _place_of(cursor: str) -> int:
    (place,) = decode(cursor, MATCH, int)
    if not 0 < place < MOST_MATCHES:
        raise BadCursor
    return int(place)
