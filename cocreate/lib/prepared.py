"""The few queries that are asked all day, prepared once per connection.

psycopg's own cursor on Django's connection, because Django's writes the values into the text and
each text would be another statement. `wrap_database_errors` marks a broken connection, so that
Django drops it at the end of the request; without it the thread would answer errors for ever after
a restart of the database.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.rows import dict_row, tuple_row

Values = Sequence[Any] | Mapping[str, Any]


def one(query: str, values: Values) -> tuple[Any, ...] | None:
    """The first row, or None."""
    there = _connected()
    with there.wrap_database_errors:
        row: tuple[Any, ...] | None = _asked(there, query, values, tuple_row).fetchone()
    return row


def rows(query: str, values: Values) -> list[tuple[Any, ...]]:
    there = _connected()
    with there.wrap_database_errors:
        found: list[tuple[Any, ...]] = _asked(there, query, values, tuple_row).fetchall()
    return found


def dicts(query: str, values: Values) -> list[dict[str, Any]]:
    """All rows, each by the names of its columns."""
    there = _connected()
    with there.wrap_database_errors:
        found: list[dict[str, Any]] = _asked(there, query, values, dict_row).fetchall()
    return found


def _connected() -> Any:
    """This thread's own connection; `django.db.connection` would look for it at every word."""
    there = connections[DEFAULT_DB_ALIAS]
    there.ensure_connection()
    return there


def _asked(there: Any, query: str, values: Values, kind: Any) -> Any:
    if there.queries_logged:  # a test counts what a page asks
        there.queries_log.append({"sql": query, "time": "0.000"})
    cursor = psycopg.Cursor(there.connection, row_factory=kind)
    return cursor.execute(query, values, prepare=True)
