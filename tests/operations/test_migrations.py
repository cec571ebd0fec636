"""A migration of tables that people use holds their locks for one breath."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from cocreate.lib.at_once import AtOnce


class Watching(migrations.AddField):
    """Notes whether a table of the step's was locked when Django was still thinking."""

    seen: list[int] = []

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
                " WHERE c.relname = 'operations_thing' AND l.mode = 'AccessExclusiveLock'"
                " AND l.pid = pg_backend_pid()"
            )
            self.seen.append(cursor.fetchone()[0])


THING = migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))])


def steps(kind) -> list[migrations.AddField]:
    field = models.CharField(max_length=9, db_default="a '%s' b")
    return [kind("thing", "one", field), kind("thing", "two", models.IntegerField(db_default=2))]


def apply(operations) -> ProjectState:
    state = ProjectState()
    for operation in operations:
        after = state.clone()
        operation.state_forwards("operations", after)
        with connection.schema_editor() as editor:
            operation.database_forwards("operations", editor, state, after)
        state = after
    return state


def columns() -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, "operations_thing")
    return sorted(column.name for column in found)


@pytest.fixture
def thing(transactional_db):
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS operations_thing")


def test_no_table_is_locked_while_django_thinks(thing):
    Watching.seen.clear()
    apply([THING, AtOnce(steps(Watching))])
    assert Watching.seen == [0, 0]
    assert columns() == ["id", "one", "two"]


def test_what_it_makes_is_what_the_steps_make(thing):
    state = apply([THING, AtOnce(steps(migrations.AddField))])
    model = state.apps.get_model("operations", "Thing")
    model.objects.create()
    assert model.objects.values_list("one", "two").get() == ("a '%s' b", 2)


def test_it_goes_back(thing):
    operation = AtOnce(steps(migrations.AddField))
    before = ProjectState()
    THING.state_forwards("operations", before)
    after = apply([THING, operation])
    with connection.schema_editor() as editor:
        operation.database_backwards("operations", editor, after, before)
    assert columns() == ["id"]
