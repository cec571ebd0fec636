"""The Celery app: three queues, so that a long import never delays the fold.

Every task gets ids only, may run twice and may be lost: rows in PostgreSQL are the promise, the
queue is only speed.
"""

import os
from typing import Any

from celery import Celery, Task
from celery.signals import before_task_publish, setup_logging, task_prerun
from django.db import close_old_connections

from cocreate.lib import logs
from cocreate.lib.connections import leave_ended

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")

app = Celery("cocreate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logs(**_: Any) -> None:
    """Whoever answers this signal has set the logs up: ours are, by Django."""


@before_task_publish.connect
def send_request_id(headers: dict[str, Any], **_: Any) -> None:
    """A task that a request hints is found by that request's id."""
    if request_id := logs.request_id.get():
        headers["request_id"] = request_id


@task_prerun.connect
def leave_broken_connections(**_: Any) -> None:
    """A connection serves many tasks; one that failed in the task before, or that
    PostgreSQL has closed since, serves none.
    """
    close_old_connections()
    leave_ended()


@task_prerun.connect
def take_request_id(task: Task, **_: Any) -> None:
    logs.request_id.set(getattr(task.request, "request_id", None) or "")
