"""The lock gate: every call has begun, and none has written, when the gate opens. Concurrency
without luck.
"""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

PATIENCE_SECONDS = 30


class Crowd:
    """Runs calls at once, each in a thread with a database connection of its own.

    `answers` holds what each call returned, or the exception it raised.
    """

    def __init__(self, calls: list[Callable[[], Any]]) -> None:
        self.answers: list[Any] = [None] * len(calls)
        self.pids: list[int] = []
        self._start = threading.Barrier(len(calls) + 1)
        self._threads = [
            threading.Thread(target=self._one, args=(n, call)) for n, call in enumerate(calls)
        ]
        for thread in self._threads:
            thread.start()
        self._start.wait(PATIENCE_SECONDS)

    def wait_until_all_wait(self) -> None:
        """Return once every call waits for some lock (the gate's, or one that another call
        holds).
        """
        for _n in range(PATIENCE_SECONDS * 50):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid = ANY(%s)",
                    [self.pids],
                )
                if cursor.fetchone()[0] == len(self._threads):
                    return
            threading.Event().wait(0.02)
        raise AssertionError(f"not all calls came to wait; answers so far: {self.answers}")

    def finish(self) -> list[Any]:
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
        return self.answers

    def outcomes(self) -> Counter[str]:
        """How often each outcome came: a vote's own, or the code of its refusal."""
        return Counter(
            getattr(answer, "outcome", None) or getattr(answer, "code", repr(answer))
            for answer in self.finish()
        )

    def _one(self, n: int, call: Callable[[], Any]) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.pids.append(cursor.fetchone()[0])
            self._start.wait(PATIENCE_SECONDS)
            self.answers[n] = call()
        except Exception as error:  # noqa: BLE001 - a refusal is an answer
            self.answers[n] = error
        finally:
            connection.close()


@contextmanager
def another_connection() -> Any:
    """A second session of the test's database, inside a transaction that ends with the block."""
    second: BaseDatabaseWrapper = connections["default"].copy()
    second.set_autocommit(False)
    try:
        with second.cursor() as cursor:
            yield cursor
        second.commit()
    finally:
        second.close()


def through_the_gate(calls: list[Callable[[], Any]]) -> Crowd:
    """Hold `ideas_vote` in SHARE mode, start all calls, wait until each is stuck, open the gate."""
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_vote IN SHARE MODE")
        crowd = Crowd(calls)
        crowd.wait_until_all_wait()
    crowd.finish()
    return crowd
