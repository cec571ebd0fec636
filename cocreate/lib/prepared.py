"""The few queries that are asked all day, prepared once per connection.

psycopg's own cursor on Django's connection, because Django's writes the values into the text and
each text would be another statement. `wrap_database_errors` marks a broken connection, so that
Django drops it at the end of the request; without it the thread would answer errors for ever after
a restart of the database.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import dict_row

Values = Sequence[Any] | Mapping[str, Any]


def one(query: str, values: Values) -> tuple[Any, ...] | None:
    """The first row, or None."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return psycopg.Cursor(connection.connection).execute(query, values, prepare=True).fetchone()


def dicts(query: str, values: Values) -> list[dict[str, Any]]:
    """All rows, each by the names of its columns."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = psycopg.Cursor(connection.connection, row_factory=dict_row)
        return cursor.execute(query, values, prepare=True).fetchall()
