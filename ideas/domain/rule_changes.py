"""What a change of rules changes: the differences between versions, the order of ideas before and
after it, and the public log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction

from accounts.models import Activity
from ideas.domain import scoring
from ideas.domain.challenges import (
    RULE_FIELDS,
    check_all,
    content_of,
    phases_of,
    rules_of,
    state_of,
)
from ideas.enums import Mode, Sort
from ideas.models import Challenge

SHOWN = 50
PATIENCE_MS = 4_000
QUERY_CANCELED = "57014"

# As fold_votes() will count with the new half-life; nothing is written. Each sum is taken in one
# pass, relative to its largest term: log2_sum(), vote by vote, takes ten times as long.
HOT = """
    WITH term AS MATERIALIZED (
        SELECT v.idea_id, v.value > 0 AS is_for,
               decay_exponent(v.at, %(half_life)s::interval) + ln(v.amount) / ln(2) AS e
          FROM ideas_score s JOIN counted_vote v ON v.idea_id = s.idea_id
         WHERE s.challenge_id = %(challenge)s AND s.listed
    ), largest AS (
        SELECT idea_id, is_for, max(e) AS e FROM term GROUP BY idea_id, is_for
    ), summed AS (
        SELECT idea_id, is_for, l.e + ln(sum(power(2, greatest(t.e - l.e, -60)))) / ln(2) AS log2
          FROM term t JOIN largest l USING (idea_id, is_for) GROUP BY idea_id, is_for, l.e
    ), new AS (
        SELECT idea_id, coalesce(max(log2) FILTER (WHERE is_for), '-Infinity') AS for_log2,
               coalesce(max(log2) FILTER (WHERE NOT is_for), '-Infinity') AS against_log2
          FROM summed GROUP BY idea_id
    ), scored AS (
        SELECT s.idea_id, s.hot, coalesce(hot_key(n.for_log2, n.against_log2), 0) AS later,
               s.created_at, s.code
          FROM ideas_score s LEFT JOIN new n USING (idea_id)
         WHERE s.challenge_id = %(challenge)s AND s.listed
    ), placed AS (
        SELECT idea_id, row_number() OVER (ORDER BY hot DESC, created_at, code) AS before,
               row_number() OVER (ORDER BY later DESC, created_at, code) AS after
          FROM scored
    )
    SELECT i.code, i.title, p.before, p.after FROM placed p JOIN ideas_idea i ON i.id = p.idea_id
     WHERE p.before <= %(shown)s OR p.after <= %(shown)s
"""
COUNTS = """
    SELECT i.code, i.title, s.support, s.oppose, s.points, s.created_at
      FROM ideas_score s JOIN ideas_idea i ON i.id = s.idea_id
     WHERE s.challenge_id = %s AND s.listed
"""


@dataclass(frozen=True)
class Change:
    """One rule that differs. `name`: of RULE_FIELDS, or phases."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Move:
    """Where an idea stands in the whole list, today and after the change."""

    code: str
    title: str
    before: int
    after: int

    @property
    def up(self) -> int:
        """By how many places it rises; below zero it falls."""
        return self.before - self.after

    @property
    def down(self) -> int:
        return -self.up


@dataclass(frozen=True)
class Preview:
    """The first places of an order, today and after the change. `took_too_long`: there are so many
    votes that we gave up; the change itself is made by the folds, in the background.
    """

    sort: str
    moves: list[Move]
    took_too_long: bool = False

    @property
    def today(self) -> list[Move]:
        kept = [move for move in self.moves if move.before <= SHOWN]
        return sorted(kept, key=lambda move: move.before)

    @property
    def then(self) -> list[Move]:
        kept = [move for move in self.moves if move.after <= SHOWN]
        return sorted(kept, key=lambda move: move.after)

    @property
    def moved(self) -> int:
        """How many of the first places change."""
        return sum(move.up != 0 for move in self.then)


@dataclass(frozen=True)
class Entry:
    """One line of the public log. `kind`: published, changed, closed, came_closed (it was over
    where it was imported from) or reopened.
    """

    kind: str
    at: datetime
    version: int = 0
    changes: Sequence[Change] = ()
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """What the rules would be, checked."""

    content: dict[str, Any]
    phases: list[dict[str, Any]]
    changes: list[Change]

    @property
    def names(self) -> set[str]:
        return {change.name for change in self.changes}


