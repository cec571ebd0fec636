"""SQL functions live in .sql files as CREATE OR REPLACE; whoever changes one adds a migration that
runs it again, and takes it out of the one before, all but the first: somebody who comes from an
older version would run today's text where today's columns are not there yet, while people vote.
"""

from pathlib import Path
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import RunSQL


def install(folder: Path, name: str, *, drop: str) -> RunSQL:
    """A migration step that runs `folder/name`; `drop` undoes it.

    Bodies are not checked, because an old migration runs today's text before today's columns exist.
    """
    text = (folder / name).read_text(encoding="utf-8")
    return RunSQL(f"SET LOCAL check_function_bodies = off;\n{text}", drop)


OF_COLUMN = """
    DO $$ DECLARE v_name text;
    BEGIN
        SELECT c.conname INTO STRICT v_name
          FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid
         WHERE c.conrelid = '{table}'::regclass AND c.contype = 'f'
               AND a.attname = '{column}' AND c.conkey = ARRAY[a.attnum];
        EXECUTE format('{statement}', v_name);
    END $$
"""
ON_DELETE = """
    ALTER TABLE {table} DROP CONSTRAINT %1$I, ADD CONSTRAINT %1$I FOREIGN KEY ({column})
     REFERENCES {target} ON DELETE {act} DEFERRABLE INITIALLY DEFERRED NOT VALID
"""
VALIDATE = "ALTER TABLE {table} VALIDATE CONSTRAINT %1$I"


def on_delete(table: str, column: str, target: str, act: str) -> RunSQL:
    """A migration step: where a row goes that `column` names, PostgreSQL itself does what Django
    does (`act`: CASCADE or SET NULL). While a site is upgraded the version before this one still
    runs, and knows of no such column.

    In a migration that is not atomic: rows are compared while others write.
    """
    names = {"table": table, "column": column, "target": target, "act": act}
    statements = [statement.format(**names) for statement in (ON_DELETE, VALIDATE)]
    return RunSQL(
        [OF_COLUMN.format(statement=statement, **names) for statement in statements], RunSQL.noop
    )


class MakeIndex(AddIndexConcurrently):
    """Makes an index while its table is written. What an interrupted run has left of it serves
    nobody and stands in the way: it is dropped first.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        name = schema_editor.quote_name(self.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)
