"""One mail of several notices: never empty, never twice, whoever is killed."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone, translation

from accounts.models import User
from notifications import tasks
from notifications.domain import digests, outcomes, subscriptions, texts
from notifications.domain.inbox import mark_read
from notifications.models import Digest, Mail, Notice, Subscription
from tests.mail import Server
from tests.notifications.scene import Scene, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(scene: Scene) -> Scene:
    """Three comments wait for the follower's morning."""
    subscriptions.choose(user=scene.follower, brand=scene.brand, frequency="daily")
    subscriptions.choose(user=scene.author, brand=scene.brand, frequency="off")
    for n in range(3):
        scene.comment(scene.stranger, f"Comment {n} with www.evil.example in it")
    tasks.dispatch_activities()
    return scene


def morning() -> None:
    Notice.objects.awaiting_digest().update(digest_at=Now() - timedelta(seconds=1))


def deliver() -> None:
    tasks.build_digests()
    tasks.send_due_mail()


def outcomes_of(user: User) -> list[str]:
    return [outcomes.of(n).code for n in Notice.objects.filter(user=user).order_by("pk")]


def test_nothing_leaves_before_the_morning(waiting: Scene, mail_server: Server):
    deliver()
    assert mail_server.letters == []


def test_in_the_morning_one_mail_says_it_all(waiting: Scene, mail_server: Server, settings):
    morning()
    for _n in range(3):
        deliver()
    (letter,) = mail_server.letters
    assert letter.to == [waiting.follower.email]
    assert letter.subject == "Your day at Mio Motors: 3 messages"
    headline = "* Stranger commented on “Doors both ways”.\n"
    assert letter.text.count(headline) == 3
    assert letter.text.index("> Comment 0") < letter.text.index("> Comment 2")
    assert f"{settings.PUBLIC_URL}/i/{waiting.idea.code}/comments/" in letter.text
    assert "You get this because you chose one mail a day of Mio Motors." in letter.text
    assert "www.evil.example" not in letter.text + letter.html
    assert "with www.evil.example in it" in letter.text.replace(texts.WORD_JOINER, "")
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert outcomes_of(waiting.follower) == ["sent"] * 3
    assert set(Digest.objects.values_list("pace", "day")) == {("daily", timezone.now().date())}


def test_a_digest_speaks_its_reader_s_language(waiting: Scene, mail_server: Server):
    User.objects.filter(pk=waiting.follower.pk).update(language="fr")
    subscriptions.choose(user=waiting.follower, brand=waiting.brand, frequency="weekly")
    morning()
    deliver()
    (letter,) = mail_server.letters
    assert '<html lang="fr">' in letter.html
    with translation.override("fr"):
        line = translation.gettext("All that you get by mail")
    assert line in letter.text


def test_what_was_read_is_not_in_it_and_read_all_none_leaves(waiting: Scene, mail_server: Server):
    first = Notice.objects.filter(user=waiting.follower).first()
    mark_read(user=waiting.follower, codes=[first.code])
    morning()
    tasks.build_digests()
    mark_read(user=waiting.follower)
    tasks.send_due_mail()
    assert mail_server.letters == []
    assert Mail.objects.get(digest__isnull=False).state == "dropped"


def test_read_before_the_morning_no_digest_is_built(waiting: Scene, mail_server: Server):
    mark_read(user=waiting.follower)
    morning()
    deliver()
    assert (Digest.objects.count(), mail_server.letters) == (0, [])
    assert outcomes_of(waiting.follower) == ["read_before"] * 3


def test_a_digest_of_what_nobody_may_hear_any_more_does_not_leave(
    waiting: Scene, mail_server: Server
):
    morning()
    tasks.build_digests()
    waiting.unfollow(waiting.follower)
    tasks.send_due_mail()
    assert mail_server.letters == []
    assert outcomes_of(waiting.follower) == ["dropped"] * 3


def test_what_may_not_be_told_any_more_is_left_out_of_it(waiting: Scene, mail_server: Server):
    morning()
    tasks.build_digests()
    waiting.idea.talk.filter(body__startswith="Comment 1").update(hidden=True)
    tasks.send_due_mail()
    (letter,) = mail_server.letters
    assert letter.subject == "Your day at Mio Motors: 2 messages"
    assert "Comment 1" not in letter.text
    assert outcomes_of(waiting.follower) == ["sent", "dropped", "sent"]


