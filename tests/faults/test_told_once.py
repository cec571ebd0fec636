"""R14, R46, R47: whoever is killed with -9, and wherever, everybody is told once."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from subprocess import Popen
from typing import Any

import pytest
from django.db.models.functions import Now

from accounts.domain import activity
from accounts.models import Activity, Brand, Participant, User
from cocreate.embedded import places
from ideas.domain import decisions
from ideas.models import Follow, Idea
from notifications.domain import hints, outbox, subscriptions
from notifications.domain.rendering import Rendered
from notifications.models import Digest, Mail, Notice
from notifications.models.mail import CLAIM_LASTS
from tests.factories import make_user
from tests.mail import Server, mail_server
from tests.notifications.children import environment
from tests.notifications.test_killed_worker import kill, start, until

__all__ = ["mail_server", "start"]

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

ACTIVITIES, WORKERS, WITHIN = 30, 3, 120  # seconds
LOOPS, CROWD, LETTERS, READERS = 100, 10_000, 1_000, 200
WORDS = Rendered("Your code", "AAAA-BBBB\n", "<p>AAAA-BBBB</p>\n")


@pytest.fixture
def relay() -> Iterator[Callable[..., Popen[str]]]:
    """Starts a process that does one step, and returns when it begins to."""
    started: list[Popen[str]] = []

    def run(step: str, **over: str) -> Popen[str]:
        argv = [sys.executable, "-m", "tests.faults.relay", step]
        process = Popen(
            argv, env=environment(**over), cwd=places.ROOT, stdout=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def like_beat() -> None:
    for task in (hints.DISPATCH, hints.SEND_DUE_MAIL):
        hints.publish(task, ())
    time.sleep(1)


def expire_claims() -> None:
    """As if the time of a claim had passed."""
    Mail.objects.filter(state="sending").update(claimed_at=Now() - CLAIM_LASTS * 2)


def copies(server: Server) -> Counter[str]:
    return Counter(letter.id for letter in server.letters)


def record_tops(brand: Brand, how_many: int) -> None:
    for n in range(how_many):
        activity.record(
            "idea.top", subject=("idea", f"idea{n}"), brand=brand, private=True,
            data={"title": f"Idea {n}", "rank": 1},
        )  # fmt: skip


def test_r14_thirty_activities_survive_the_death_of_all_workers(brand: Brand, mail_server, start):
    """The team of three hears of each: 90 notices, 90 mails."""
    mail_server.pauses["RCPT"] = 0.1
    record_tops(brand, ACTIVITIES)
    workers = [start(EMAIL_URL=mail_server.url) for _n in range(WORKERS)]
    for _n in range(WORKERS):
        like_beat()
    mail_server.wait_for("RCPT", times=5)
    for one in workers:
        kill(one)
    left = Mail.objects.exclude(state="sent").count()
    mail_server.pauses.clear()
    for _n in range(WORKERS):
        start(EMAIL_URL=mail_server.url)

    def all_told() -> bool:
        like_beat()
        sent = Mail.objects.filter(state="sent").count()
        return sent == Notice.objects.count() == 3 * ACTIVITIES

    seconds = until(all_told, WITHIN)
    for _n in range(3):
        like_beat()
    seen = copies(mail_server)
    print(f"R14: {left} mails left at the kill, all there {seconds:.0f} s later, {seen.total()}")  # noqa: T201
    assert left > 0
    assert len(seen) == 3 * ACTIVITIES
    assert seen.total() - len(seen) <= WORKERS  # killed between the server's yes and our note of it
    pairs = Notice.objects.values_list("user", "activity").distinct().count()
    assert pairs == Notice.objects.count() == 3 * ACTIVITIES


class Killer(Server):
    """Takes a letter and kills who brought it before it can note that; `always`, or only where the
    letter is new.
    """

    always = False
    victim: Popen[Any] | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        reply = await super().handle_DATA(server, session, envelope)
        is_new = copies(self)[self.letters[-1].id] == 1
        if self.victim and (is_new or self.always):
            os.killpg(self.victim.pid, signal.SIGKILL)
        return reply


@pytest.fixture
def killer() -> Iterator[Killer]:
    server = Killer()
    server.start()
    yield server
    server.stop()


def test_r46_a_relay_killed_between_send_and_mark_sends_the_same_message_once_more(relay, killer):
    """Each sends again what the one before it could not note, and dies over its own."""
    before = None
    for _n in range(LOOPS):
        mail = outbox.queue(to="reader@example.org", rendered=WORDS)
        killer.victim = relay("send", EMAIL_URL=killer.url)
        killer.victim.wait(60)
        mail.refresh_from_db()
        assert (mail.state, copies(killer)[mail.message_id]) == ("sending", 1)
        if before:
            before.refresh_from_db()
            assert (before.state, copies(killer)[before.message_id]) == ("sent", 2)
        before = mail
        expire_claims()
    relay("send", EMAIL_URL=killer.url).wait(60)
    seen = copies(killer)
    print(f"R46: {LOOPS} kills, {seen.total()} at the transport, {len(seen)} messages")  # noqa: T201
    assert set(seen.values()) == {2}
    assert len(seen) == Mail.objects.filter(state="sent").count() == LOOPS


def test_r46_a_relay_killed_each_time_gives_up_after_the_second_copy(relay, killer):
    killer.always = True
    mail = outbox.queue(to="reader@example.org", rendered=WORDS)
    for _n in range(4):
        killer.victim = relay("send", EMAIL_URL=killer.url)
        killer.victim.wait(60)
        expire_claims()
    mail.refresh_from_db()
    assert (mail.state, copies(killer)) == ("failed", {mail.message_id: 2})


def crowd_behind(idea: Idea, how_many: int) -> None:
    """People who follow the idea."""
    people = User.objects.bulk_create(
        User(email=f"p{n}@example.org", handle=f"p{n}", display_name=f"P{n}")
        for n in range(how_many)
    )
    participants = Participant.objects.bulk_create(
        Participant(brand=idea.brand, user=user) for user in people
    )
    Follow.objects.bulk_create(Follow(idea=idea, participant=one) for one in participants)


def test_r47_ten_thousand_hear_once_though_workers_die_half_way(
    idea: Idea, bob: User, mail_server, relay, settings
):
    """All of them are told; a tenth is enough to see the mails leave."""
    settings.UNDO_SECONDS = 0
    crowd_behind(idea, CROWD)
    decisions.set_status(idea=idea, status="planned", actor=bob)
    for seconds in (0.5, 1.5):
        process = relay("tell")
        time.sleep(seconds)
        process.kill()
        process.wait()
        assert Notice.objects.count() in {0, CROWD + 1}  # and the author
    began = time.monotonic()
    relay("tell").wait(300)
    told_in = time.monotonic() - began
    assert Notice.objects.count() == Mail.objects.count() == CROWD + 1

    rest = Mail.objects.order_by("pk").values_list("pk", flat=True)[LETTERS:]
    Mail.objects.filter(pk__in=list(rest)).update(state="dropped")
    began = time.monotonic()
    victim = relay("send", EMAIL_URL=mail_server.url)
    while len(mail_server.letters) < LETTERS / 2:
        if victim.poll() is not None:
            victim = relay("send", EMAIL_URL=mail_server.url)
        time.sleep(0.01)
    victim.kill()
    victim.wait()
    at_the_kill = len(mail_server.letters)
    expire_claims()
    while Mail.objects.exclude(state__in=["sent", "dropped"]).exists():
        relay("send", EMAIL_URL=mail_server.url).wait(120)
    seen = copies(mail_server)
    sent_in = time.monotonic() - began
    print(  # noqa: T201
        f"R47: told in {told_in:.0f} s, killed at {at_the_kill}, {seen.total()} letters"
        f" of {len(seen)} messages, {len(seen) / sent_in:.0f} a second"
    )
    assert len(seen) == LETTERS
    assert seen.total() - len(seen) <= 1
    assert len({letter.to[0] for letter in mail_server.letters}) == LETTERS


def test_digests_are_built_once_each_though_builders_die_at_any_moment(
    brand: Brand, mail_server, relay
):
    readers = [make_user(f"Reader{n}") for n in range(READERS)]
    for one in readers:
        brand.memberships.create(user=one, role="analyst")
        subscriptions.choose(user=one, brand=brand, frequency="daily")
    record_tops(brand, 3)
    relay("tell").wait(120)
    Notice.objects.awaiting_digest().update(digest_at=Now() - timedelta(seconds=1))
    dice, kills, built = random.Random(47), 0, [0]
    while built[-1] < READERS:
        processes = [relay("digests") for _n in range(2)]
        time.sleep(dice.uniform(0.02, 0.3))
        for process in processes:
            process.kill()
            process.wait()
        kills += len(processes)
        built.append(Digest.objects.count())
        assert Mail.objects.filter(digest__isnull=False).count() == built[-1]
    relay("digests").wait(60)
    while Mail.objects.filter(state="queued").exists():
        relay("send", EMAIL_URL=mail_server.url).wait(60)
    letters = Counter(letter.to[0] for letter in mail_server.letters)
    print(f"digests: {kills} builders killed at {built}")  # noqa: T201
    assert {letters[one.email] for one in readers} == {1}
    assert Notice.objects.filter(digest__isnull=False).count() == 3 * READERS
    assert Activity.objects.filter(dispatched_at=None).count() == 0
    assert all(
        "3 messages" in m.subject for m in mail_server.letters if m.to[0].startswith("reader")
    )
