"""The orders `best`, `discover` and `rising`, written as numbered versions: each from one snapshot,
with all its places, or not at all. What a list is read from stands in ideas.domain.versions.

Triggers and the tasks below leave a touch wherever something has changed; whoever builds a version
takes away the touches that its snapshot saw. So a builder may be killed anywhere: nothing was
written and all touches are left, and what comes meanwhile is in the next version.
"""

import logging
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction

log = logging.getLogger(__name__)

EVERY_SECONDS = 60  # where nothing is urgent
REST = 10  # times as long as its last version took: what a large list may cost
KEPT = 2

# Votes older than this many half-lives weigh less than a thousandth each.
FORGOTTEN_AFTER = 10

NEW_BATCHES = """
    WITH batch AS (SELECT DISTINCT challenge_id FROM ideas_ledgerbatch WHERE id > %s AND id <= %s)
    INSERT INTO ideas_ordertouch (brand_id, challenge_id, urgent)
    SELECT c.brand_id, c.id, false FROM batch JOIN ideas_challenge c ON c.id = batch.challenge_id
    UNION
    SELECT c.brand_id, NULL, false FROM batch JOIN ideas_challenge c ON c.id = batch.challenge_id
"""

# Phases that began or ceased to hide the counts since the last version: an idea comes back to its
# brand's lists, or leaves them.
PASSED_BOUNDARIES = """
    INSERT INTO ideas_ordertouch (brand_id, challenge_id, urgent)
    SELECT DISTINCT c.brand_id, l.challenge_id, true
      FROM ideas_phase p
      JOIN ideas_challenge c ON c.rules_id = p.rules_id
     CROSS JOIN LATERAL (VALUES (p.opens_at), (p.closes_at)) edge (at)
     CROSS JOIN LATERAL (VALUES (c.id), (NULL)) l (challenge_id)
     WHERE p.hides_counts AND edge.at <= now()
       AND edge.at > (SELECT v.built_at FROM ideas_orderversion v
                       WHERE v.brand_id = c.brand_id
                         AND v.challenge_id IS NOT DISTINCT FROM l.challenge_id
                       ORDER BY v.number DESC LIMIT 1)
"""

DUE = """
    SELECT t.brand_id, t.challenge_id
      FROM (SELECT brand_id, challenge_id, bool_or(urgent) AS urgent, min(id) AS first
              FROM ideas_ordertouch GROUP BY brand_id, challenge_id) t
     WHERE NOT EXISTS (
           SELECT FROM ideas_orderversion v
            WHERE v.brand_id = t.brand_id AND v.challenge_id IS NOT DISTINCT FROM t.challenge_id
              AND v.built_at > now() - greatest(
                  v.took * %s, make_interval(secs => CASE WHEN t.urgent THEN 0 ELSE %s END)))
     ORDER BY t.first
"""
TOOK = "UPDATE ideas_orderversion SET took = clock_timestamp() - built_at WHERE id = %s"
IS_TOUCHED = """
    SELECT FROM ideas_ordertouch
     WHERE brand_id = %s AND challenge_id IS NOT DISTINCT FROM %s LIMIT 1
"""
LOCK = "vote_lock_key(CASE WHEN %(challenge)s IS NULL THEN 4 ELSE 5 END, %(lock)s)"

