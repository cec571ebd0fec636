"""A database that goes away: 503 in the one form, and every thread of the server works again."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import ReadOnlySqlTransaction

from cocreate.embedded.up import web
from tests.api.conftest import refusal

ROOT = Path(__file__).parents[2]
THREADS = 4  # two workers of two threads each
SEVERAL_FOR_EACH = 3 * THREADS  # all the votes together stay below 60 a minute

BOARD = """
import django, json
django.setup()
from accounts.domain.tokens import create_token
from tests.factories import make_brand, make_challenge, make_idea, make_user
idea = make_idea(make_challenge(make_brand("mio")))
print(json.dumps({"code": idea.code, "token": create_token(user=make_user())}))
"""


def raising(error):
    def execute(*_args, **_options):
        raise error

    return execute


@pytest.mark.django_db
def test_a_query_that_was_given_up_is_503_with_a_time_to_come_back(visitor, brand, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", raising(psycopg.OperationalError("closed")))
        response = visitor.get("brands/mio/")
    assert refusal(response) == (503, "unavailable")
    assert int(response["Retry-After"]) > 0
    assert response["Cache-Control"] == "private, no-store"
    assert visitor.get("brands/mio/").status_code == 200


@pytest.mark.django_db
def test_a_database_that_takes_no_writes_any_more_is_503_too(visitor, brand, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", raising(ReadOnlySqlTransaction("read-only")))
        response = visitor.get("brands/mio/")
    assert refusal(response) == (503, "unavailable")
    assert int(response["Retry-After"]) > 0
    assert visitor.get("brands/mio/").status_code == 200


class Site:
    """The real web server on servers of its own."""

    def __init__(self, stack):
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        own = {
            "COCREATE_VAR": str(stack.state / "var"),
            "DJANGO_SETTINGS_MODULE": "cocreate.settings",
        }
        self.environment = {**os.environ, **stack.environment, **own}
        self.run("manage.py", "migrate", "-v0")
        self.board = json.loads(self.run("-c", BOARD))
        self.process = subprocess.Popen(
            web("127.0.0.1", self.port),
            cwd=ROOT,
            env={**self.environment, "COCREATE_PROCESS": "web"},
        )

    def run(self, *arguments):
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, method, path, body=None):
        """(status, body, Retry-After) over a connection of its own."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        headers = {
            "Authorization": f"Bearer {self.board['token']}",
            "Content-Type": "application/json",
        }
        try:
            client.request(method, f"/api/v1/{path}", json.dumps(body) if body else None, headers)
            response = client.getresponse()
            return response.status, json.loads(response.read()), response.getheader("Retry-After")
        finally:
            client.close()

    def vote(self):
        return self.ask("PUT", f"ideas/{self.board['code']}/vote/", {"value": 1})

    def wait_until_it_answers(self):
        for _n in range(300):
            try:
                return self.ask("GET", "me/")
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the web server does not start")


@pytest.fixture
def site(private_stack):
    site = Site(private_stack)
    yield site
    site.process.terminate()
    site.process.wait()


@pytest.mark.faults
def test_r03_r04_a_killed_database_is_503_and_every_thread_votes_again(site, private_stack):
    site.wait_until_it_answers()
    first = [site.vote()[0] for _n in range(SEVERAL_FOR_EACH)]
    assert first == [201, *[200] * (SEVERAL_FOR_EACH - 1)]

    private_stack.postgres.kill()
    for _n in range(SEVERAL_FOR_EACH):
        for status, body, retry_after in (site.vote(), site.ask("GET", "brands/mio/ideas/")):
            assert (status, body["code"], retry_after) == (503, "unavailable", "5")

    private_stack.postgres.start()
    healed = [site.vote()[0] for _n in range(SEVERAL_FOR_EACH)]
    assert set(healed) == {200}  # no thread asks by a connection that is gone
    assert {site.ask("GET", "brands/mio/ideas/")[0] for _n in range(SEVERAL_FOR_EACH)} == {200}


@pytest.mark.faults
def test_a_killed_store_stops_no_vote(site, private_stack):
    site.wait_until_it_answers()
    site.vote()
    private_stack.valkey.kill()
    begun = time.monotonic()
    assert [site.vote()[0] for _n in range(SEVERAL_FOR_EACH)] == [200] * SEVERAL_FOR_EACH
    assert time.monotonic() - begun < SEVERAL_FOR_EACH
