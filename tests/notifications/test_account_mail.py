"""Sign-up and its companions, from the form to the mailbox."""

import re
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import translation

from accounts.models import User
from notifications import tasks
from notifications.domain import rendering
from notifications.models import Mail
from tests.factories import PASSWORD, make_user
from tests.mail import Letter, Server

pytestmark = pytest.mark.django_db

CODE = re.compile(r"^ +([A-Z0-9-]{6,12})$", re.MULTILINE)
FORM = {"display_name": "Zoé Lefèvre", "email": "Zoe@example.org", "password1": PASSWORD}


@pytest.fixture(autouse=True)
def no_limits() -> None:
    cache.clear()


def sign_up(client: Client, language: str = "en", **over: Any) -> Any:
    return client.post("/accounts/signup/", FORM | over, headers={"accept-language": language})


def arrived(server: Server) -> Letter:
    """Everything queued is sent; exactly one letter is new."""
    before = len(server.letters)
    tasks.send_due_mail()
    (letter,) = server.letters[before:]
    return letter


def test_sign_up_sends_a_code_that_opens_the_account(client: Client, mail_server: Server):
    sign_up(client)
    letter = arrived(mail_server)
    (code,) = CODE.findall(letter.text)
    assert letter.to == ["zoe@example.org"]
    assert letter.html.count(code) == 1
    client.post("/accounts/confirm-email/", {"code": code})
    assert EmailAddress.objects.get(email="zoe@example.org").verified


def test_the_code_mail_speaks_the_language_of_its_reader(client: Client, mail_server: Server):
    sign_up(client, "fr")
    letter = arrived(mail_server)
    with translation.override("fr"):
        sentence = translation.gettext("The code works for a few minutes.")
        subject = translation.gettext("Your code for %(site_name)s")
    assert sentence in letter.text
    assert letter.subject == subject % {"site_name": settings.SITE_NAME}
    assert '<html lang="fr">' in letter.html
    assert User.objects.get().language == "fr"


def test_a_new_login_has_name_handle_and_language_from_the_first_write(client: Client):
    sign_up(client)
    user = User.objects.get()
    assert (user.display_name, user.handle, user.language) == ("Zoé Lefèvre", "zoe-lefevre", "en")


def test_two_people_of_one_name_both_get_in(client: Client):
    sign_up(client)
    sign_up(Client(), email="other@example.org")
    first, second = User.objects.order_by("pk")
    assert first.handle == "zoe-lefevre"
    assert re.fullmatch(r"zoe-lefevre-\w{4}", second.handle)


def test_a_name_that_advertises_does_not_reach_the_mail(client: Client, mail_server: Server):
    sign_up(client, display_name="Win at evil.example now")
    letter = arrived(mail_server)
    assert "evil" not in letter.message.as_string() + letter.text + letter.html


def test_who_has_an_account_is_told_so_by_mail_only(client: Client, mail_server: Server):
    make_user(email="zoe@example.org")
    new, known = sign_up(Client(), email="new@example.org"), sign_up(client)
    assert (new.status_code, new["Location"]) == (known.status_code, known["Location"])
    tasks.send_due_mail()
    (letter,) = mail_server.to("zoe@example.org")
    assert f"{settings.PUBLIC_URL}/accounts/password/reset/" in letter.text
    assert not CODE.findall(letter.text)


def test_a_code_from_the_mail_opens_a_new_password(client: Client, mail_server: Server):
    user = make_user(email="zoe@example.org")
    client.post("/accounts/password/reset/", {"email": user.email})
    letter = arrived(mail_server)
    (code,) = CODE.findall(letter.text)
    client.post("/accounts/password/reset/confirm/", {"code": code})
    new = f"{PASSWORD} new"
    client.post("/accounts/password/reset/complete/", {"password1": new, "password2": new})
    user.refresh_from_db()
    assert user.check_password(new)
    told = arrived(mail_server)
    assert told.to == [user.email]
    assert "127.0.0.1" in told.text


def test_a_reset_for_a_stranger_says_that_there_is_no_account(client: Client, mail_server: Server):
    client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    letter = arrived(mail_server)
    assert letter.to == ["nobody@example.org"]
    assert f"{settings.PUBLIC_URL}/accounts/signup/" in letter.text


def test_whoever_changes_a_password_its_owner_hears_of_it(client: Client, mail_server: Server):
    user = make_user()
    client.force_login(user)
    new = f"{PASSWORD} new"
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
        headers={"user-agent": "Mozilla see evil.example"},
    )
    letter = arrived(mail_server)
    assert letter.to == [user.email]
    assert "127.0.0.1" in letter.text
    assert "evil.example" not in letter.text


def test_a_mail_of_a_request_that_fails_is_not_sent():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        adapter_mail()
        raise ZeroDivisionError
    assert not Mail.objects.exists()


def adapter_mail() -> None:
    from allauth.account.adapter import get_adapter  # noqa: PLC0415 - needs the settings

    context = {"code": "AAAA-BBBB", "user": User(display_name="Zoé")}
    get_adapter().send_mail("account/email/email_confirmation", "zoe@example.org", context)


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "http://localhost:9/"])
def test_a_foreign_next_is_not_followed(client: Client, url: str):
    user = make_user()
    response = client.post(
        f"/accounts/login/?next={url}", {"login": user.email, "password": PASSWORD, "next": url}
    )
    assert response["Location"] == settings.LOGIN_REDIRECT_URL


def test_every_mail_that_allauth_knows_has_our_words():
    theirs = Path(allauth.__file__).parent / "templates/account/email"
    events = {path.name.removesuffix("_subject.txt") for path in theirs.glob("*_subject.txt")}
    for event in events:
        assert rendering.render(event, {"agent": "x"}).subject
