"""How many ideas of a brand its team would find under each filter of the desk's list.

Ideas are counted by all that the filters ask of them at once, so that one count answers every
filter beside any others. No more than MOST are looked at of each kind, from the end of an index
that serves that kind: the newest that are listed, those that are hidden, reported, and in
somebody's charge. What a larger brand has beyond is known of statuses and questions alone, from
figures that are kept (ideas.domain.figures) and what was decided since.
"""

import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import transaction

from accounts.models import Brand
from cocreate.lib import prepared
from ideas.domain.narrowing import Filters

MOST = 1_000
LISTED, HIDDEN, IS_REPORTED, OWNED = "listed", "hidden", "reported", "owned"
KEPT_SECONDS = 60  # whoever keeps what is counted does so no longer
# What the desk asks of an idea, and no words.
ASKED = Filters(with_names=True)

FACTS = "i.id, i.challenge_id, i.status, i.owner_id"
IS_LISTED = "NOT i.hidden AND i.merged_into_id IS NULL"
# How many is a value within, and a number without: why is said in ideas.domain.lists.
NEWEST = f"""
    (SELECT '{{kind}}' AS kind, newest.*
       FROM (SELECT {FACTS} FROM ideas_idea i
              WHERE i.brand_id = %(brand)s AND {{condition}}
              ORDER BY i.created_at DESC, i.code LIMIT %(most)s::bigint) newest
      LIMIT {MOST})
"""  # noqa: S608 - constants
# As UNANSWERED and REPORTED of ideas.domain.narrowing. Values and no EXISTS: for so many ideas
# PostgreSQL would rather read all answers and reports that there are. In the order of the index of
# answers, so that no index of all comments is as good.
ANSWERED = """
    (SELECT true FROM ideas_comment t
      WHERE t.idea_id = i.id AND t.pinned AND NOT t.hidden AND t.deleted_at IS NULL
      ORDER BY t.id DESC LIMIT 1)
"""
REPORTED = """
    (SELECT true FROM ideas_report t WHERE t.idea_id = i.id AND t.state = 'open' LIMIT 1)
"""
# OFFSET 0: reports and places first, then their ideas one by one. Of more reports than MOST the
# latest are looked at, which may be about few ideas.
CELLS = f"""
    SELECT kind, challenge_id, status, owner_id, {ANSWERED} IS NULL, {REPORTED} IS NOT NULL,
           count(*)
      FROM ({NEWEST.format(kind=LISTED, condition=IS_LISTED)}
            UNION ALL
            {NEWEST.format(kind=HIDDEN, condition="i.hidden AND i.merged_into_id IS NULL")}
            UNION ALL
            (SELECT '{IS_REPORTED}', {FACTS}
               FROM (SELECT DISTINCT idea_id FROM (
                     SELECT idea_id FROM ideas_report
                      WHERE brand_id = %(brand)s AND state = 'open'
                      ORDER BY id DESC LIMIT {MOST}) latest OFFSET 0) told
               JOIN ideas_idea i ON i.id = told.idea_id
              WHERE {IS_LISTED})
            UNION ALL
            (SELECT '{OWNED}', one.*
               FROM (SELECT id FROM accounts_membership WHERE brand_id = %(brand)s OFFSET 0) place
              CROSS JOIN LATERAL (
                    SELECT {FACTS} FROM ideas_idea i
                     WHERE i.owner_id = place.id AND {IS_LISTED} LIMIT {MOST}) one
              LIMIT {MOST})) i
     GROUP BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608 - constants

# Of ideas that were listed: the steps that were made since, and those from before that were taken
# back since. And of all that came into the lists or left them, one more or less of their status of
# now. What an idea was then is said by what came first: it was open to be hidden, hidden to be
# shown. Where neither came it is as it was, which of a deleted one `hidden_meanwhile` tells.
MOVED = f"""
    SELECT i.challenge_id, one.status, sum(one.change)::bigint
      FROM (SELECT subject_code,
                   (array_agg(kind ORDER BY at, id)
                    FILTER (WHERE kind IN ('idea.hidden', 'idea.shown')))[1] AS first_of_team,
                   (array_agg(kind ORDER BY at, id)
                    FILTER (WHERE kind IN ('idea.deleted', 'idea.restored')))[1] AS first_of_author
              FROM (SELECT subject_code, kind, at, id FROM accounts_activity
                     WHERE brand_id = %(brand)s AND at > to_timestamp(%(since)s)
                     ORDER BY at DESC LIMIT {MOST}) latest
             WHERE kind IN ('status.changed', 'status.undone', 'idea.hidden', 'idea.shown',
                            'idea.deleted', 'idea.restored')
             GROUP BY subject_code OFFSET 0) touched
      JOIN ideas_idea i ON i.code = touched.subject_code AND i.merged_into_id IS NULL
     CROSS JOIN LATERAL (
            SELECT i.created_at <= to_timestamp(%(since)s)
                   AND coalesce(first_of_team = 'idea.hidden',
                                NOT CASE WHEN i.deleted_at IS NULL THEN i.hidden
                                         ELSE i.hidden_meanwhile END)
                   AND coalesce(first_of_author = 'idea.deleted', i.deleted_at IS NULL)
                   AS was_listed) as_then
     CROSS JOIN LATERAL (
            SELECT i.status, (NOT i.hidden)::int - was_listed::int AS change
            UNION ALL
            SELECT step.status, CASE WHEN d.undone_at IS NULL THEN step.change ELSE -step.change END
              FROM ideas_decision d
             CROSS JOIN LATERAL (VALUES (d.before, -1), (d.after, 1)) step (status, change)
             WHERE d.idea_id = i.id AND was_listed
               AND (d.at > to_timestamp(%(since)s))
                   <> coalesce(d.undone_at > to_timestamp(%(since)s), false)) one
     GROUP BY 1, 2
