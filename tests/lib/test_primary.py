"""REDIS_URL with several addresses: whoever is the primary is found, and found again."""

import shutil
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import pytest
import redis

from cocreate.embedded.places import ROOT
from cocreate.lib.primary import SEEK_SECONDS, NoPrimary, Pool
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


class Relay(socketserver.ThreadingTCPServer):
    """TLS in front of a server that has none. Whoever speaks without it is not let through."""

    daemon_threads, allow_reuse_address = True, True

    def __init__(self, port, folder):
        super().__init__(("127.0.0.1", 0), None)
        self.behind, self.port = port, self.server_address[1]
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "cert.pem", folder / "key.pem")

    def finish_request(self, request, _address):
        with (
            suppress(OSError),
            self.context.wrap_socket(request, server_side=True) as outer,
            socket.create_connection(("127.0.0.1", self.behind)) as inner,
        ):
            threading.Thread(target=pump, args=(inner, outer), daemon=True).start()
            pump(outer, inner)


def pump(source, target):
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def certificate(tmp_path):
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*command.split(), *names], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path / "cert.pem"


@contextmanager
def behind_tls(servers, folder):
    relays = [Relay(one.port, folder) for one in servers]
    for relay in relays:
        threading.Thread(target=relay.serve_forever, daemon=True).start()
    try:
        yield relays
    finally:
        for relay in relays:
            relay.shutdown()
            relay.server_close()


@pytest.fixture
def silent():
    """A machine that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


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


def url_of(*servers, scheme="redis"):
    return f"{scheme}://{','.join(f'127.0.0.1:{one.port}' for one in servers)}/0"


def queued(url):
    """What a process of the site says that sends a word through the queues and takes it back."""
    return subprocess.run(
        [sys.executable, "-c", PING], cwd=ROOT, capture_output=True, text=True,
        env=environment(REDIS_URL=url), check=False,
    )  # fmt: skip


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
    done = queued(url_of(pair[1], pair[0]))
    assert done.stdout.split("\n")[:2] == ["cocreate.lib.primary", "a word"], done.stderr
    assert pair[0].client.exists("_kombu.binding.tried")


def test_with_tls_in_the_address_no_word_goes_without_it(pair, certificate):
    """The relays let nothing else through, so a password cannot have been said in the clear."""
    with behind_tls([pair[1], pair[0]], certificate.parent) as relays:
        url = f"{url_of(*relays, scheme='rediss')}?ssl_ca_certs={certificate}"
        ours = Store(url)
        assert ours.ask(lambda: port_of(ours.client)) == pair[0].port
        done = queued(url)
        assert done.stdout.split("\n")[:2] == ["cocreate.lib.primary", "a word"], done.stderr
        alone = queued(f"{url_of(relays[1], scheme='rediss')}?ssl_ca_certs={certificate}")
        assert alone.stdout.split("\n")[1:2] == ["a word"], alone.stderr


def test_a_certificate_that_nobody_vouches_for_is_refused(pair, certificate):
    with behind_tls(pair, certificate.parent) as relays:
        url = url_of(*relays, scheme="rediss")
        with pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            redis.Redis(connection_pool=Pool.from_url(url)).ping()
        assert "CERTIFICATE_VERIFY_FAILED" in queued(url).stderr


def test_a_machine_that_says_nothing_leaves_time_for_the_others(pair, silent):
    url = f"redis://127.0.0.1:{silent},127.0.0.1:{pair[0].port}/0"
    client = redis.Redis(connection_pool=Pool.from_url(url, socket_timeout=60))
    assert port_of(client) == pair[0].port


def test_machines_that_say_nothing_share_one_time(silent):
    pool = Pool.from_url(f"redis://{','.join([f'127.0.0.1:{silent}'] * 5)}/0", socket_timeout=60)
    began = time.monotonic()
    with pytest.raises(redis.TimeoutError):
        pool.get_connection()
    assert time.monotonic() - began < 10 * SEEK_SECONDS  # instead of five minutes


def test_an_error_is_raised_anew_each_time_and_does_not_grow(pair):
    pool = Pool.from_url(url_of(pair[1], pair[1]))
    raised = []
    for _n in range(2):
        with pytest.raises(NoPrimary) as found:
            pool.get_connection()
        raised.append(found.value)
    assert raised[0] is not raised[1]


def test_a_new_connection_is_asked_for_its_role_and_tells_nothing_of_itself(pair):
    watching = pair[0].client
    watching.config_resetstat()  # this one has told its own already
    Pool.from_url(url_of(*pair)).get_connection()
    asked = [name for name in watching.info("commandstats") if "client" in name]
    assert asked == []
    assert watching.info("commandstats")["cmdstat_role"]["calls"] == 1
