"""A real worker, killed with -9 while a slow mail server listens to it: the mail arrives once."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from subprocess import Popen

import pytest

from accounts.models import Activity, Brand
from notifications.domain import fanout, hints, outbox
from notifications.domain.rendering import Rendered
from notifications.enums import MailState
from notifications.models import Mail, Notice
from notifications.models.mail import CLAIM_LASTS
from tests.mail import Server
from tests.notifications.children import worker
from tests.notifications.test_notices import record_top

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

WORDS = Rendered("Your code", "AAAA-BBBB\n", "<p>AAAA-BBBB</p>\n")


def kill(process: Popen[bytes]) -> None:
    """The whole worker, children too, as when a machine dies."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def start() -> Iterator[Callable[..., Popen[bytes]]]:
    """Starts workers and sees to it that none outlives the test."""
    started: list[Popen[bytes]] = []

    def run(**over: str) -> Popen[bytes]:
        started.append(worker(**over))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            kill(process)


def until(reached: Callable[[], bool], seconds: float, *, pause: float = 0.1) -> float:
    """How long it took."""
    begun = time.monotonic()
    while not reached():
        assert time.monotonic() - begun < seconds, "not in time"
        time.sleep(pause)
    return time.monotonic() - begun


def sweep_like_beat() -> None:
    hints.publish(hints.SEND_DUE_MAIL, ())
    time.sleep(1)


@pytest.mark.parametrize("moment", ["MAIL", "RCPT"])
def test_a_worker_killed_while_the_server_dawdles_costs_nobody_the_mail(
    mail_server: Server, start, moment: str
):
    mail_server.pauses[moment] = 5
    first = start(EMAIL_URL=mail_server.url)
    mail = outbox.queue(to="reader@example.org", rendered=WORDS)
    mail_server.wait_for(moment)
    kill(first)
    assert mail_server.letters == []
    assert Mail.objects.get().state == MailState.SENDING

    mail_server.pauses.clear()
    start(EMAIL_URL=mail_server.url)

    def arrived() -> bool:
        sweep_like_beat()
        return bool(mail_server.letters)

    seconds = until(arrived, CLAIM_LASTS.total_seconds() + 30)
    print(f"killed during {moment}: arrived {seconds:.0f} s later")  # noqa: T201 - a figure
    for _n in range(5):
        sweep_like_beat()
    assert [letter.id for letter in mail_server.letters] == [mail.message_id]
    assert Mail.objects.get().state == MailState.SENT


def test_thirty_mails_survive_a_worker_killed_again_and_again(mail_server: Server, start):
    mail_server.pauses["RCPT"] = 0.1
    mails = [outbox.queue(to=f"reader{n}@example.org", rendered=WORDS) for n in range(30)]
    for round_ in range(1, 6):
        process = start(EMAIL_URL=mail_server.url)
        mail_server.wait_for("RCPT", times=5 * round_)
        kill(process)
    start(EMAIL_URL=mail_server.url)

    def all_sent() -> bool:
        sweep_like_beat()
        return not Mail.objects.exclude(state=MailState.SENT).exists()

    seconds = until(all_sent, CLAIM_LASTS.total_seconds() + 60)
    copies = len(mail_server.letters) - len(mails)
    print(f"30 mails, 5 kills: all sent {seconds:.0f} s later, {copies} copies")  # noqa: T201
    assert {letter.id for letter in mail_server.letters} == {mail.message_id for mail in mails}
    assert copies <= 5  # one for each kill that hit between the server's yes and our note of it


def test_a_worker_killed_in_the_fan_out_tells_everybody_once(brand: Brand, start):
    for n in range(1000):
        record_top(brand, code=f"idea{n}")
    waiting = Activity.objects.filter(kind="idea.top", dispatched_at=None)
    for told in (1, 1200):
        process = start()
        hints.publish(hints.DISPATCH, ())
        until(lambda n=told: Notice.objects.count() >= n, 90, pause=0.01)
        kill(process)
        assert Notice.objects.count() == 3 * (1000 - waiting.count())
    left = waiting.count()
    while fanout.dispatch():  # a run ends after a while
        pass
    print(f"fan-out of 3000: killed twice, {3 * left} left to the next worker")  # noqa: T201
    assert 0 < left < 1000
    pairs = list(Notice.objects.values_list("user", "activity"))
    assert len(pairs) == len(set(pairs)) == 3 * 1000
    assert Mail.objects.count() == 3 * 1000
