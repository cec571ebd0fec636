"""Empties the database after a test that commits: only what has rows, instead of every table.

TRUNCATE makes two new files for each table, a third of a second for all of them, which is longer
than most tests. A table that has grown large is truncated all the same, so that no later test reads
through what is dead, nor plans by its size. What `migrate` itself writes stays: no test changes it.
"""

from collections.abc import Sequence
from typing import Any

from django.core.management.commands import flush
from django.db.backends.postgresql.operations import DatabaseOperations

LARGE_BYTES = 2**20
OF_MIGRATE = {"django_content_type", "auth_permission"}

# Deleting in any order needs the keys and triggers out of the way, which a superuser may do.
EMPTY = """
DO $$
DECLARE
    t regclass;
    has_rows boolean;
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AND {large} >
       (SELECT max(pg_relation_size(r)) FROM unnest(ARRAY[{tables}]::regclass[]) AS r) THEN
        PERFORM set_config('session_replication_role', 'replica', true);
        FOREACH t IN ARRAY ARRAY[{tables}]::regclass[] LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', t) INTO has_rows;
            IF has_rows THEN EXECUTE format('DELETE FROM %s', t); END IF;
        END LOOP;
    ELSE
        {truncate}
    END IF;
END $$;
"""

original = DatabaseOperations.sql_flush


def sql_flush(
    self: DatabaseOperations, style: Any, tables: Sequence[str], **options: Any
) -> list[str]:
    """In place of Django's own, whose statement it falls back on."""
    tables = [table for table in tables if table not in OF_MIGRATE]
    statements: list[str] = original(self, style, tables, **options)
    if options.get("reset_sequences") or not statements:
        return statements
    names = ", ".join(f"'{self.quote_name(table)}'" for table in tables)
    return [EMPTY.format(tables=names, large=LARGE_BYTES, truncate=" ".join(statements))]


def use() -> None:
    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]
    flush.emit_post_migrate_signal = lambda *args, **kwargs: None