# One statement, so that all it reads is of one moment. What follows the version in it is what the
# version is made of, from the ideas to their places. Votes are asked for idea by idea: as a join
# PostgreSQL reads those of all brands, where the list is a large one.
BUILD = """
    WITH list AS MATERIALIZED (
        SELECT coalesce(max(v.number), 0) + 1 AS number,
               {half_life} AS half_life,
               EXISTS (SELECT FROM ideas_challenge c JOIN ideas_rules r ON r.id = c.rules_id
                        WHERE {of_challenge} AND r.mode = 'up_down'
                          AND EXISTS (SELECT FROM ideas_idea i WHERE i.challenge_id = c.id))
                   AS can_say_no,
               (SELECT coalesce(sum(a.visits), 0) FROM ideas_attendance a
                  JOIN ideas_challenge c ON c.id = a.challenge_id WHERE {of_challenge}) AS visits
          FROM ideas_orderversion v WHERE v.brand_id = %(brand)s AND v.challenge_id {is_list}
    ), idea AS MATERIALIZED (
        SELECT s.idea_id, s.code, s.created_at, s.support AS ups, s.oppose AS downs, s.points,
               coalesce(e.views, 0) AS views
          FROM ideas_score s LEFT JOIN ideas_exposure e ON e.idea_id = s.idea_id
         WHERE s.listed AND {of_score}
    ), recent AS MATERIALIZED (
        SELECT s.idea_id, v.recent
          FROM list CROSS JOIN ideas_score s
         CROSS JOIN LATERAL (
               SELECT sum(v.amount * power(2::float8,
                          -extract(epoch FROM greatest(now() - v.at, '0'))
                              / extract(epoch FROM list.half_life))) AS recent
                 FROM counted_vote v
                WHERE v.idea_id = s.idea_id AND v.value > 0
                  AND v.at > now() - %(forgotten)s * list.half_life) v
         WHERE s.listed AND {of_score} AND s.folded_at > now() - %(forgotten)s * list.half_life
    ), counted AS MATERIALIZED (
        SELECT idea.*, least(coalesce(recent.recent, 0), idea.ups) AS recent
          FROM idea LEFT JOIN recent ON recent.idea_id = idea.idea_id
    ), total AS MATERIALIZED (
        SELECT mean_of(sum(ups), CASE WHEN (SELECT can_say_no FROM list) THEN sum(downs)
                                      ELSE sum(greatest(views - ups, 0)) END) AS mean,
               sum(recent) AS recent, sum(ups - recent) AS before, max(idea_id) AS newest
          FROM counted
    ), expected AS MATERIALIZED (
        SELECT counted.*, expected_of(counted.ups - counted.recent, total.before, total.recent)
                   AS expected,
               CASE WHEN list.can_say_no THEN best_of(ups, downs, total.mean)
                    ELSE rate_of(ups, views, total.mean) END AS share
          FROM counted, total, list
    ), tie AS MATERIALIZED (
        SELECT ups, downs, beta_quantile(0.1, ups + 10 * total.mean, downs + 10 * (1 - total.mean))
                   AS sure
          FROM (SELECT ups, downs, count(*) OVER (PARTITION BY {score}) AS same
                  FROM (SELECT DISTINCT ups, downs, share FROM expected, list
                         WHERE list.can_say_no) pair) tied, total
         WHERE same > 1
    ), scored AS MATERIALIZED (
        SELECT expected.*, CASE WHEN list.can_say_no THEN share ELSE points END AS best,
               CASE WHEN list.can_say_no THEN {score} ELSE points END AS best_key,
               coalesce(tie.sure, 0) AS sure, ucb_of(share, views, list.visits) AS discover,
               rise_of(recent, expected) AS rising
          FROM expected CROSS JOIN list LEFT JOIN tie USING (ups, downs)
    ), version AS (
        INSERT INTO ideas_orderversion (brand_id, challenge_id, number, mean, visits, newest,
                                        can_say_no, half_life)
        SELECT %(brand)s, %(challenge)s, list.number, coalesce(total.mean, 0.5), list.visits,
               coalesce(total.newest, 0), list.can_say_no, list.half_life
          FROM list, total
        RETURNING id, number
    ), placed AS (
        INSERT INTO ideas_orderplace (version_id, sort, place, idea_id, score, ups, downs, views,
                                      recent, expected)
        SELECT version.id, p.sort, p.place, p.idea_id, p.score, p.ups, p.downs, p.views, p.recent,
               p.expected
          FROM version, (
            SELECT 'best' AS sort, best AS score, *,
                   row_number() OVER (ORDER BY best_key DESC, sure DESC, created_at, code) AS place
              FROM scored
            UNION ALL
            SELECT 'discover', discover, *,
                   row_number() OVER (ORDER BY discover DESC, created_at, code) FROM scored
            UNION ALL
            SELECT 'rising', rising, *,
                   row_number() OVER (ORDER BY rising DESC, created_at, code) FROM scored
          ) p
    ), seen AS (
        DELETE FROM ideas_ordertouch WHERE brand_id = %(brand)s AND challenge_id {is_list}
    )
    SELECT id, number FROM version
"""
# Shares that differ beyond their twelfth digit are one: such a difference is the rounding's.
SCORE = "round(share * 1e12)"

