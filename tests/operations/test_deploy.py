"""What is in deploy/ starts what the launcher starts, and nginx understands its files."""

import json
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from cocreate.embedded import up
from cocreate.embedded.up import health_of
from tests.mail import free_port
from tests.source import ROOT
from tools.drill.proxy import Proxy
from tools.drill.servers import wait_for

COMPOSE = ROOT / "deploy/compose.yaml"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]


def test_the_containers_start_what_the_launcher_starts(services):
    here = {"COCREATE_VAR": "/var/lib/cocreate"}
    ours = {p.name: list(p.argv)[1:] for p in up.programs(here, "0.0.0.0", 8000)}
    ours |= {"web1": ours["web"], "web2": ours.pop("web")}
    ours["beat"] += ["--pidfile="]
    theirs = {name: services[name]["command"].split()[1:] for name in ours}
    assert {name: sorted(words) for name, words in theirs.items()} == {
        name: sorted(words) for name, words in ours.items()
    }


def test_what_the_containers_mount_from_here_exists(services):
    made_by_the_operator = {"./tls"}
    named = {
        place.split(":")[0]
        for service in services.values()
        for place in service.get("volumes", [])
        if place.startswith("./")
    }
    missing = {place for place in named if not (COMPOSE.parent / place).exists()}
    assert missing == made_by_the_operator


def test_the_example_names_what_every_variable_of_a_site_in_public_needs():
    text = (ROOT / "deploy/environment.example").read_text(encoding="utf-8")
    named = {line.partition("=")[0] for line in text.splitlines() if "=" in line}
    assert named >= {"PUBLIC_URL", "TRUSTED_PROXIES", "SECRET_KEY", "DATABASE_URL", "REDIS_URL"}


@pytest.mark.skipif(not NGINX, reason="there is no nginx here")
def test_nginx_understands_its_files_as_they_are_but_for_names_and_certificates(tmp_path):
    proxy = Proxy(tmp_path, free_port(), [free_port()])
    proxy.write_files()
    done = subprocess.run([*proxy.command, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not NGINX, reason="there is no nginx here")
@pytest.mark.parametrize(
    ("path", "kind"), [("/api/v1/ideas/", "application/json"), ("/b/mio/", "text/html")]
)
def test_where_no_node_answers_nginx_says_503_and_when_to_come_back(tmp_path, path, kind):
    proxy = Proxy(tmp_path, free_port(), [free_port(), free_port()])
    proxy.start()
    wait_for(lambda: health_of("127.0.0.1", proxy.port) == "503", "nginx")
    try:
        for method in ("GET", "POST"):
            connection = HTTPConnection("127.0.0.1", proxy.port, timeout=10)
            connection.request(method, path, b"x" if method == "POST" else None)
            answer = connection.getresponse()
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
            assert answer.headers.get_content_type() == kind
    finally:
        proxy.stop()


class Frames(ThreadingHTTPServer):
    """A node whose frame may be kept for a second, until it is not there any more."""

    daemon_threads, request_queue_size, takes = True, 256, 0.0
    kept = "public, max-age=1, stale-while-revalidate=1"

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Frame)
        self.gone, self.port, self.asked = False, self.server_address[1], 0


class Frame(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked += 1
        time.sleep(self.server.takes)
        status = 404 if self.server.gone else 200
        kept = "no-store" if self.server.gone else self.server.kept
        self.send_response(status)
        self.send_header("Cache-Control", kept)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_words):
        pass


@dataclass
class Listening:
    port: int


@contextmanager
def node_at_work():
    server = Frames()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def node():
    with node_at_work() as server:
        yield server


@pytest.fixture
def proxy_of():
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o711)  # nginx's worker is another user

        def started(*nodes):
            proxy = Proxy(folder / "nginx", free_port(), [node.port for node in nodes])
            proxy.start()
            ends.callback(proxy.stop)
            wait_for(lambda: health_of("127.0.0.1", proxy.port), "nginx")
            return proxy

        yield started


