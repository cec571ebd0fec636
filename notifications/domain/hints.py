"""Waking a worker: speed, never a promise. What a hint misses, a sweep finds seconds later."""

import logging
import os
import queue
import threading
import time
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

DISPATCH = "notifications.tasks.dispatch_activities"
SEND_MAIL = "notifications.tasks.send_mail"
SEND_DUE_MAIL = "notifications.tasks.send_due_mail"

MOST_WAITING = 1000
STALE_AFTER_SECONDS = 5.0  # the sweep has been there


def after_commit(task: str, *ids: int) -> None:
    """Wake `task` when the transaction around stands; never raises, never waits."""
    transaction.on_commit(partial(_publisher.put, task, ids), robust=True)


class Publisher:
    """One thread per process talks to the broker, which may hang for seconds: no request waits."""

    def __init__(self) -> None:
        self._hints: queue.Queue[tuple[float, str, tuple[int, ...]]] = queue.Queue(MOST_WAITING)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, task: str, ids: tuple[int, ...]) -> None:
        self._start()
        try:
            self._hints.put_nowait((time.monotonic(), task, ids))
        except queue.Full:
            log.warning("too many hints wait for the broker; the sweep will find the rest")

    def wait_until_empty(self) -> None:
        self._hints.join()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hints", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            asked, task, ids = self._hints.get()
            if time.monotonic() - asked < STALE_AFTER_SECONDS:
                publish(task, ids)
            self._hints.task_done()


def publish(task: str, ids: tuple[int, ...]) -> None:
    """By name: what is waked stands above in the layers. A broker that is away is logged."""
    try:
        current_app.send_task(task, args=ids)
    except OperationalError as error:
        log.warning("no hint for %s: %s", task.rpartition(".")[2], error)
    except Exception:
        log.exception("no hint for %s", task.rpartition(".")[2])


def _renew() -> None:
    global _publisher  # noqa: PLW0603 - a thread does not survive a fork
    _publisher = Publisher()


_publisher = Publisher()
os.register_at_fork(after_in_child=_renew)
