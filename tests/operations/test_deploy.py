"""What is in deploy/ starts what the launcher starts, and nginx understands its files."""

import shutil
import subprocess
from http.client import HTTPConnection

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