def planned(
    *, challenge: Challenge, rules: dict[str, Any], phases: Sequence[dict[str, Any]]
) -> Plan:
    """Raises Invalid, as change_rules() does."""
    _words, content, rows = check_all(challenge.brand, challenge, {}, rules, phases)
    old = rules_of(challenge)
    return Plan(content, rows, differences((content_of(old), phases_of(old)), (content, rows)))


def differences(
    before: tuple[dict[str, Any], list[dict[str, Any]]],
    after: tuple[dict[str, Any], list[dict[str, Any]]],
) -> list[Change]:
    found = [
        Change(name, before[0][name], after[0][name])
        for name in RULE_FIELDS
        if before[0][name] != after[0][name]
    ]
    phases = [Change("phases", before[1], after[1])] if before[1] != after[1] else []
    return phases + found


def preview_of(*, challenge: Challenge, plan: Plan) -> Preview | None:
    """How the first places change. None where the change moves no idea, and while a phase hides
    the counts: an order by votes would tell them.
    """
    if state_of(challenge).hides_counts:
        return None
    if "half_life" in plan.names:
        return _hot(challenge, plan.content["half_life"])
    if "mode" in plan.names:
        return _best(challenge, Mode(plan.content["mode"]))
    return None


def log_of(challenge: Challenge) -> list[Entry]:
    """What happened to the rules, latest first. Three queries."""
    versions = list(challenge.versions.order_by("version").prefetch_related("phases"))
    said = [(content_of(version), phases_of(version)) for version in versions]
    changed = [
        Entry("changed", new.created_at, new.version, differences(*pair), new.reason)
        for new, pair in zip(versions[1:], zip(said, said[1:], strict=False), strict=True)
    ]
    first = [Entry("published", challenge.published_at, 1)] if challenge.published_at else []
    entries = first + changed + _closings(challenge)
    return sorted(entries, key=lambda entry: (entry.at, entry.version), reverse=True)


def _closings(challenge: Challenge) -> list[Entry]:
    """Since it is public, this time."""
    rows = Activity.objects.filter(
        brand=challenge.brand_id, subject_kind="challenge", subject_code=challenge.slug,
        kind__in=["challenge.closed", "challenge.reopened"], at__gte=challenge.published_at,
    )  # fmt: skip
    return [Entry(_end_of(row), row.at) for row in rows]


def _end_of(row: Activity) -> str:
    return "came_closed" if row.data.get("as_it_came") else row.kind.partition(".")[2]


def _hot(challenge: Challenge, half_life: timedelta) -> Preview:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE_MS)])
            seconds = f"{half_life.total_seconds()} s"
            names: dict[str, Any] = {
                "half_life": seconds,
                "challenge": challenge.pk,
                "shown": SHOWN,
            }
            cursor.execute(HOT, names)
            moves = [Move(*row) for row in cursor.fetchall()]
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != QUERY_CANCELED:
            raise
        return Preview(Sort.HOT, [], took_too_long=True)
    return Preview(Sort.HOT, moves)


def _best(challenge: Challenge, mode: Mode) -> Preview:
    """By the official order; where nobody can say no it is that of the points."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [challenge.pk])
        rows = cursor.fetchall()
    today = _places(rows, Mode(rules_of(challenge).mode))
    then = _places(rows, mode)
    moves = [Move(code, title, today[code], then[code]) for code, title, *_counts in rows]
    return Preview("best", [move for move in moves if min(move.before, move.after) <= SHOWN])


def _places(rows: list[tuple[Any, ...]], mode: Mode) -> dict[str, int]:
    """The place of each idea by its code, as ideas.domain.orders will write it."""
    m = scoring.mean(sum(row[2] for row in rows), sum(row[3] for row in rows))
    keys = scoring.best_keys([row[2:4] for row in rows], m) if mode == Mode.UP_DOWN else {}

    def key(row: tuple[Any, ...]) -> tuple[Any, ...]:
        code, _title, support, oppose, points, created_at = row
        score, sure = keys.get((support, oppose), (points, 0))
        return (-score, -sure, created_at, code)

    return {row[0]: place for place, row in enumerate(sorted(rows, key=key), 1)}