"""  # noqa: S608 - constants

# What a team does that changes a number.
DECIDES = {
    "answer.posted", "comment.deleted", "comment.hidden", "comment.shown", "idea.hidden",
    "idea.shown", "owner.changed", "owner.undone", "report.settled", "status.changed",
    "status.undone", "statuses.changed", "member.removed", "member.left",
}  # fmt: skip


class Cell(NamedTuple):
    """So many ideas are alike in all that a filter asks."""

    challenge: int
    status: str
    owner: int | None
    unanswered: bool
    reported: bool
    ideas: int


@dataclass(frozen=True)
class Number:
    """`is_least`: there are as many, and may be more."""

    ideas: int
    is_least: bool = False


Standing = dict[tuple[int, str], int]  # ideas by the id of their question and by their status


@dataclass(frozen=True)
class Facets:
    """`cells` by their kind; `standing`: of all that is listed, where they are not all."""

    cells: Mapping[str, Sequence[Cell]]
    standing: Mapping[tuple[int, str], int] = field(default_factory=dict)

    def are_all(self, kind: str) -> bool:
        return sum(cell.ideas for cell in self.cells.get(kind, ())) < MOST

    def number(
        self, filters: Filters, challenge: int | None = None, without: Collection[int] = ()
    ) -> Number | None:
        """How many ideas a list has that is narrowed so. `challenge`: the id of its question;
        `without`: the ids of questions that it leaves out. None where nobody knows.
        """
        if replace(filters, **NARROWED_BY_CELLS) != ASKED:
            return None
        kind = kind_of(filters)
        knows_all = self.are_all(kind)
        if not knows_all and self.standing and filters == replace(ASKED, status=filters.status):
            return Number(
                sum(
                    ideas for (question, status), ideas in self.standing.items()
                    if is_in(question, challenge, without) and filters.status in ("", status)
                )
            )  # fmt: skip
        ideas = sum(
            cell.ideas for cell in self.cells.get(kind, ())
            if is_in(cell.challenge, challenge, without) and fits(cell, filters)
        )  # fmt: skip
        return Number(ideas, is_least=not knows_all) if ideas or knows_all else None


# What a cell tells of its ideas; whatever else a filter asks, no cell knows.
NARROWED_BY_CELLS: dict[str, Any] = {
    name: getattr(ASKED, name)
    for name in ("status", "owner", "unowned", "unanswered", "reported", "hidden")
}


def kind_of(filters: Filters) -> str:
    """The cells that have all of these ideas, if any have."""
    if filters.hidden:
        return HIDDEN
    if filters.reported:
        return IS_REPORTED
    return LISTED if filters.owner is None else OWNED


def fits(cell: Cell, filters: Filters) -> bool:
    return (
        filters.status in ("", cell.status)
        and filters.owner in (None, cell.owner)
        and (not filters.unowned or cell.owner is None)
        and (not filters.unanswered or cell.unanswered)
        and (not filters.reported or cell.reported)
    )


def is_in(question: int, challenge: int | None, without: Collection[int]) -> bool:
    return challenge in (None, question) and question not in without


def facets_of(brand: Brand) -> Facets:
    """One query; keep the answer a while. A larger brand lacks its `standing`."""
    cells: dict[str, list[Cell]] = {}
    for kind, *row in prepared.rows(CELLS, {"brand": brand.pk, "most": MOST}):
        cells.setdefault(kind, []).append(Cell(*row))
    return Facets(cells)


def moved_since(standing: Standing, brand: Brand, since: float) -> Standing:
    """The same numbers, counted at `since` (as time.time()), with what was decided, hidden, shown
    or deleted later.
    """
    found: Counter[tuple[int, str]] = Counter(standing)
    for challenge, status, change in prepared.rows(MOVED, {"brand": brand.pk, "since": since}):
        found[challenge, status] += change
    return {key: ideas for key, ideas in found.items() if ideas > 0}


def decided(brand_id: int) -> None:
    """Whoever keeps what was counted before this commit counts anew."""
    transaction.on_commit(lambda: cache.set(decided_key(brand_id), time.time(), KEPT_SECONDS))


def decided_key(brand_id: int) -> str:
    """Where the cache has the moment of the team's last decision, as time.time()."""
    return f"decided:{brand_id}"
