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
