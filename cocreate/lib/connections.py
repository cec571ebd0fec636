"""A connection that PostgreSQL has closed while nobody asked is left before it is used.

Connections are kept for good, each by its thread. After a restart or a failover every one of them
would fail once, at whichever request comes to it first: minutes later, for a thread with little to
do. To ask PostgreSQL before each request (CONN_HEALTH_CHECKS) costs a round trip; to ask our own
kernel costs microseconds. A machine that vanished without a word is found out by a request only.
"""

import select
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

GONE = select.POLLIN | select.POLLHUP | select.POLLERR  # what has ended can be read: its end


def leave_ended(**_: Any) -> None:
    """For the signals that a request or a task begins."""
    kept = connections[DEFAULT_DB_ALIAS]
    if kept.connection is not None and not kept.in_atomic_block and has_ended(kept.connection):
        kept.close()


def has_ended(connection: Any) -> bool:
    """Between two queries PostgreSQL says that it goes; what else it may say, that it was
    configured anew, costs a new connection and no more.
    """
    if connection.closed:
        return True
    watch = select.poll()
    watch.register(connection.fileno(), GONE)
    return bool(watch.poll(0))
