import os
import tempfile

import psycopg
import pytest
import redis

from cocreate.embedded.pytest_plugin import database_of_worker
from cocreate.embedded.stack import ThrowAwayStack


def test_the_tests_have_a_database_that_takes_three_hundred_connections():
    with psycopg.connect(os.environ["DATABASE_URL"]) as db:
        assert int(db.execute("SHOW max_connections").fetchone()[0]) >= 300


def test_texts_are_compared_by_postgresql_itself_where_it_can():
    """By the letters' numbers, as the system's C.UTF-8 sorts too, at half the cost."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as db:
        if db.info.server_version < 170_000:
            pytest.skip("PostgreSQL 16 and older have no C.UTF-8 of their own")
        provider = "SELECT datlocprovider FROM pg_database WHERE datname = current_database()"
        assert db.execute(provider).fetchone()[0] in {"b", b"b"}
        names = "SELECT array_agg(name ORDER BY name) FROM unnest('{é,z,a,É,Z,œ,ß}'::text[]) name"
        assert "".join(db.execute(names).fetchone()[0]) == "".join(sorted("ézaÉZœß"))
        assert db.execute("SELECT lower('ÉÀŒ'), 'É' ~* 'é'").fetchone() == ("éàœ", True)


def test_the_tests_have_a_valkey():
    assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()


def test_every_test_without_a_browser_is_quick(request):
    assert request.node.get_closest_marker("quick")


def test_the_state_folder_of_the_tests_is_not_the_one_of_the_site():
    assert os.environ["COCREATE_VAR"].startswith(tempfile.gettempdir())


@pytest.mark.parametrize(
    ("url", "worker", "own"),
    [
        ("redis://localhost:6379/0", "gw0", "redis://localhost:6379/1"),
        ("redis://localhost:6379", "gw1", "redis://localhost:6379/2"),
        ("rediss://:secret@far:1/4", "gw0", "rediss://:secret@far:1/5"),
        ("unix:///run/valkey.sock", "gw1", "unix:///run/valkey.sock"),
    ],
)
def test_workers_on_a_named_redis_have_a_database_each(url, worker, own):
    assert database_of_worker(url, worker) == own


def test_the_folder_of_killed_tests_is_removed_by_the_next_ones_and_no_other():
    abandoned, running = ThrowAwayStack(only=()), ThrowAwayStack(only=())
    abandoned.lock.close()  # as the end of its process does
    with ThrowAwayStack(only=()):
        assert not abandoned.state.exists()
        assert running.state.exists()
    running.stop()
    assert not running.state.exists()
