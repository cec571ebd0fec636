"""Hints leave after the commit, and a broker that is away or hangs costs nobody anything."""

import socket
import subprocess
import sys

import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from accounts.domain import activity
from notifications.domain import hints, outbox
from notifications.domain.rendering import Rendered
from notifications.models import Mail
from tests.mail import HOST, Server, free_port
from tests.notifications.children import environment

WORDS = Rendered("Hello", "Hello\n", "<p>Hello</p>\n")
QUEUE = "notify"


@pytest.fixture
def broker() -> redis.Redis:
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete(QUEUE)
    return client


def waiting(broker: redis.Redis) -> int:
    hints._publisher.wait_until_empty()
    return broker.llen(QUEUE)


@pytest.mark.django_db(transaction=True)
def test_a_hint_leaves_after_the_commit_and_not_before(broker):
    with transaction.atomic():
        outbox.queue(to="reader@example.org", rendered=WORDS)
        assert waiting(broker) == 0
    assert waiting(broker) == 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_leaves_neither_mail_nor_hint(broker):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.queue(to="reader@example.org", rendered=WORDS)
        raise ZeroDivisionError
    assert (waiting(broker), Mail.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_only_what_somebody_hears_of_wakes_a_worker(broker):
    activity.record("idea.posted", subject=("idea", "k3v9wx"))
    assert waiting(broker) == 0
    activity.record("idea.top", subject=("idea", "k3v9wx"))
    assert waiting(broker) == 1


QUEUE_TWENTY = """
import django, time
django.setup()
from notifications.domain import outbox
from notifications.domain.rendering import Rendered
outbox.queue(to="first@example.org", rendered=Rendered("s", "t", "h"))
begun = time.monotonic()
for n in range(20):
    outbox.queue(to=f"reader{n}@example.org", rendered=Rendered("s", "t", "h"))
print(time.monotonic() - begun)
"""


@pytest.mark.parametrize("mood", ["refuses", "hangs"])
@pytest.mark.django_db(transaction=True)
def test_no_request_waits_for_a_broker_that_is_not_there(mood: str):
    with socket.socket() as silent:
        silent.bind((HOST, 0))
        if mood == "hangs":
            silent.listen(5)
        away = environment(REDIS_URL=f"redis://{HOST}:{silent.getsockname()[1]}/0")
        seconds = subprocess.check_output([sys.executable, "-c", QUEUE_TWENTY], env=away, text=True)
    assert float(seconds) < 10  # each that waited would take seconds
    assert Mail.objects.filter(state="queued").count() == 21


def test_the_test_mail_says_where_it_went(mail_server: Server, capsys):
    call_command("send_test_mail", "reader@example.org")
    (letter,) = mail_server.letters
    assert letter.to == ["reader@example.org"]
    assert (
        capsys.readouterr().out
        == f"Sent to reader@example.org through {HOST}:{mail_server.port}.\n"
    )


def test_the_test_mail_says_in_one_line_what_is_wrong(mail_server: Server, settings):
    mail_server.replies["reader@example.org"] = "550 5.1.1 Nobody here"
    with pytest.raises(CommandError, match=r"^Not sent: .*Nobody here.*$"):
        call_command("send_test_mail", "reader@example.org")
    settings.EMAIL_PORT = free_port()
    with pytest.raises(CommandError, match=r"^Not sent: .*refused.*$"):
        call_command("send_test_mail", "reader@example.org")
    with pytest.raises(CommandError, match=r"to: This is not one e-mail address\.$"):
        call_command("send_test_mail", "nobody")
