"""A migration of tables that people use holds their locks for one breath."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.models import Mailbox, Membership, Participant
from cocreate.lib.at_once import AtOnce
from cocreate.lib.mailboxes import mailbox_key
from ideas.domain.votes import cast_on_behalf
from tests.factories import make_user
from tests.ideas.ledger import all_is_true


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


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_joins_each_person_by_themselves_and_asks_nobody_else(
    brand, idea, make_secret_key
):
    zoe = make_user("Zoe")
    address = "zoe.old@example.org"
    cast_on_behalf(
        code=idea.code, key=make_secret_key(brand), value=1, external_id=None, email=address
    )
    Mailbox.objects.create(key=mailbox_key(address), user=zoe)  # as accounts/0004 leaves it
    step = import_module("ideas.migrations.0009_join_known_mailboxes").join_known_mailboxes
    for joined in (1, 0):  # run again it finds nothing to do
        with CaptureQueriesContext(
            connection,
        ) as captured:
            step(None, SimpleNamespace(connection=connection))
        calls = [query["sql"] for query in captured if "join_identities" in query["sql"]]
        assert len(calls) == joined
    assert Participant.objects.get(mailbox=mailbox_key(address)).joined_into.user == zoe
    assert all_is_true()


@pytest.mark.django_db
def test_of_several_owners_the_first_stays(brand, alice, bob):
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX membership_one_owner")
        Membership.objects.filter(brand=brand, user=bob).update(role=Role.OWNER)
        cursor.execute(import_module("accounts.migrations.0002_profiles_teams_and_keys").ONE_OWNER)
    owners = Membership.objects.filter(brand=brand, role=Role.OWNER)
    assert [place.user for place in owners] == [alice]
    assert Membership.objects.get(brand=brand, user=bob).role == Role.MANAGER
