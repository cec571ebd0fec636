"""From what happened to the inbox and the mailbox of the brand's team."""

from typing import Any

import pytest
from django.utils import translation

from accounts.domain import activity
from accounts.domain.teams import add_member
from accounts.enums import Role
from accounts.models import Activity, Brand, Membership, User
from notifications import tasks
from notifications.domain import audience, fanout, headlines
from notifications.enums import MailState
from notifications.models import Mail, Notice
from tests.factories import make_user
from tests.mail import Server

pytestmark = pytest.mark.django_db


def record_top(brand: Brand, title: str = "Doors that open both ways", code: str = "k3v9wx") -> Any:
    data = {"rank": 3, "title": title}
    return activity.record("idea.top", subject=("idea", code), brand=brand, private=True, data=data)


def dispatch_and_send() -> None:
    tasks.dispatch_activities()
    tasks.send_due_mail()


def test_the_whole_team_is_told_once_in_inbox_and_mail(
    brand: Brand, alice: User, bob: User, rita: User, charlie: User, mallory: User, mail_server
):
    record_top(brand)
    for _n in range(2):
        dispatch_and_send()
    team = {alice.email, bob.email, rita.email}
    assert {notice.user for notice in Notice.objects.all()} == {alice, bob, rita}
    assert sorted(letter.to[0] for letter in mail_server.letters) == sorted(team)


def test_what_nobody_hears_of_is_only_marked(brand: Brand):
    activity.record("idea.posted", subject=("idea", "k3v9wx"), brand=brand)
    tasks.dispatch_activities()
    assert not Activity.objects.filter(dispatched_at=None).exists()
    assert not Notice.objects.exists()


def test_the_mail_says_what_rose_where_and_why_one_gets_it(
    brand: Brand, alice: User, mail_server: Server, settings
):
    record_top(brand)
    dispatch_and_send()
    (letter,) = mail_server.to(alice.email)
    assert letter.subject == "“Doors that open both ways” rose to place 3 at Mio Motors"
    assert "> Doors that open both ways\n" in letter.text
    assert f"{settings.PUBLIC_URL}/i/k3v9wx/doors-that-open-both-ways/" in letter.text
    assert f"{settings.PUBLIC_URL}/desk/mio/" in letter.html
    assert "You get this because you are in the team of Mio Motors." in letter.text


def test_each_reader_is_written_to_in_their_language(brand: Brand, mail_server: Server):
    zoe = make_user("Zoé", language="fr")
    add_member(brand=brand, user=zoe, role=Role.ANALYST)
    record_top(brand)
    dispatch_and_send()
    (letter,) = mail_server.to(zoe.email)
    with translation.override("fr"):
        why = translation.gettext("You get this because you are in the team of %(brand_name)s.")
    assert '<html lang="fr">' in letter.html
    assert why % {"brand_name": "Mio Motors"} in letter.text


def test_who_left_the_team_meanwhile_gets_no_mail(brand: Brand, bob: User, mail_server: Server):
    record_top(brand)
    tasks.dispatch_activities()
    Membership.objects.get(brand=brand, user=bob).delete()
    tasks.send_due_mail()
    assert mail_server.to(bob.email) == []
    assert len(mail_server.letters) == 2
    assert Mail.objects.get(notice__user=bob).state == MailState.DROPPED


def test_who_was_deactivated_meanwhile_gets_no_mail(brand: Brand, bob: User, mail_server: Server):
    record_top(brand)
    tasks.dispatch_activities()
    User.objects.filter(pk=bob.pk).update(is_active=False)
    tasks.send_due_mail()
    assert mail_server.to(bob.email) == []


def test_a_mail_goes_to_the_address_its_reader_has_when_it_leaves(
    brand: Brand, bob: User, mail_server: Server
):
    record_top(brand)
    tasks.dispatch_activities()
    User.objects.filter(pk=bob.pk).update(email="bob@new.example")
    tasks.send_due_mail()
    assert len(mail_server.to("bob@new.example")) == 1


def test_a_title_is_quoted_on_one_line_and_never_a_link(brand: Brand, alice: User, mail_server):
    title = "Win at https://evil.example/x\r\nBcc: a@b.example \u202eesrever <b>now</b>"
    record_top(brand, title=title)
    dispatch_and_send()
    (letter,) = mail_server.to(alice.email)
    assert letter.message.get_all("Bcc") is None
    assert len(letter.message.get_all("Subject")) == 1
    for part in (letter.text, letter.html):
        assert "https://evil" not in part
        assert "evil.example" not in part
        assert "a@b" not in part
        assert "\u202e" not in part
    assert "<b>" not in letter.html
    assert "evil" not in letter.html[letter.html.index("href=") :].split(">")[0].split("/i/")[0]


def test_a_long_title_is_cut_in_the_subject(brand: Brand, alice: User, mail_server: Server):
    record_top(brand, title="ä" * 300)
    dispatch_and_send()
    (letter,) = mail_server.to(alice.email)
    assert len(letter.subject) <= 150


def test_one_activity_that_cannot_be_told_does_not_stop_the_others(
    brand: Brand, monkeypatch, caplog
):
    def broken(_story: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setitem(audience.AUDIENCES, "idea.broken", broken)
    bad = activity.record("idea.broken", subject=("idea", "k3v9wx"), brand=brand)
    record_top(brand)
    tasks.dispatch_activities()
    assert list(Activity.objects.filter(dispatched_at=None)) == [bad]
    assert Notice.objects.count() == 3


def test_activity_notices_and_mails_stand_together_or_not_at_all(brand: Brand, monkeypatch):
    """A worker killed at any place of the fan-out leaves nothing half told."""
    record_top(brand)

    def killed(**_kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(fanout.outbox, "queue_notices", killed)
        tasks.dispatch_activities()
    assert not Notice.objects.exists()
    tasks.dispatch_activities()
    assert (Notice.objects.count(), Mail.objects.count()) == (3, 3)


def test_a_notice_of_a_kind_we_do_not_know_any_more_still_reads(brand: Brand, alice: User):
    old = activity.record("idea.forgotten", subject=("brand", brand.slug), brand=brand)
    notice = Notice(user=alice, activity=old)
    (line,) = headlines.lines_of([notice])
    assert line.headline == "Something happened."
    assert line.path == "/desk/mio/"
