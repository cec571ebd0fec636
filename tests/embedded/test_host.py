"""The page of another site that `./run` starts beside the demo."""

import base64
import hashlib
import hmac
import http.client
import json
import threading

import pytest

from cocreate.domain.demo_file import NAME, Account, Widget, write
from cocreate.embedded import host
from tests.mail import free_port

SITE = "http://127.0.0.1:8000"
ACCOUNTS = [Account("manager@example.org", "secret", "everything")]


@pytest.fixture
def widget():
    origin = f"http://localhost:{free_port()}"
    return Widget(origin, "mio", "street", "abc", "cow_publishable", "cws_private")


@pytest.fixture
def ask(widget):
    server = host.server(widget, SITE)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    name = widget.origin.removeprefix("http://")

    def ask(path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        connection.request(method, path, body, {"Host": name} | headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    yield ask
    server.shutdown()
    server.server_close()


def sign_in(ask, widget, reader):
    form = {"Origin": widget.origin, "Content-Type": "application/x-www-form-urlencoded"}
    answer = ask("/sign-in", "POST", f"reader={reader}&back=/fr/", **form)
    assert (answer.status, answer.headers["Location"]) == (303, "/fr/")
    return answer.headers["Set-Cookie"].partition(";")[0]


@pytest.mark.parametrize("path", ["/", "/fr", "/fr/", "/frames", "/fr/frames/"])
def test_its_pages_show_ideas_and_never_the_secret(ask, widget, path):
    answer = ask(path)
    assert answer.status == 200
    assert widget.key in answer.text
    assert widget.secret not in answer.text
    assert f"script-src 'self' {SITE};" in answer.headers["Content-Security-Policy"]
    assert ("<cocreate-vote" in answer.text) is ("frames" not in path)
    assert "$" not in answer.text


@pytest.mark.parametrize("language", ["", "/fr"])
def test_where_nothing_but_frames_stands_nobody_signs_in_and_the_vote_opens_a_window(
    ask, widget, language
):
    cookie = sign_in(ask, widget, "ana")
    elements, frames = ask(f"{language}/", Cookie=cookie), ask(f"{language}/frames", Cookie=cookie)
    stays = "sans quitter cette page" if language else "without leaving this page"
    leaves = "dans une fenêtre à part" if language else "in a window of its own"
    for page, has in ((elements, True), (frames, False)):
        assert ("<form" in page.text) is has
        assert ("Ana Souza" in page.text) is has
        assert (stays in page.text) is has
        assert (leaves in page.text) is not has


def test_it_vouches_for_whoever_is_signed_in_and_for_nobody_else(ask, widget):
    assert ask("/session").status == 204
    assert ask("/session", Cookie="reader=ana").status == 204
    cookie = sign_in(ask, widget, "ana")
    answer = ask("/session", Cookie=cookie)
    assert answer.headers["Cache-Control"] == "no-store"
    head, body, mark = json.loads(answer.text)["token"].split(".")
    made = hmac.new(widget.secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert mark == base64.urlsafe_b64encode(made).decode().rstrip("=")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert (claims["sub"], claims["name"], claims["aud"]) == ("ana", "Ana Souza", SITE)
    assert json.loads(ask("/session", Cookie=cookie).text)["token"] != f"{head}.{body}.{mark}"
    assert "Ana Souza</b>" in ask("/", Cookie=cookie).text


def test_signing_out_ends_it(ask, widget):
    cookie = sign_in(ask, widget, "jules")
    ask("/sign-out", "POST", "", Origin=widget.origin, Cookie=cookie)
    assert ask("/session", Cookie=cookie).status == 204


def test_a_form_of_another_site_signs_nobody_in(ask, widget):
    for origin in ("http://evil.example", "null"):
        assert ask("/sign-in", "POST", "reader=ana", Origin=origin).status == 403
    assert ask("/sign-in", "POST", "reader=ana").status == 403


@pytest.mark.parametrize("name", ["127.0.0.1:8001", "evil.example", "localhost"])
def test_it_answers_to_its_own_name_alone(ask, name):
    assert ask("/session", Host=name).status == 421


PRIVATE = ["/../host.py", "/host_site/in.html", "/in.html", "/demo-accounts.txt"]


@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_else_of_the_disk_is_there(ask, path):
    assert ask(path).status == 404


@pytest.mark.parametrize(
    ("url", "origin", "stands"),
    [
        (SITE, "http://localhost:8001", True),
        ("http://127.0.0.1:8100", "http://localhost:8001", False),  # it moved
        ("https://ideas.example", "http://localhost:8001", False),
        ("https://127.0.0.1:8000", "http://localhost:8001", False),
        ("http://ideas.example:8000", "http://localhost:8001", False),
        ("http://127.0.0.1", "http://localhost:8001", False),
    ],
)
def test_it_stands_only_beside_the_demo_on_this_machine(tmp_path, url, origin, stands):
    write(tmp_path / NAME, ACCOUNTS, Widget(origin, "mio", "street", "abc", "cow_a", "cws_b"))
    assert (host.widget_beside(url, tmp_path) is not None) is stands


def test_without_a_demo_there_is_none(tmp_path):
    assert host.widget_beside(SITE, tmp_path) is None
    write(tmp_path / NAME, ACCOUNTS, None)
    assert host.widget_beside(SITE, tmp_path) is None
    assert host.main(SITE, str(tmp_path)) == 1