FORGET_PLACES = """
    DELETE FROM ideas_orderplace p USING ideas_orderversion v
     WHERE p.version_id = v.id AND v.brand_id = %s AND v.challenge_id IS NOT DISTINCT FROM %s
       AND v.number <= %s
"""
FORGET_VERSIONS = """
    DELETE FROM ideas_orderversion
     WHERE brand_id = %s AND challenge_id IS NOT DISTINCT FROM %s AND number <= %s
"""


@dataclass(frozen=True)
class List:
    """Of a challenge, or of a whole brand (`challenge` None); ids."""

    brand: int
    challenge: int | None = None


@transaction.atomic
def rebuild(which: List) -> int:
    """Write the next version, after whoever is at it. Returns its number."""
    _lock(which, "pg_advisory_xact_lock")
    return _build(which)


def rebuild_touched() -> int:
    """Write the next version of each list that something has happened to: at once where it has
    none, where ideas came back or rules changed, else once a minute; a large list rests first.
    Returns how many were written. A list that fails stops no other.
    """
    _note_what_happened()
    with connection.cursor() as cursor:
        cursor.execute(DUE, [REST, EVERY_SECONDS])
        due = [List(*row) for row in cursor.fetchall()]
    return sum(_try(which) for which in due)


def _try(which: List) -> bool:
    """The touches of a list that fails are left: it is tried again."""
    try:
        return _rebuild_if_touched(which)
    except DatabaseError:
        if not connection.is_usable():  # the next one would fail as well
            raise
        names = (which.brand, which.challenge)
        log.exception("the list of brand %s, challenge %s, could not be built", *names)
        return False


def rebuild_all_of(brand_id: int) -> None:
    """Every list of a brand: for imports, demos and tests, which want to read true lists next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ideas_challenge WHERE brand_id = %s ORDER BY id", [brand_id])
        challenges = [row[0] for row in cursor.fetchall()]
    for challenge in [*challenges, None]:
        rebuild(List(brand_id, challenge))


@transaction.atomic
def _note_what_happened() -> None:
    """New batches of the ledger, and rounds that begin or cease to hide their counts. One at a
    time: the cursor's row is the lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT after_seq, last_batch() FROM ideas_tallycursor"
            " WHERE name = 'orders' FOR UPDATE SKIP LOCKED"
        )
        row = cursor.fetchone()
        if row is None:
            return
        after, last = row
        if last > after:
            cursor.execute(NEW_BATCHES, [after, last])
            cursor.execute(
                "UPDATE ideas_tallycursor SET after_seq = %s WHERE name = 'orders'", [last]
            )
        cursor.execute(PASSED_BOUNDARIES)


@transaction.atomic
def _rebuild_if_touched(which: List) -> bool:
    """False where another worker is at it, or was."""
    if not _lock(which, "pg_try_advisory_xact_lock"):
        return False
    with connection.cursor() as cursor:
        cursor.execute(IS_TOUCHED, [which.brand, which.challenge])
        if cursor.fetchone() is None:
            return False
    _build(which)
    return True


def _lock(which: List, function: str) -> Any:
    """In a statement of its own: the next one's snapshot shows what the other has written."""
    lock = which.brand if which.challenge is None else which.challenge
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({LOCK})", {"challenge": which.challenge, "lock": lock})
        return cursor.fetchone()[0]


def _build(which: List) -> int:
    values = {
        "brand": which.brand, "challenge": which.challenge, "forgotten": FORGOTTEN_AFTER,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_statement(which), values)
        version, number = cursor.fetchone()
        old = [which.brand, which.challenge, number - KEPT]
        cursor.execute(FORGET_PLACES, old)
        cursor.execute(FORGET_VERSIONS, old)
        cursor.execute(TOOK, [version])
    return int(number)


def _statement(which: List) -> str:
    """A round that hides its counts has no place in the lists of its brand."""
    if which.challenge is None:
        return BUILD.format(
            score=SCORE,
            half_life="interval '72 hours'",
            is_list="IS NULL",
            of_challenge="c.brand_id = %(brand)s",
            of_score="s.brand_id = %(brand)s AND s.challenge_id NOT IN"
            " (SELECT h.challenge_id FROM hiding_challenge h WHERE h.brand_id = %(brand)s)",
        )
    return BUILD.format(
        score=SCORE,
        half_life="rising_half_life(%(challenge)s)",
        is_list="= %(challenge)s",
        of_challenge="c.id = %(challenge)s",
        of_score="s.brand_id = %(brand)s AND s.challenge_id = %(challenge)s",
    )
