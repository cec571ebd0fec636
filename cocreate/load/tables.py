"""Fills tables as fast as they can be filled, and leaves their schema as it was.

Indexes, foreign keys and triggers of the tables are laid aside and made again in the caller's
transaction: whatever ends it half-way, nothing has changed. Making a key again checks it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection
from psycopg import sql

# Foreign keys first: an index that others lean on is kept. Both as PostgreSQL itself writes them.
FOREIGN_KEYS = """
    SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
      FROM pg_constraint c WHERE c.contype = 'f' AND c.conrelid = ANY (%s::regclass[]) ORDER BY 1, 2
"""
KEYS = """
    SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
      FROM pg_constraint c
     WHERE c.contype IN ('p', 'u') AND c.conrelid = ANY (%s::regclass[])
       AND NOT EXISTS (SELECT FROM pg_constraint f
                        WHERE f.contype = 'f' AND f.conindid = c.conindid)
     ORDER BY 1, 2
"""
INDEXES = """
    SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
      FROM pg_index i
     WHERE i.indrelid = ANY (%s::regclass[])
       AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
     ORDER BY 1, 2
"""
LINES = 1_000  # that are sent at a time


@dataclass(frozen=True)
class Aside:
    """Table, name and definition of what was taken away."""

    tables: list[str]
    foreign_keys: list[tuple[Any, ...]]
    keys: list[tuple[Any, ...]]
    indexes: list[tuple[Any, ...]]


def execute(statement: str, values: Sequence[Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def rows_of(statement: str, values: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def lay_aside(tables: list[str]) -> Aside:
    """Nobody else reads or writes these tables before the transaction ends."""
    execute(f"LOCK TABLE {', '.join(sorted(tables))} IN ACCESS EXCLUSIVE MODE")
    foreign_keys = rows_of(FOREIGN_KEYS, [tables])
    aside = Aside(tables, foreign_keys, rows_of(KEYS, [tables]), rows_of(INDEXES, [tables]))
    for table, name, _text in [*aside.foreign_keys, *aside.keys]:
        execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for _table, name, _text in aside.indexes:
        execute(f"DROP INDEX {name}")
    for table in tables:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    return aside


def make_again(aside: Aside) -> None:
    """Raises IntegrityError where a key does not hold."""
    for table, name, text in aside.keys:
        execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {text}')
    for _table, _name, text in aside.indexes:
        execute(text)
    for table, name, text in aside.foreign_keys:
        execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {text}')
    for table in aside.tables:
        execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def copy(table: str, columns: str, blocks: Iterable[str]) -> int:
    """Blocks of whole lines in COPY's own text form. Returns how many rows there are."""
    names = [sql.Identifier(name) for name in columns.split()]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(names)
    )
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        with cursor.copy(statement) as stream:
            for block in blocks:
                stream.write(block)
        return int(cursor.rowcount)


def blocks(lines: Iterable[str]) -> Iterator[str]:
    """Many lines at a time."""
    rest = iter(lines)
    while some := list(islice(rest, LINES)):
        yield "\n".join(some) + "\n"


def line(*values: object) -> str:
    """A row. None is NULL; what people write goes through `escaped` first."""
    return "\t".join("\\N" if value is None else str(value) for value in values)


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