def status_and_cache(proxy, path):
    connection = HTTPConnection("127.0.0.1", proxy.port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.headers["X-Cache"]


@pytest.mark.skipif(not NGINX, reason="there is no nginx here")
def test_a_frame_that_may_no_longer_be_shown_is_gone_from_nginx_after_seconds(node, proxy_of):
    """A revoked key and a hidden idea: nginx shows what it kept for as long as the node allowed."""
    proxy = proxy_of(node)
    path = "/embed/v1/cow_1/ideas/abc/card/"
    assert status_and_cache(proxy, path) == (200, "MISS")
    assert status_and_cache(proxy, path) == (200, "HIT")
    node.gone = True
    wait_for(lambda: status_and_cache(proxy, path)[0] == 404, "the end of what nginx kept", 20)
    assert status_and_cache(proxy, path)[0] == 404


@pytest.mark.skipif(not NGINX, reason="there is no nginx here")
def test_a_static_file_that_one_node_does_not_know_yet_is_asked_of_the_other(proxy_of):
    with ExitStack() as ends:
        nodes = [ends.enter_context(node_at_work()) for _n in range(2)]
        nodes[0].gone = True
        proxy = proxy_of(*nodes)
        answers = [status_and_cache(proxy, "/static/new.css")[0] for _n in range(4)]
        assert answers == [200] * 4
        elsewhere = {status_and_cache(proxy, "/b/mio/")[0] for _n in range(4)}
        assert elsewhere == {200, 404}  # what is no file is answered by whoever is asked


def test_no_secret_of_the_site_is_copied_into_the_image_or_told_to_postgresql(services):
    ignored = (ROOT / "deploy/Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert set(ignored) >= {"deploy/environment", "deploy/tls", "**/*.backup"}
    assert "env_file" not in services["postgres"]
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSW")


@pytest.mark.skipif(not NGINX, reason="there is no nginx here")
def test_where_a_node_took_the_request_and_says_nothing_the_other_one_is_asked(node, proxy_of):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = proxy_of(Listening(silent.getsockname()[1]), node)
        answers = [status_and_cache(proxy, "/b/mio/")[0] for _n in range(2)]
        assert answers == [200, 200]


@pytest.mark.skipif(not NGINX, reason="there is no nginx here")
def test_when_a_frame_expires_two_hundred_readers_have_it_made_twice_at_most(node, proxy_of):
    """The first waits for the node with all others behind it; a stale one is shown meanwhile. One
    that is too old even for that is made once by the node itself (tests/embed).
    """
    node.takes, node.kept = 0.3, "public, max-age=5, stale-while-revalidate=10"  # as ours says
    proxy = proxy_of(node)
    path = "/embed/v1/cow_1/ideas/abc/card/"
    for pause in (0.0, 6.5):  # nginx counts whole seconds, and the last one too
        time.sleep(pause)
        before = node.asked
        with ThreadPoolExecutor(200) as readers:
            answers = list(readers.map(lambda _n: status_and_cache(proxy, path)[0], range(200)))
        assert answers == [200] * 200
        assert 1 <= node.asked - before <= 2


@pytest.fixture
def moving(node, proxy_of):
    """Of a brand: nginx holds it, sends it on, or does neither."""
    proxy = proxy_of(node)

    def written(place):
        (proxy.folder / "moved.acme").write_text(
            f"b:acme {place};\ni:k3v9xyz234 {place};\nc:c3v9xyz234 {place};\n"
        )
        proxy.take_out()  # which reads the files again
        # The worker that leaves answers for a moment beside the one that comes.
        wait_for(lambda: 200 not in {asked(proxy, "GET", "/b/acme/")[0] for _n in range(9)}, "it")
        return proxy

    return written


def asked(proxy, method, path):
    connection = HTTPConnection("127.0.0.1", proxy.port, timeout=20)
    connection.request(method, path, b"x" if method in {"PUT", "POST"} else None)
    answer = connection.getresponse()
    return answer.status, answer.headers["Location"], answer.headers["Retry-After"]


OF_THE_BRAND = [
    "/b/acme/", "/b/acme/c/street/?sort=new", "/desk/acme/settings/", "/api/v1/brands/acme/ideas/",
    "/embed/v1/brands/acme/?key=cow_1", "/i/k3v9xyz234/a-cabin/", "/api/v1/ideas/k3v9xyz234/vote/",
    "/embed/v1/ideas/k3v9xyz234/?key=cow_1", "/api/v1/comments/c3v9xyz234/",
]  # fmt: skip
OF_OTHERS = ["/", "/b/acme-two/", "/i/k3v9xyz235/", "/u/acme/", "/api/v1/brands/mio/"]
OF_OTHERS += ["/api/v1/comments/c3v9xyz235/"]


@pytest.mark.skipif(not NGINX, reason="there is no nginx here")
def test_everything_of_a_brand_that_moved_is_sent_on_with_its_method(moving):
    proxy = moving("https://ideas.acme.example")
    for path in OF_THE_BRAND:
        for method in ("GET", "PUT"):
            sent = (308, f"https://ideas.acme.example{path}", None)
            assert asked(proxy, method, path) == sent
    assert [asked(proxy, "GET", path)[0] for path in OF_OTHERS] == [200] * len(OF_OTHERS)


@pytest.mark.skipif(not NGINX, reason="there is no nginx here")
def test_everything_of_a_brand_that_is_moving_waits(moving):
    proxy = moving("wait")
    for path in OF_THE_BRAND:
        assert asked(proxy, "PUT", path) == (503, None, "5")
    assert [asked(proxy, "GET", path)[0] for path in OF_OTHERS] == [200] * len(OF_OTHERS)


@pytest.mark.skipif(not NGINX, reason="there is no nginx here")
def test_a_program_that_waits_is_told_so_in_json(moving):
    proxy = moving("wait")
    for path in OF_THE_BRAND:
        kind, body = told(proxy, path)
        if path.startswith("/api/"):
            assert (kind, json.loads(body)["code"]) == ("application/json", "unavailable")
        else:
            assert kind.startswith("text/html")


def told(proxy, path):
    connection = HTTPConnection("127.0.0.1", proxy.port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.headers["Content-Type"], answer.read()
