"""Indexes that are made while people write."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.state import ProjectState

from cocreate.lib.sql import MakeIndex

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "made_once_more"
VALIDITY = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"


@pytest.fixture
def step():
    yield MakeIndex("brand", models.Index(fields=["tagline"], name=NAME))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {NAME}")


def make(step):
    state = ProjectState.from_apps(apps)
    after = state.clone()
    step.state_forwards("accounts", after)
    with connection.schema_editor(atomic=False) as editor:
        step.database_forwards("accounts", editor, state, after)


def is_valid():
    with connection.cursor() as cursor:
        cursor.execute(VALIDITY, [NAME])
        return cursor.fetchone()


def test_an_index_that_an_interrupted_upgrade_left_is_made_anew(step):
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX {NAME} ON accounts_brand (tagline)")
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [NAME]
        )
    make(step)
    assert is_valid() == (True,)
