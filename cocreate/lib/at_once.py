"""Steps of migrations that leave a running site its tables."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class AtOnce(Operation):
    """Several steps on tables that people use: their SQL is made first, and run in one breath.

    A lock on a table lasts until the migration commits, and Django thinks for a while between two
    steps: a web thread that waits for four seconds gives up with 503. No step inside may look at
    rows or at the database's catalogue: what is before it has not been done yet.
    """

    reduces_to_sql = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.operations], {}

    def describe(self) -> str:
        return "; ".join(each.describe() for each in self.operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        for each in self.operations:
            each.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        states = self._states(app_label, from_state)
        with _collecting(schema_editor) as collected:
            for each, before, after in zip(self.operations, states, states[1:], strict=False):
                each.database_forwards(app_label, collected, before, after)
        _run(schema_editor, collected)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """One after the other: who goes back has stopped the site."""
        states = self._states(app_label, to_state)
        steps = list(zip(self.operations, states, states[1:], strict=False))
        for each, before, after in reversed(steps):
            each.database_backwards(app_label, schema_editor, after, before)

    def _states(self, app_label: str, first: ProjectState) -> list[ProjectState]:
        """Before the first step, and after each."""
        states = [first]
        for each in self.operations:
            state = states[-1].clone()
            each.state_forwards(app_label, state)
            states.append(state)
        return states


def _collecting(schema_editor: BaseDatabaseSchemaEditor) -> Any:
    editor: Any = schema_editor.connection.schema_editor(collect_sql=True, atomic=False)
    return editor


def _run(schema_editor: BaseDatabaseSchemaEditor, collected: BaseDatabaseSchemaEditor) -> None:
    for statement in collected.collected_sql:
        if not statement.startswith("--"):
            schema_editor.execute(statement, params=None)
