"""/metrics tells operators what happens and how far behind the work is, and others nothing."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families as families

from accounts.domain import activity
from cocreate.lib.store import store
from ideas.domain import votes
from notifications.enums import MailState
from notifications.models import Mail
from tests.source import ROOT

TOKEN = "a-token-for-metrics"


def read(client, **headers) -> dict[tuple, float]:
    """{(name, (label, value), …): number}"""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return samples(answer.content.decode())


def samples(text: str) -> dict[tuple, float]:
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_route_and_kind_of_answer(client, db):
    row = (
        "cocreate_http_requests_total",
        ("method", "GET"),
        ("route", "b/<slug:slug>/"),
        ("status", "4xx"),
    )
    before = read(client).get(row, 0)
    for slug in ("one", "two"):
        client.get(f"/b/{slug}/")
    after = read(client)
    assert after[row] == before + 2
    bucket = ("cocreate_http_request_seconds_count", ("method", "GET"), ("route", "b/<slug:slug>/"))
    assert after[bucket] >= 2


def test_made_up_addresses_and_methods_make_no_new_series(client, db):
    for n in range(3):
        client.get(f"/nowhere/{n}/")
        client.generic(f"M{n}", f"/nowhere/{n}/")
    routes = {value for key in read(client) for name, value in key[1:] if name == "route"}
    methods = {value for key in read(client) for name, value in key[1:] if name == "method"}
    assert not [route for route in routes if "nowhere" in route]
    assert not [method for method in methods if method.startswith("M")]


def test_the_backlog_of_votes_is_told(client, idea, charlie):
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    found = read(client)
    assert found[("cocreate_tally_waiting_rows",)] == 1
    assert found[("cocreate_tally_lag_seconds",)] > 0


def test_the_backlog_of_mail_is_told(client, db):
    old = timezone.now() - timedelta(minutes=5)
    for n, state in enumerate(
        [MailState.QUEUED, MailState.QUEUED, MailState.FAILED, MailState.SENT]
    ):
        Mail.objects.create(to="a@example.org", message_id=f"<{n}@x>", state=state, created_at=old)
    found = read(client)
    assert (found[("cocreate_mail_waiting",)], found[("cocreate_mail_failed",)]) == (2, 1)
    assert found[("cocreate_mail_oldest_seconds",)] >= 300


def test_a_counter_that_was_healed_is_told(client, db):
    activity.record("tally.healed", subject=("idea", "k3v9"), private=True)
    assert read(client)[("cocreate_tally_healed_last_day",)] == 1


def test_the_queues_are_told(client, db):
    store().client.delete("bulk")
    store().client.rpush("bulk", "one", "two")
    try:
        found = read(client)
        assert found[("cocreate_queue_length", ("queue", "bulk"))] == 2
        assert found[("cocreate_store_up",)] == 1
    finally:
        store().client.delete("bulk")


def test_without_the_store_the_rest_is_told(client, db, settings):
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    found = read(client)
    assert (found[("cocreate_store_up",)], found[("cocreate_database_up",)]) == (0, 1)
    assert not [key for key in found if key[0] == "cocreate_queue_length"]


def test_a_public_site_tells_nobody_without_a_token(client, db, settings):
    settings.PUBLIC_HOST = "ideas.example"
    answer = client.get("/metrics")
    assert (answer.status_code, b"cocreate_" in answer.content) == (404, False)


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "forwarded", "via"])
def test_what_a_proxy_passes_on_is_not_this_machine(client, db, header):
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_another_machine_is_told_nothing(client, db):
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404


@pytest.mark.parametrize("sent", ["", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer "])
def test_a_wrong_token_is_a_page_that_is_not_there(client, db, settings, sent):
    settings.METRICS_TOKEN = TOKEN
    headers = {"authorization": sent} if sent else {}
    assert client.get("/metrics", headers=headers).status_code == 404


def test_the_token_opens_a_public_site(client, db, settings):
    settings.METRICS_TOKEN, settings.PUBLIC_HOST = TOKEN, "ideas.example"
    assert read(client, authorization=f"Bearer {TOKEN}")[("cocreate_database_up",)] == 1


def test_a_token_that_is_too_short_opens_nothing(client, db, settings):
    settings.METRICS_TOKEN = "short"
    assert client.get("/metrics", headers={"authorization": "Bearer short"}).status_code == 404


COUNT = """
import django, sys
from cocreate.wsgi import application
from cocreate.lib import watch
for _n in range(int(sys.argv[1])):
    watch.requests_counted.labels("GET", "b/<slug:slug>/", "2xx").inc()
"""
COLLECT = """
from cocreate.wsgi import application
from cocreate import metrics
from prometheus_client import generate_latest
print(generate_latest(metrics.registry()).decode())
"""


def test_what_several_processes_counted_is_added_up(db, tmp_path):
    def process(script: str, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True,
            env=os.environ | {"COCREATE_VAR": str(tmp_path)}, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    process(COUNT, "2")
    process(COUNT, "3")
    row = (
        "cocreate_http_requests_total",
        ("method", "GET"),
        ("route", "b/<slug:slug>/"),
        ("status", "2xx"),
    )
    assert samples(process(COLLECT))[row] == 5
