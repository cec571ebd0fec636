import os

import psycopg
import redis


def test_the_tests_have_a_database_that_takes_three_hundred_connections():
    with psycopg.connect(os.environ["DATABASE_URL"]) as db:
        assert int(db.execute("SHOW max_connections").fetchone()[0]) >= 300


def test_the_tests_have_a_valkey():
    assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()


def test_every_test_without_a_browser_is_quick(request):
    assert request.node.get_closest_marker("quick")
