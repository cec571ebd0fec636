"""The outbox against a real SMTP server in all its moods."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from cocreate.lib.errors import Invalid
from notifications import tasks
from notifications.domain import delivery, outbox
from notifications.domain.rendering import Rendered
from notifications.enums import MailState
from notifications.models import Mail
from tests.mail import Server

pytestmark = pytest.mark.django_db

READER = "reader@example.org"
SECRET = Rendered("Your code", "Type SECRET-CODE.\n", "<p>Type SECRET-CODE.</p>\n")


def put(to: str = READER, **over) -> Mail:
    return outbox.queue(to=to, rendered=SECRET, **over)


def make_due(mail: Mail) -> None:
    Mail.objects.filter(pk=mail.pk).update(due_at=Now() - timedelta(seconds=1))


def state_of(mail: Mail) -> str:
    mail.refresh_from_db()
    return mail.state


def test_a_mail_arrives_with_text_html_and_its_own_message_id(mail_server: Server):
    mail = put(headers={"X-Kind": "trial"})
    tasks.send_mail(mail.pk)
    (letter,) = mail_server.letters
    assert (letter.to, letter.subject, letter.id) == ([READER], "Your code", mail.message_id)
    assert letter.text.strip() == "Type SECRET-CODE."
    assert letter.html.strip() == "<p>Type SECRET-CODE.</p>"
    assert letter.message["X-Kind"] == "trial"
    assert letter.message["Auto-Submitted"] == "auto-generated"


def test_a_sent_mail_keeps_no_text_and_no_secret_is_logged(mail_server: Server, caplog):
    caplog.set_level("DEBUG", logger="notifications")
    mail_server.replies[READER] = "451 4.3.0 Later"
    mail = put()
    tasks.send_mail(mail.pk)
    del mail_server.replies[READER]
    make_due(mail)
    tasks.send_due_mail()
    assert state_of(mail) == MailState.SENT
    assert (mail.text, mail.html, mail.error) == ("", "", "")
    said = [record.getMessage() for record in caplog.records if "notifications" in record.name]
    assert said == [f"mail {mail.pk} not sent, attempt 1: SMTPRecipientsRefused 451"]


def test_a_task_that_runs_twice_sends_one_mail(mail_server: Server):
    mail = put()
    for _n in range(2):
        tasks.send_mail(mail.pk)
        tasks.send_due_mail()
    assert len(mail_server.letters) == 1
    assert (state_of(mail), mail.attempts) == (MailState.SENT, 1)


def test_a_task_for_a_mail_that_is_gone_does_nothing(mail_server: Server):
    tasks.send_mail(987_654_321)
    assert mail_server.letters == []


def test_the_same_dedupe_key_is_one_mail():
    assert put(dedupe="once").pk == put(dedupe="once").pk
    assert Mail.objects.count() == 1


def test_the_sweep_sends_all_that_is_due_over_one_connection(mail_server: Server):
    mails = [put(f"reader{n}@example.org") for n in range(3)]
    later = put("later@example.org")
    Mail.objects.filter(pk=later.pk).update(due_at=Now() + timedelta(hours=1))
    tasks.send_due_mail()
    assert [letter.to[0] for letter in mail_server.letters] == [mail.to for mail in mails]
    assert state_of(later) == MailState.QUEUED


def test_a_refused_recipient_is_final(mail_server: Server):
    mail_server.replies[READER] = "550 5.1.1 Nobody here"
    mail, other = put(), put("other@example.org")
    for _n in range(2):
        tasks.send_due_mail()
    assert state_of(mail) == MailState.FAILED
    assert "Nobody here" in mail.error
    assert (mail.attempts, mail.text) == (1, "")
    assert state_of(other) == MailState.SENT


def test_a_mail_refused_after_data_for_good_is_final(mail_server: Server):
    mail_server.replies["DATA"] = "554 5.7.1 No"
    mail = put()
    tasks.send_mail(mail.pk)
    assert (state_of(mail), mail.handovers) == (MailState.FAILED, 0)


@pytest.mark.parametrize("moment", ["MAIL", READER, "DATA"])
def test_a_mail_put_off_by_the_server_is_tried_again_later(mail_server: Server, moment: str):
    mail_server.replies[moment] = "451 4.3.0 Later"
    mail = put()
    tasks.send_mail(mail.pk)
    tasks.send_due_mail()
    assert (state_of(mail), mail.attempts, mail.handovers) == (MailState.QUEUED, 1, 0)
    assert timedelta(seconds=50) < mail.due_at - timezone.now() <= timedelta(minutes=1)
    mail_server.replies.clear()
    make_due(mail)
    tasks.send_due_mail()
    assert [letter.id for letter in mail_server.letters] == [mail.message_id]
    assert state_of(mail) == MailState.SENT


def test_the_waits_grow_and_end(mail_server: Server):
    mail_server.replies[READER] = "451 4.3.0 Later"
    mail, waits = put(), []
    while state_of(mail) == MailState.QUEUED:
        make_due(mail)
        tasks.send_due_mail()
        mail.refresh_from_db()
        waits.append(round((mail.due_at - timezone.now()).total_seconds() / 60))
    assert waits[:-1] == [1, 5, 30, 120, 360, 720, 1440]
    assert (mail.state, mail.attempts, mail.text) == (MailState.FAILED, 8, "")


def test_a_server_that_vanishes_after_data_gets_the_same_message_once_more(mail_server: Server):
    mail_server.vanishes = 1
    mail = put()
    tasks.send_mail(mail.pk)
    assert (state_of(mail), mail.handovers) == (MailState.QUEUED, 1)
    make_due(mail)
    tasks.send_due_mail()
    assert [letter.id for letter in mail_server.letters] == [mail.message_id] * 2
    assert state_of(mail) == MailState.SENT


def test_a_server_that_always_vanishes_after_data_gets_no_third_copy(mail_server: Server):
    mail_server.vanishes = 99
    mail = put()
    for _n in range(4):
        make_due(mail)
        tasks.send_due_mail()
    assert [letter.id for letter in mail_server.letters] == [mail.message_id] * 2
    assert state_of(mail) == MailState.FAILED


def test_with_the_server_away_one_mail_is_tried_and_the_others_wait_untouched(mail_server: Server):
    mail_server.stop()
    first, second = put(), put("other@example.org")
    tasks.send_due_mail()
    assert (state_of(first), first.attempts) == (MailState.QUEUED, 1)
    assert (state_of(second), second.attempts) == (MailState.QUEUED, 0)
    tasks.send_mail(second.pk)  # a hint does not knock again within the minute
    assert (state_of(second), second.attempts) == (MailState.QUEUED, 0)
    mail_server.start()
    make_due(first)
    tasks.send_due_mail()
    assert {letter.to[0] for letter in mail_server.letters} == {READER, "other@example.org"}


def test_a_server_slower_than_our_patience_is_tried_again_later(mail_server: Server, settings):
    settings.EMAIL_TIMEOUT = 0.3
    mail_server.pauses["MAIL"] = 1
    mail = put()
    tasks.send_mail(mail.pk)
    assert (state_of(mail), mail.handovers) == (MailState.QUEUED, 0)
    assert mail_server.letters == []


def test_a_claim_is_left_alone_for_a_while_then_taken_over(mail_server: Server):
    mail = put()
    assert delivery.claim(mail.pk) is not None
    tasks.send_due_mail()
    assert mail_server.letters == []
    Mail.objects.filter(pk=mail.pk).update(claimed_at=Now() - timedelta(seconds=121))
    tasks.send_due_mail()
    assert [letter.id for letter in mail_server.letters] == [mail.message_id]


def test_a_worker_that_was_overtaken_does_not_send(mail_server: Server):
    mail = put()
    slow = delivery.claim(mail.pk)
    Mail.objects.filter(pk=mail.pk).update(claimed_at=Now() - timedelta(seconds=121))
    tasks.send_due_mail()
    with delivery.PostOffice() as office, pytest.raises(delivery.ClaimLost):
        delivery._send(slow, office)
    assert len(mail_server.letters) == 1
    assert not delivery.settle(slow, MailState.FAILED)
    assert state_of(mail) == MailState.SENT


@pytest.mark.parametrize(
    "to",
    [
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\nb@example.org",
        "a@example.org, b@example.org",
        "a@example.org;b@example.org",
        "Reader <a@example.org>",
        "",
    ],
)
def test_what_is_not_one_address_is_refused(to: str):
    with pytest.raises(Invalid):
        put(to)
    assert not Mail.objects.exists()


@pytest.mark.parametrize("header", [("X-A\r\nBcc", "x"), ("X-A", "x\r\nBcc: b@example.org")])
def test_a_header_that_would_become_two_is_refused(header: tuple[str, str]):
    with pytest.raises(Invalid):
        put(headers=dict([header]))
