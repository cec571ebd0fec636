"""S05 to S07: what our mails can be made to say, and what a machine that follows them can do."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client

from accounts.models import Session, User
from notifications.models import Mail
from tests.accounts.steps import (
    CODE,
    NEW_PASSWORD,
    ask_for_change,
    ask_for_reset,
    change_password,
    choose_password,
    code_sent_to,
    enter_code,
    enter_reset_code,
    is_signed_in,
    mails_to,
    sign_in,
    sign_up,
    signed_in,
)
from tests.factories import PASSWORD, make_user
from tests.web.conftest import text_of

pytestmark = pytest.mark.django_db

LINK = re.compile(r"""https?://[^\s"'<>]+""")
FLOWS = [
    ("/accounts/password/reset/", {"email": "zoe@example.org"}),
    ("/accounts/password/reset/", {"email": "nobody@example.org"}),
    ("/accounts/signup/", {"email": "zoe@example.org", "display_name": "Z", "password1": PASSWORD}),
    ("/accounts/signup/", {"email": "new@example.org", "display_name": "N", "password1": PASSWORD}),
]


def links():
    return {link for mail in Mail.objects.all() for link in LINK.findall(mail.text + mail.html)}


@pytest.mark.parametrize("path,form", FLOWS)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_s05_another_host_is_refused_and_gets_no_mail(path, form, host):
    make_user(email="zoe@example.org")
    answer = Client().post(path, form, HTTP_HOST=host)
    assert answer.status_code == 400
    assert not Mail.objects.exists()


@pytest.mark.parametrize("path,form", FLOWS)
@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-host": "evil.example"},
        {"x-host": "evil.example", "forwarded": "host=evil.example"},
        {"x-forwarded-server": "evil.example", "x-forwarded-proto": "gopher"},
        {"host": "localhost:666"},
    ],
)
def test_s05_mails_lead_to_our_own_address_whatever_a_request_claims(path, form, headers):
    make_user(email="zoe@example.org")
    assert Client(headers=headers).post(path, form).status_code == 302
    assert links()
    assert {f"{urlsplit(link).scheme}://{urlsplit(link).netloc}" for link in links()} == {
        settings.PUBLIC_URL
    }
    assert not re.search(r"evil|:666", "".join(m.text + m.html for m in Mail.objects.all()))


def pending_reset(user):
    """A browser that waits for the code, and the code."""
    visitor = Client()
    ask_for_reset(visitor, user.email)
    return visitor, code_sent_to(user.email)


def test_s06_a_code_works_once(charlie):
    visitor, code = pending_reset(charlie)
    enter_reset_code(visitor, code)
    choose_password(visitor)
    again = f"{NEW_PASSWORD} again"
    assert enter_reset_code(visitor, code)["Location"] == "/accounts/login/"
    assert choose_password(visitor, again)["Location"] == "/accounts/password/reset/"
    charlie.refresh_from_db()
    assert charlie.check_password(NEW_PASSWORD)


def test_s06_a_code_is_of_no_use_in_another_browser(charlie):
    _visitor, code = pending_reset(charlie)
    stranger = Client()
    assert enter_reset_code(stranger, code)["Location"] == "/accounts/login/"
    ask_for_reset(stranger, "nobody@example.org")
    assert enter_reset_code(stranger, code).status_code == 200


def change_the_address(user):
    client = signed_in(user)
    ask_for_change(client, "zoe@new.example")
    enter_code(client, code_sent_to("zoe@new.example"))


def change_the_password(user):
    change_password(signed_in(user))


def close_the_account(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


EVENTS = [change_the_address, change_the_password, close_the_account]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_s06_a_code_is_void_once_the_account_has_changed(charlie, event):
    visitor, code = pending_reset(charlie)
    event(charlie)
    charlie.refresh_from_db()
    before = charlie.password
    answer = enter_reset_code(visitor, code)
    assert answer.status_code == 200
    assert "Your account has changed since this code was sent." in text_of(answer)
    choose_password(visitor, f"{NEW_PASSWORD} stolen")
    charlie.refresh_from_db()
    assert charlie.password == before


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_s06_a_code_that_was_entered_before_the_change_is_void_too(charlie, event):
    visitor, code = pending_reset(charlie)
    enter_reset_code(visitor, code)
    event(charlie)
    charlie.refresh_from_db()
    before = charlie.password
    answer = choose_password(visitor, f"{NEW_PASSWORD} stolen")
    assert answer.status_code == 200
    assert not is_signed_in(visitor)
    charlie.refresh_from_db()
    assert charlie.password == before


@pytest.mark.parametrize(
    "typed",
    [
        "mıke@example.org",  # noqa: RUF001 - a dotless i, which is an I in capitals
        "mike@exampıe.org",  # noqa: RUF001
        "mike@ｅxample.org",  # noqa: RUF001 - full width
        "miKe@example.org",  # noqa: RUF001 - the sign for kelvin
        "mike@example.org\u200b",
        "mike@example.org,evil@example.org",
        "mike@example.org\r\nBcc: evil@example.org",
    ],
)
def test_s06_a_look_alike_address_gets_nobodys_code(typed):
    mike = make_user(email="mike@example.org")
    ask_for_reset(Client(), typed)
    to_others = [mail for mail in Mail.objects.exclude(to=mike.email) if CODE.search(mail.text)]
    assert to_others == []


@pytest.mark.parametrize("typed", ["mıke@example.org", "mike@ｅxample.org"])  # noqa: RUF001
def test_s06_a_look_alike_address_signs_nobody_in(typed):
    make_user(email="mike@example.org")
    client = Client()
    assert sign_in(client, User(email=typed)).status_code == 200
    assert "_auth_user_id" not in client.session


def state_of_accounts():
    return [
        list(User.objects.order_by("pk").values_list("email", "password", "is_active")),
        list(EmailAddress.objects.order_by("pk").values_list("email", "verified", "primary")),
        sorted(Session.objects.exclude(user=None).values_list("pk", flat=True)),
        Mail.objects.count(),
    ]


def test_s07_following_every_link_of_every_mail_changes_nothing(charlie):
    sign_up(newcomer := Client(), "new@example.org")
    sign_up(Client(), charlie.email)
    ask_for_reset(forgetful := Client(), charlie.email)
    ask_for_reset(Client(), "nobody@example.org")
    member = signed_in(charlie)
    ask_for_change(member, "zoe@new.example")
    assert len(mails_to("zoe@new.example")) == 1
    before = state_of_accounts()
    for scanner in (Client(), newcomer, forgetful, member):
        for link in sorted(links()):
            path = link.removeprefix(settings.PUBLIC_URL)
            scanner.get(path)
            scanner.head(path)
    assert state_of_accounts() == before
    assert not is_signed_in(newcomer)


def test_s07_only_a_post_takes_a_code(charlie):
    visitor, code = pending_reset(charlie)
    newcomer = Client()
    sign_up(newcomer, "new@example.org")
    before = state_of_accounts()
    newcomer.get("/accounts/confirm-email/", {"code": code_sent_to("new@example.org")})
    visitor.get("/accounts/password/reset/confirm/", {"code": code})
    visitor.get(
        "/accounts/password/reset/complete/", {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    )
    assert state_of_accounts() == before
