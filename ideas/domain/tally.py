"""The fold and its proof: the ledger becomes counters, each row exactly once
(ideas/sql/fold.sql, verify.sql).
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from accounts.domain import activity

log = logging.getLogger(__name__)

DRAIN_EVERY_SECONDS = 0.2
RETRIES = 5
SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"

WAITING = """
    SELECT count(*), clock_timestamp() - min(at) FILTER (WHERE source <> 'imported')
      FROM unfolded_events()
"""

# A fold holds the cursor's row, and a weaker lock on the table would let one go on: each would then
# wait for what the other has written.
STOP_FOLDS = "LOCK TABLE ideas_tallycursor IN EXCLUSIVE MODE"
STOP_VOTES = "LOCK TABLE ideas_vote, ideas_voteevent IN SHARE ROW EXCLUSIVE MODE"

RECENT_IDEAS = """
    SELECT idea_id FROM ideas_score WHERE folded_at > clock_timestamp() - interval '1 hour'
    UNION
    SELECT f.idea_id FROM accounts_brand b, LATERAL (
        (SELECT idea_id FROM ideas_score WHERE brand_id = b.id AND listed
          ORDER BY brand_hot DESC, created_at, code LIMIT 20)
        UNION
        (SELECT idea_id FROM ideas_score WHERE brand_id = b.id AND listed
          ORDER BY points DESC, created_at, code LIMIT 20)
    ) f
"""

Result = TypeVar("Result")


@dataclass(frozen=True)
class Fold:
    """What one fold did; `lag` is the age of the oldest vote in it, None when there was none."""

    events: int
    ideas: int
    lag: timedelta | None


@dataclass(frozen=True)
class Difference:
    """Something that is not what the votes say. `what`: counter, score, ledger, step, orphan or
    budget.
    """

    what: str
    where: str
    stored: str
    truth: str


def fold() -> Fold | None:
    """Fold what is waiting. None when another fold is at work or was faster."""
    try:
        with one_snapshot(), connection.cursor() as cursor:
            cursor.execute("SELECT events, ideas, lag FROM fold_votes()")
            events, ideas, lag = cursor.fetchone()
    except OperationalError as error:
        if _sqlstate(error) in {SERIALIZATION_FAILURE, DEADLOCK}:
            return None
        raise
    return None if events is None else Fold(events, ideas, lag)


def drain(seconds: float) -> int:
    """Fold every 200 ms for so long. Returns the number of ledger rows folded."""
    rows, end = 0, time.monotonic() + seconds
    while True:
        begun = time.monotonic()
        done = fold()
        rows += done.events if done else 0
        pause = DRAIN_EVERY_SECONDS - (time.monotonic() - begun)
        if begun + DRAIN_EVERY_SECONDS >= end:
            return rows
        time.sleep(max(pause, 0))


def fold_until_settled() -> None:
    """Fold until nothing waits: for imports and tests, which want to read true counters next."""
    for _n in range(200):
        done = fold()
        if done is not None and done.events == 0:
            return
        if done is None:
            time.sleep(0.05)
    log.warning("the tally did not settle: something writes votes all the time")


def waiting() -> tuple[int, timedelta | None]:
    """Ledger rows that no fold has seen, and the age of the oldest."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        rows, age = cursor.fetchone()
        return rows, age


def verify() -> list[Difference]:
    """Everything that is not as the votes say, read in one snapshot while people vote. Empty:
    all is true.
    """
    with one_snapshot(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM counter_differences(NULL) UNION ALL SELECT * FROM ledger_differences()"
        )
        return [Difference(*row) for row in cursor.fetchall()]


def heal(idea_ids: list[int] | None = None) -> list[Difference]:
    """Write the truth where counters or scores differ, in these ideas or in all. Logs and
    records `tally.healed`.
    """

    def attempt() -> list[Difference]:
        with one_snapshot(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM heal_tallies(%s)", [idea_ids])
            healed = [Difference(*row) for row in cursor.fetchall()]
            for difference in healed:
                _report(difference)
            return healed

    return _retried(attempt)


def heal_recent() -> list[Difference]:
    """Heal what people look at: the first page of every list, and each idea with a vote in the
    last hour.
    """
    with connection.cursor() as cursor:
        cursor.execute(RECENT_IDEAS)
        ids = [row[0] for row in cursor.fetchall()]
    return heal(ids) if ids else []


def reset() -> None:
    """Count everything from the votes and start the cursor here: after a restore or a change of
    a half-life.
    """

    def attempt() -> None:
        with one_snapshot(), connection.cursor() as cursor:
            # The locks come before the snapshot: REPEATABLE READ takes it at the first query, and
            # LOCK is none.
            cursor.execute(STOP_FOLDS)
            cursor.execute(STOP_VOTES)
            cursor.execute("SELECT reset_tally()")

    _retried(attempt)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """A transaction whose queries all read the same moment."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _report(difference: Difference) -> None:
    log.error(
        "tally drift healed: %s of %s was %s, is %s",
        difference.what, difference.where, difference.stored, difference.truth,
    )  # fmt: skip
    activity.record(
        "tally.healed",
        subject=("idea", difference.where),
        private=True,
        data={"what": difference.what, "stored": difference.stored, "truth": difference.truth},
    )


def _retried(attempt: Callable[[], Result]) -> Result:
    """Run a whole transaction again when the fold overtook it."""
    for left in reversed(range(RETRIES)):
        try:
            return attempt()
        except OperationalError as error:
            if not left or _sqlstate(error) not in {SERIALIZATION_FAILURE, DEADLOCK}:
                raise
            time.sleep(0.05)
    raise AssertionError


def _sqlstate(error: OperationalError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
