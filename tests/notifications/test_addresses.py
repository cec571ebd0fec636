"""R24: a server that is slow, refuses or vanishes; and an address that it does not know."""

import time
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from accounts.models import User
from notifications import tasks
from notifications.domain import addresses, outbox
from notifications.domain.rendering import Rendered
from notifications.models import Mail, RefusedAddress
from tests.mail import Server
from tests.notifications.scene import Scene, send, states

pytestmark = pytest.mark.django_db

UNKNOWN = "550 5.1.1 Nobody here"
WORDS = Rendered("Your code", "AAAA-BBBB\n", "<p>AAAA-BBBB</p>\n")


def make_due() -> None:
    Mail.objects.filter(state="queued").update(due_at=Now() - timedelta(seconds=1))


@pytest.fixture
def refused(scene: Scene, mail_server: Server) -> Scene:
    """The follower's server has refused one notice."""
    mail_server.replies[scene.follower.email] = UNKNOWN
    scene.comment(scene.stranger, "First.")
    send()
    return scene


def test_a_refused_address_is_remembered_with_what_was_said(refused: Scene):
    row = addresses.refused(refused.follower)
    assert row is not None
    assert (row.email, row.answer) == (refused.follower.email, UNKNOWN)
    assert states() == {"Author": "sent", "Follower": "failed"}
    assert RefusedAddress.objects.count() == 1


def test_no_further_notice_is_tried_there_and_others_get_theirs(
    refused: Scene, mail_server: Server
):
    before = mail_server.commands["RCPT"]
    refused.comment(refused.stranger, "Second.")
    send()
    assert mail_server.commands["RCPT"] == before + 1  # the author's
    assert Mail.objects.filter(notice__user=refused.follower, state="withheld").count() == 1


def test_a_code_is_still_tried_and_what_arrives_clears_the_mark(
    refused: Scene, mail_server: Server
):
    outbox.queue(to=refused.follower.email, rendered=WORDS)
    tasks.send_due_mail()
    assert addresses.refused(refused.follower) is not None
    mail_server.replies.clear()
    outbox.queue(to=refused.follower.email.upper(), rendered=WORDS)
    tasks.send_due_mail()
    assert addresses.refused(refused.follower) is None


def test_a_code_that_is_refused_marks_the_address_of_an_account(scene: Scene, mail_server: Server):
    mail_server.replies[scene.voter.email] = UNKNOWN
    mail_server.replies["nobody@example.org"] = UNKNOWN
    for to in (scene.voter.email, "nobody@example.org"):
        outbox.queue(to=to, rendered=WORDS)
    tasks.send_due_mail()
    assert list(RefusedAddress.objects.values_list("user", flat=True)) == [scene.voter.pk]


def test_a_new_address_begins_clean(refused: Scene, mail_server: Server):
    User.objects.filter(pk=refused.follower.pk).update(email="new@example.org")
    refused.follower.refresh_from_db()
    assert addresses.refused(refused.follower) is None
    refused.comment(refused.stranger, "Second.")
    send()
    assert len(mail_server.to("new@example.org")) == 1


def test_asked_to_try_again_the_next_notice_goes_there(refused: Scene, mail_server: Server):
    assert addresses.try_again(user=refused.follower)
    assert not addresses.try_again(user=refused.follower)
    mail_server.replies.clear()
    refused.comment(refused.stranger, "Second.")
    send()
    assert len(mail_server.to(refused.follower.email)) == 1


@pytest.mark.parametrize(
    "reply", ["451 4.3.0 Later", "450 4.2.2 Full", "550 5.7.1 Your network is blocked"]
)
def test_what_says_nothing_of_the_mailbox_marks_nobody(
    scene: Scene, mail_server: Server, reply: str
):
    mail_server.replies[scene.follower.email] = reply
    scene.comment(scene.stranger)
    send()
    assert not RefusedAddress.objects.exists()


def test_a_server_that_refuses_all_after_data_marks_nobody(scene: Scene, mail_server: Server):
    mail_server.replies["DATA"] = "554 5.7.1 No"
    scene.comment(scene.stranger)
    send()
    assert set(states().values()) == {"failed"}
    assert not RefusedAddress.objects.exists()


def test_one_refused_and_one_put_off_do_not_keep_the_third_waiting(
    scene: Scene, mail_server: Server
):
    mail_server.replies[scene.author.email] = UNKNOWN
    mail_server.replies[scene.follower.email] = "451 4.3.0 Later"
    scene.decide()
    send()
    assert states() == {"Author": "failed", "Follower": "queued", "Voter": "sent"}
    mail_server.replies.clear()
    make_due()
    send()
    assert states() == {"Author": "failed", "Follower": "sent", "Voter": "sent"}


def test_a_server_of_thirty_seconds_a_command_delays_mail_and_nothing_else(
    scene: Scene, mail_server: Server, settings
):
    """Our patience is twenty seconds; here both are a hundredth."""
    settings.EMAIL_TIMEOUT = 0.2
    mail_server.pauses["MAIL"] = 0.3
    scene.comment(scene.stranger)
    tasks.dispatch_activities()
    began = time.monotonic()
    tasks.send_due_mail()
    assert time.monotonic() - began < 5
    assert set(states().values()) == {"queued"}
    assert sum(Mail.objects.values_list("attempts", flat=True)) == 1  # the others need not try
    mail_server.pauses.clear()
    make_due()
    send()
    assert sorted(len(mail_server.to(one.email)) for one in (scene.author, scene.follower)) == [
        1,
        1,
    ]


def test_a_server_that_drops_after_data_gets_one_more_copy_of_the_same_message(
    scene: Scene, mail_server: Server
):
    mail_server.vanishes = 1
    scene.comment(scene.stranger)
    send()
    for _n in range(3):
        make_due()
        send()
    ids = [letter.id for letter in mail_server.letters]
    assert len(ids) == 3
    assert len(set(ids)) == 2
    assert set(states().values()) == {"sent"}
