"""Logs are for people or machines, carry the request's id, and hold nothing that opens anything."""

import io
import json
import logging
import os
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import path
from django.urls.resolvers import URLPattern

from cocreate import celery as our_celery
from cocreate.lib import logs
from notifications.tasks import send_due_mail
from tests.operations.conftest import PLAIN
from tests.source import ROOT

CANARIES = {
    "SECRET_KEY": "canary-of-the-secret-key-" + "0123456789abcdef" * 3,
    "METRICS_TOKEN": "canary-of-the-metrics-token",
    "EMAIL_URL": "smtp://me:canary-of-the-mail@mail.example",
}
POSTED = {"password": "canary-posted-password", "csrfmiddlewaretoken": "canary-posted-csrf"}
TOKEN = "cop_canaryOfAPersonalToken123"


@pytest.fixture
def lines(db):
    """What is logged meanwhile, each line read as JSON."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Json())
    handler.addFilter(logs.Facts())
    root.addHandler(handler)
    before, root.level = root.level, logging.INFO
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


def requests_in(lines) -> list[dict]:
    return [line for line in lines() if line["logger"] == "cocreate.request"]


def test_a_request_is_one_line_with_its_facts(client, lines):
    answer = client.get(
        "/b/nobody/?key=cow_hidden1234&q=word", headers={"x-request-id": "abcd1234"}
    )
    (line,) = requests_in(lines)
    assert line.pop("ms") >= 0
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "INFO", "logger": "cocreate.request", "request_id": "abcd1234",
        "method": "GET", "path": "/b/nobody/", "route": "b/<slug:slug>/", "status": 404,
        "message": line["message"],
    }  # fmt: skip
    assert "hidden" not in line["message"]
    assert answer["X-Request-ID"] == "abcd1234"


@pytest.mark.parametrize("end", ["%0a", "%0d%0a", "%1b[2J", "%c2%85", "%e2%80%a8"])
def test_x14_an_address_cannot_begin_a_line_of_its_own(client, lines, end):
    client.get(f"/i/x{end}ERROR%20made%20up/")
    client.get(f"/unsubscribe/x{end}ERROR%20made%20up/")
    assert len(requests_in(lines)) == 2
    for line in requests_in(lines):
        assert logs.CONTROL.search(line["message"] + line["path"]) is None


def test_who_asked_is_a_number(client, charlie, lines):
    client.force_login(charlie, "allauth.account.auth_backends.AuthenticationBackend")
    client.get("/me/sessions/")
    assert requests_in(lines)[-1]["user"] == charlie.pk
    assert charlie.email not in json.dumps(lines())


def test_a_long_word_of_an_unknown_address_is_not_told(client, lines):
    client.get("/invitation/canary-of-a-mailed-link/")
    assert requests_in(lines)[0]["path"] == "/invitation/***/"


def test_machines_that_watch_fill_no_log(client, lines):
    for watched in ("/healthz", "/readyz", "/metrics", "/robots.txt"):
        client.get(watched)
    assert [line["path"] for line in requests_in(lines)] == ["/robots.txt"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("sent to zoe.b+x@mail.example.org now", "sent to *** now"),
        ("cos_abcdefgh1234 and cws_zzzzzzzzzz", "cos_*** and cws_***"),
        ("postgresql://me:hush@db/it refused", "postgresql://me:***@db/it refused"),
        ("DETAIL:  Key (email)=(zoe) already exists.", "DETAIL: ***"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("idea k3v9 has 3 votes", "idea k3v9 has 3 votes"),
    ],
)
def test_secrets_are_blotted_out_wherever_they_come_from(text, kept):
    assert logs.without_secrets(text) == kept


def broken(request, key):
    token, posted = TOKEN, dict(request.POST)
    raise RuntimeError(f"{token} zoe@example.org {bool(posted and key)}")


urlpatterns: list[URLPattern] = [path("broken/<slug:key>/", broken)]
handler500 = "web.errors.server_error"


@pytest.mark.urls(__name__)
def test_o03_an_error_is_told_once_with_its_trace_and_without_secrets(lines, settings):
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = "canary-of-a-session"
    answer = client.post(
        "/broken/canary-in-the-path/?q=canary-in-the-query", POSTED,
        headers={"authorization": f"Bearer {TOKEN}", "x-request-id": "abcd1234"},
    )  # fmt: skip
    assert answer.status_code == 500
    errors = [line for line in lines() if line["level"] == "ERROR"]
    assert [(line["error"], line["request_id"]) for line in errors] == [
        ("RuntimeError", "abcd1234")
    ]
    assert "in broken" in errors[0]["traceback"]
    told = json.dumps(lines()) + answer.content.decode()
    assert [word for word in ("canary", "cop_canary", "zoe@") if word in told] == []


def test_o03_neither_page_nor_log_of_a_real_process_holds_a_secret(tmp_path):
    """With its own environment, its own handlers, and an error that has all of it within reach."""
    script = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "settings.ROOT_URLCONF = 'tests.operations.test_logs'\n"
        "settings.ALLOWED_HOSTS = ['testserver']\n"
        f"settings.STORAGES = settings.STORAGES | {{'staticfiles': {PLAIN!r}}}\n"
        "from django.test import Client\n"
        f"answer = Client(raise_request_exception=False).post('/broken/x/', {POSTED!r})\n"
        "print(answer.status_code, answer.content.decode())\n"
    )
    environment = os.environ | CANARIES | {"PUBLIC_URL": "https://ideas.example"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment | {"COCREATE_VAR": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.startswith("500 "), done.stderr
    assert json.loads(done.stderr.splitlines()[-1])["level"] in ("ERROR", "INFO")
    assert "RuntimeError" in done.stderr
    assert "canary" not in done.stdout + done.stderr


def test_https_means_json_and_a_terminal_lines():
    assert logs.configuration("json", "INFO")["handlers"]["console"]["formatter"] == "json"
    record = logging.makeLogRecord({"msg": "hello", "name": "x", "request_id": "abcd1234"})
    assert logs.Lines().format(record).endswith("x hello [abcd1234]")


def test_a_task_carries_the_id_of_the_request_that_hinted_it():
    headers: dict[str, str] = {}
    logs.request_id.set("abcd1234")
    our_celery.send_request_id(headers=headers)
    logs.request_id.set("")
    send_due_mail.push_request(**headers)
    our_celery.take_request_id(task=send_due_mail)
    send_due_mail.pop_request()
    assert logs.request_id.get() == "abcd1234"
    logs.request_id.set("")
