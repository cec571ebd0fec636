"""The fold and its proof: the ledger becomes counters, each row exactly once
(ideas/sql/fold.sql, verify.sql, audit.sql).
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from accounts.domain import activity

log = logging.getLogger(__name__)

DRAIN_EVERY_SECONDS = 0.2
RETRIES = 20
SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"

WAITING = """
    SELECT count(*), clock_timestamp() - min(at) FILTER (WHERE source <> 'imported')
      FROM unfolded_events()
"""

# A fold holds the cursor's row, and a weaker lock on the table would let one go on: each would then
# wait for what the other has written.
STOP_FOLDS = "LOCK TABLE ideas_tallycursor IN EXCLUSIVE MODE"
STOP_VOTES = "LOCK TABLE ideas_vote, ideas_voteevent IN SHARE ROW EXCLUSIVE MODE"

SHARDS_TO_FOLD = "SELECT shards_to_fold(make_interval(secs => %s))"

# Sorting eight million votes in the default 4 MB would go through files again and again.
ROOM_TO_SORT = "SET LOCAL work_mem = '128MB'"
EVERY_DIFFERENCE = (
    "SELECT * FROM counter_differences(NULL) UNION ALL SELECT * FROM ledger_differences()"
)

LOOKED = "UPDATE ideas_tallycursor SET seen = %s::pg_snapshot WHERE name = 'healed'"

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
    """Fold what is waiting, each shard in a transaction of its own. None when another fold was at
    work on one, or faster.
    """
    folds = [fold_shard(shard) for shard in shards_to_fold(pause=0)]
    done = [fold for fold in folds if fold]
    if len(done) < len(folds):
        return None
    lags = [fold.lag for fold in done if fold.lag is not None]
    return Fold(
        sum(fold.events for fold in done), sum(fold.ideas for fold in done), max(lags, default=None)
    )


def fold_shard(shard: int) -> Fold | None:
    """Fold what is waiting in one shard. None when another fold is at work or was faster."""
    try:
        with one_snapshot(), connection.cursor() as cursor:
            cursor.execute("SELECT events, ideas, lag FROM fold_shard(%s)", [shard])
            events, ideas, lag = cursor.fetchone()
    except OperationalError as error:
        if _sqlstate(error) in {SERIALIZATION_FAILURE, DEADLOCK}:
            return None
        raise
    return None if events is None else Fold(events, ideas, lag)


def drain(seconds: float) -> int:
    """Fold every 200 ms for so long, each shard by itself: what another worker folds is left to
    it. Returns the number of ledger rows folded.
    """
    rows, end = 0, time.monotonic() + seconds
    while True:
        begun = time.monotonic()
        rows += sum(done.events for shard in shards_to_fold() if (done := fold_shard(shard)))
        pause = DRAIN_EVERY_SECONDS - (time.monotonic() - begun)
        if begun + DRAIN_EVERY_SECONDS >= end:
            return rows
        time.sleep(max(pause, 0))


def shards_to_fold(pause: float = DRAIN_EVERY_SECONDS / 2) -> list[int]:
    """Those with something to fold that nobody has folded for `pause` seconds, the one that has
    waited longest first.
    """
    with connection.cursor() as cursor:
        cursor.execute(SHARDS_TO_FOLD, [pause])
        return [row[0] for row in cursor.fetchall()]


def fold_until_settled() -> None:
    """Fold until nothing waits: for imports and tests, which want to read true counters next."""
    for _n in range(200):
        shards = shards_to_fold(pause=0)
        if not shards:
            return
        if None in [fold_shard(shard) for shard in shards]:
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
        cursor.execute(ROOM_TO_SORT)
        cursor.execute(EVERY_DIFFERENCE)
        return [Difference(*row) for row in cursor.fetchall()]


def heal(idea_ids: list[int] | None = None) -> list[Difference]:
    """Write the truth where counters or scores differ, in these ideas or in all, a slice at a
    time. Logs and records `tally.healed`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT shard, ideas FROM heal_slices(%s)", [idea_ids])
        slices = cursor.fetchall()
    healed = []
    for shard, ids in slices:
        fold_shard(shard)  # an idea with votes that wait is compared by its counters alone
        healed += _retried(partial(_heal_slice, ids))
    return healed


def _heal_slice(idea_ids: list[int]) -> list[Difference]:
    with one_snapshot(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM heal_tallies(%s)", [idea_ids])
        healed = [Difference(*row) for row in cursor.fetchall()]
        for difference in healed:
            _report(difference)
        return healed


def heal_recent() -> list[Difference]:
    """Heal what was written since the last look, what people look at (the first page of every
    list), and each idea with a vote in the last hour.
    """
    with one_snapshot(), connection.cursor() as cursor:
        cursor.execute("SELECT ideas_to_heal()")
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT pg_current_snapshot()::text")
        (seen,) = cursor.fetchone()
    healed = heal(ids) if ids else []
    with connection.cursor() as cursor:
        cursor.execute(LOOKED, [seen])
    return healed


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
            cursor.execute(ROOM_TO_SORT)
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
