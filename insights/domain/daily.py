"""Votes by day, added up from the ledger as the folds write it: a page reads some hundred rows
however many votes there are (docs/decisions/0079).
"""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from cocreate.lib import prepared
from insights.models import CountingPlace

# What one statement takes of the ledger: a batch at least.
BATCHES_AT_ONCE = 2_000
VOTES_AT_ONCE = 50_000

LAST = "SELECT last_batch()"

# A name that joins a person, and a total that an import sets or takes back, rewrite what was said:
# the line bears the day of the vote, and there it takes back what was counted; nobody withdrew it.
# Within a challenge one fold follows another, so the batches that can be seen are all up to the
# last, and numbers say exactly which are new.
COUNT = """
    WITH next AS (
        SELECT id, challenge_id, cardinality(events) AS votes FROM ideas_ledgerbatch
         WHERE id > %(behind)s AND id <= %(last)s ORDER BY id LIMIT %(batches)s
    ), slice AS MATERIALIZED (
        SELECT * FROM (SELECT *, sum(votes) OVER (ORDER BY id) - votes AS before FROM next) n
         WHERE before < %(votes)s
    ), due AS MATERIALIZED (
        SELECT s.challenge_id, coalesce(max(c.number), 0) AS number, max(s.id) AS last
          FROM slice s LEFT JOIN insights_countedledger c ON c.challenge_id = s.challenge_id
         GROUP BY s.challenge_id
    ), fresh AS MATERIALIZED (
        SELECT b.challenge_id, b.number, b.events
          FROM due CROSS JOIN LATERAL (
               SELECT * FROM ideas_ledgerbatch l WHERE l.challenge_id = due.challenge_id
                  AND l.number > due.number AND l.id <= due.last OFFSET 0) b
    ), changed AS (
        SELECT f.challenge_id, (e.at AT TIME ZONE 'UTC')::date AS day, e.amount,
               e.kind = 'join' OR e.ref = '' AS is_rewritten,
               CASE WHEN e.state = 'counted' THEN sign(e.value) ELSE 0 END AS now,
               CASE WHEN e.was_state = 'counted' THEN sign(e.was) ELSE 0 END AS was
          FROM fresh f CROSS JOIN LATERAL unnest(f.events) AS named (seq)
          JOIN ideas_voteevent e ON e.seq = named.seq
    ), added AS (
        INSERT INTO insights_dailyvotes AS d (challenge_id, day, supported, opposed, withdrawn)
        SELECT challenge_id, day,
               coalesce(sum(amount) FILTER (WHERE now > 0 AND was <= 0), 0)
               - coalesce(sum(amount) FILTER (WHERE now = 0 AND was > 0 AND is_rewritten), 0),
               coalesce(sum(amount) FILTER (WHERE now < 0 AND was >= 0), 0)
               - coalesce(sum(amount) FILTER (WHERE now = 0 AND was < 0 AND is_rewritten), 0),
               coalesce(sum(amount) FILTER (WHERE now = 0 AND was <> 0 AND NOT is_rewritten), 0)
          FROM changed WHERE now <> was GROUP BY challenge_id, day ORDER BY challenge_id, day
        ON CONFLICT (challenge_id, day) DO UPDATE SET
               supported = d.supported + excluded.supported,
               opposed = d.opposed + excluded.opposed,
               withdrawn = d.withdrawn + excluded.withdrawn
    ), known AS (
        INSERT INTO insights_countedledger (challenge_id, number)
        SELECT challenge_id, max(number) FROM fresh GROUP BY challenge_id
        ON CONFLICT (challenge_id) DO UPDATE SET number = excluded.number
    )
    SELECT coalesce(max(id), %(last)s) FROM slice
"""

LOOK_AGAIN = """
    UPDATE insights_countingplace SET batch = least(batch, first - 1)
      FROM (SELECT min(id) AS first FROM ideas_ledgerbatch
             WHERE challenge_id = ANY (%s::bigint[])) arrived
     WHERE first IS NOT NULL
"""

BY_DAY = """
    SELECT day, sum(supported)::bigint, sum(opposed)::bigint, sum(withdrawn)::bigint
      FROM insights_dailyvotes
     WHERE challenge_id = ANY (%(challenges)s::bigint[]) AND day >= %(first)s GROUP BY day
"""


@dataclass(frozen=True)
class Day:
    day: date
    supported: int = 0
    opposed: int = 0
    withdrawn: int = 0


def count_new(seconds: float) -> None:
    """Add what is new in the ledger, for so long at most. Two at once: the second does nothing."""
    until = time.monotonic() + seconds
    with connection.cursor() as cursor:
        cursor.execute(LAST)  # once: folds queue while it waits for those before them
        (last,) = cursor.fetchone()
    while _count_some(last) and time.monotonic() < until:
        pass


@transaction.atomic
def _count_some(last: int) -> bool:
    """Of the batches up to `last`. Whether there is more."""
    CountingPlace.objects.get_or_create(pk=1)
    place = CountingPlace.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if place is None:
        return False
    with connection.cursor() as cursor:
        sizes = {"batches": BATCHES_AT_ONCE, "votes": VOTES_AT_ONCE}
        cursor.execute(COUNT, {"behind": place.batch, "last": last, **sizes})
        (reached,) = cursor.fetchone()
    if reached != place.batch:
        CountingPlace.objects.filter(pk=1).update(batch=reached)
    return bool(reached < last)


def look_again(*, challenges: Collection[int]) -> None:
    """Inside a transaction that wrote batches for them beside the folds, at its end: newer ones may
    have been counted meanwhile. Holds the counting until it commits.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOOK_AGAIN, [list(challenges)])


def votes_by_day(challenges: Collection[int], days: int) -> list[Day]:
    """The last so many days, today at the end, those without a vote too. One query."""
    today = timezone.now().date()
    first = today - timedelta(days=days - 1)
    rows = prepared.rows(BY_DAY, {"challenges": list(challenges), "first": first})
    found = {row[0]: Day(*row) for row in rows}
    return [found.get(day, Day(day)) for day in (first + timedelta(days=n) for n in range(days))]
