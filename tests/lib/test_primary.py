"""REDIS_URL with several addresses: whoever is the primary is found, and found again."""

import shutil
import subprocess
import sys

import pytest
import redis

from cocreate.embedded.places import ROOT
from cocreate.lib.primary import Pool
from cocreate.lib.store import Away, Store
from tests.mail import free_port
from tests.notifications.children import environment
from tools.drill.servers import Store as Server

PING = """
import django; django.setup()
from cocreate.celery import app
with app.connection_for_write() as connection:
    print(type(connection.transport).__module__)
    queue = connection.SimpleQueue("tried")
    queue.put("a word")
    print(queue.get(timeout=5).payload)
"""


@pytest.fixture
def pair(tmp_path):
    """A primary and its replica."""
    one = Server(tmp_path / "one", free_port())
    two = Server(tmp_path / "two", free_port(), following=one.port)
    try:
        one.start()
        two.start()
        two.wait_until_it_follows()
        yield one, two
    finally:
        one.stop()
        two.stop()
        for server in (one, two):
            shutil.rmtree(server.sockets)


def url_of(*servers):
    return f"redis://{','.join(f'127.0.0.1:{one.port}' for one in servers)}/0"


def port_of(client):
    return int(client.info("server")["tcp_port"])


@pytest.mark.parametrize("order", [1, -1])
def test_the_primary_is_found_wherever_it_stands_in_the_list(pair, order):
    ours = Store(url_of(*pair[::order]))
    assert ours.ask(lambda: port_of(ours.client)) == pair[0].port


def test_a_replica_that_was_promoted_is_found_by_those_who_were_connected(pair):
    one, two = pair
    ours = Store(url_of(one, two))
    assert ours.ask(lambda: ours.client.set("a", 1))
    one.kill()
    with pytest.raises(Away):
        ours.ask(lambda: ours.client.set("a", 2))
    two.promote()
    ours._ask_again_at = 0.0
    assert ours.ask(lambda: ours.client.set("a", 2))
    assert ours.ask(lambda: port_of(ours.client)) == two.port


def test_a_primary_that_became_a_replica_is_left_by_those_who_were_connected(pair):
    one, two = pair
    client = redis.Redis(connection_pool=Pool.from_url(url_of(one, two)))
    assert port_of(client) == one.port
    two.promote()
    one.demote(two.port)
    with pytest.raises(redis.ConnectionError, match="has become a replica"):
        client.set("a", 1)
    assert client.set("a", 1)
    assert port_of(client) == two.port


def test_replicas_alone_are_as_good_as_nobody(pair):
    with pytest.raises(Away):
        ours = Store(url_of(pair[1], pair[1]))
        ours.ask(ours.client.ping)


def test_the_queues_follow_the_primary_too(pair):
    done = subprocess.run(
        [sys.executable, "-c", PING], cwd=ROOT, capture_output=True, text=True,
        env=environment(REDIS_URL=url_of(pair[1], pair[0])), check=False,
    )  # fmt: skip
    assert done.stdout.split("\n")[:2] == ["cocreate.lib.primary", "a word"], done.stderr
    assert pair[0].client.exists("_kombu.binding.tried")