def test_who_turns_away_between_building_and_sending_gets_none(waiting: Scene, mail_server: Server):
    morning()
    tasks.build_digests()
    subscriptions.choose(user=waiting.follower, brand=waiting.brand, frequency="off")
    tasks.send_due_mail()
    assert mail_server.letters == []
    assert outcomes_of(waiting.follower) == ["off"] * 3


def test_back_to_at_once_what_waited_leaves_in_one_mail_now(waiting: Scene, mail_server: Server):
    subscriptions.choose(user=waiting.follower, brand=waiting.brand, frequency="instant")
    deliver()
    assert [letter.subject for letter in mail_server.letters] == [
        "Your day at Mio Motors: 3 messages"
    ]
    waiting.comment(waiting.stranger, "One more.")
    send()
    assert len(mail_server.letters) == 2


def test_of_a_long_digest_the_newest_thirty_are_named(waiting: Scene, mail_server: Server):
    for n in range(30):
        waiting.comment(waiting.stranger, f"Another {n}")
    tasks.dispatch_activities()
    morning()
    deliver()
    (letter,) = mail_server.letters
    assert letter.subject == "Your day at Mio Motors: 33 messages"
    assert letter.text.count("commented on") == 30
    assert "And 3 older messages, in your inbox:" in letter.text


def test_a_digest_of_hundreds_asks_only_for_what_it_names(
    waiting: Scene, mail_server: Server, django_assert_max_num_queries: Any
):
    for n in range(200):
        waiting.comment(waiting.stranger, f"And another {n}")
    tasks.dispatch_activities()
    morning()
    tasks.build_digests()
    with django_assert_max_num_queries(200):
        tasks.send_due_mail()
    (letter,) = mail_server.letters
    assert letter.subject == "Your day at Mio Motors: 203 messages"
    assert "And another 199" in letter.text
    assert "Comment 0 " not in letter.text


def test_a_second_one_of_the_same_day_waits_for_the_next(waiting: Scene, mail_server: Server):
    """Somebody flew west, and the morning of this day comes again."""
    morning()
    deliver()
    waiting.comment(waiting.stranger, "Later that day.")
    tasks.dispatch_activities()
    morning()
    deliver()
    assert len(mail_server.letters) == 1
    waits = Notice.objects.awaiting_digest().get()
    assert waits.digest_at > timezone.now()


def test_the_database_holds_one_digest_a_day_of_a_reader_and_brand(waiting: Scene):
    row = {"user": waiting.follower, "brand": waiting.brand, "pace": "daily", "day": "2026-11-22"}
    Digest.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Digest.objects.create(**row)


@pytest.mark.parametrize("step", ["get_or_create", "queue_digest"])
def test_a_builder_killed_at_any_step_leaves_nothing_and_the_next_builds_it(
    waiting: Scene, mail_server: Server, monkeypatch, step: str
):
    morning()

    def killed(*_args: Any, **_kwargs: Any) -> None:
        raise KeyboardInterrupt

    where = digests.outbox if step == "queue_digest" else type(Digest.objects)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(where, step, killed)
        tasks.build_digests()
    assert (Digest.objects.count(), Mail.objects.count()) == (0, 0)
    assert Notice.objects.awaiting_digest().count() == 3
    deliver()
    assert len(mail_server.letters) == 1


def test_a_batch_is_bounded_and_the_run_goes_through_all(
    waiting: Scene, mail_server: Server, monkeypatch
):
    monkeypatch.setattr(digests, "PAIRS_AT_ONCE", 1)
    subscriptions.choose(user=waiting.author, brand=waiting.brand, frequency="weekly")
    waiting.comment(waiting.stranger, "One more.")
    tasks.dispatch_activities()
    morning()
    assert digests.build_due() == 2


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_build_one_digest_each_reader(waiting: Scene, mail_server: Server):
    morning()
    together = Barrier(4)

    def beat() -> None:
        together.wait()
        try:
            tasks.build_digests()
        finally:
            connection.close()

    threads = [Thread(target=beat) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tasks.send_due_mail()
    assert (Digest.objects.count(), len(mail_server.letters)) == (1, 1)
    assert outcomes_of(waiting.follower) == ["sent"] * 3


@pytest.mark.django_db(transaction=True)
def test_a_reader_whose_choice_is_held_is_built_by_the_next_run(waiting: Scene):
    morning()
    with transaction.atomic():
        Subscription.objects.select_for_update().get(user=waiting.follower)
        other = Thread(target=lambda: (tasks.build_digests(), connection.close()))
        other.start()
        other.join()
        assert not Digest.objects.exists()
    assert digests.build_due() == 1
