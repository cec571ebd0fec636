"""Processes of the product's own beside the test, on the test's database."""

import os
import signal
import sys
from subprocess import DEVNULL, Popen
from urllib.parse import urlsplit

from django.db import connection

from cocreate.embedded import places
from cocreate.embedded.processes import die_with_parent

WORKER = ("worker", "--queues=notify", "--concurrency=1", "--without-gossip", "--without-mingle")


def environment(**over: str) -> dict[str, str]:
    """Of a child that sees what the test has committed."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    ours = {
        "DATABASE_URL": url._replace(path=f"/{name}").geturl(),
        "DJANGO_SETTINGS_MODULE": "cocreate.settings",
        "PYTHONPATH": str(places.ROOT),
    }
    return os.environ | ours | over


def worker(**over: str) -> Popen[bytes]:
    """A Celery worker in a process group of its own, so that all of it can be killed at once."""
    argv = [sys.executable, "-m", "celery", "-A", "cocreate", "--quiet", *WORKER]
    return Popen(
        argv,
        env=environment(COCREATE_PROCESS="worker", **over),
        cwd=places.ROOT,
        start_new_session=True,
        stdout=DEVNULL,
        preexec_fn=die_with_parent(signal.SIGQUIT),
    )
