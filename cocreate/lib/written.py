"""Querysets that every page asks, put into SQL once in a process: to do that anew each time costs
several times the query.

Whoever writes one down puts stand-ins where values will be (`SOMEBODY`, `SOME_TEXT`), so the rule
stays in one place, the queryset.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

# The keys of nobody, and what no column of text can hold.
SOMEBODY, SOME_TEXT = -1, "\0"

Written = tuple[str, tuple[Any, ...]]


def write(rows: "QuerySet[Any, Any]") -> Written:
    text, values = rows.query.sql_with_params()
    return text, tuple(values)


def first(query: Written, meant: Mapping[Any, Any]) -> tuple[Any, ...] | None:
    """The first row. `meant`: what the stand-ins stand for."""
    text, values = query
    with connection.cursor() as cursor:
        cursor.execute(text, [meant.get(value, value) for value in values])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
