"""What people do with their account, step by step, and what they find in their mailbox."""

import re
from typing import Any

from django.test import Client

from accounts.models import User
from notifications.models import Mail
from tests.factories import PASSWORD

NEW_PASSWORD = "a horse of another colour"  # noqa: S105 - for tests
CODE = re.compile(r"^ +([A-Z0-9-]{6,12})$", re.MULTILINE)
SEEN = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign_up(client: Client, email: str, **over: str) -> Any:
    form = {"display_name": "Nina", "email": email, "password1": PASSWORD}
    return client.post("/accounts/signup/", form | over)


def sign_in(client: Client, user: User, password: str = PASSWORD, **over: str) -> Any:
    form = {"login": user.email, "password": password}
    return client.post("/accounts/login/", form | over)


def signed_in(user: User, agent: str = SEEN) -> Client:
    """A browser in which the user has just signed in, through the page."""
    client = Client(headers={"user-agent": agent})
    assert sign_in(client, user).status_code == 302
    return client


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/me/").status_code == 200)


def mails_to(address: str) -> list[Mail]:
    return list(Mail.objects.filter(to=address).order_by("pk"))


def code_sent_to(address: str) -> str:
    """From the newest mail."""
    return CODE.findall(mails_to(address)[-1].text)[0]


def ask_for_change(client: Client, email: str, password: str = PASSWORD) -> Any:
    """Type the new address, then the password when it is asked for."""
    page = client.post("/accounts/email/", {"email": email, "action_add": ""})
    if page.status_code == 302 and "reauthenticate" in page["Location"]:
        page = client.post(page["Location"], {"password": password, "next": "/accounts/email/"})
    return page


def enter_code(client: Client, code: str) -> Any:
    return client.post("/accounts/confirm-email/", {"code": code})


def change_password(client: Client, old: str = PASSWORD, new: str = NEW_PASSWORD) -> Any:
    form = {"oldpassword": old, "password1": new, "password2": new}
    return client.post("/accounts/password/change/", form)


def ask_for_reset(client: Client, email: str, **over: str) -> Any:
    return client.post("/accounts/password/reset/", {"email": email} | over)


def enter_reset_code(client: Client, code: str, **over: str) -> Any:
    return client.post("/accounts/password/reset/confirm/", {"code": code} | over)


def choose_password(client: Client, new: str = NEW_PASSWORD, **over: str) -> Any:
    form = {"password1": new, "password2": new}
    return client.post("/accounts/password/reset/complete/", form | over)


def ask_to_enter(client: Client, email: str, **over: str) -> Any:
    return client.post("/accounts/enter/", {"email": email} | over)


def enter_with(client: Client, code: str, **over: str) -> Any:
    return client.post("/accounts/enter/code/", {"code": code} | over)


def come_in(client: Client, email: str, **over: str) -> Any:
    """By the address alone, with the code from the mail."""
    assert ask_to_enter(client, email, **over).status_code == 302
    return enter_with(client, code_sent_to(email), **over)


def newcomer(email: str = "nina@example.org") -> tuple[Client, User]:
    """Who has come by their address alone: no password, no name of their own."""
    client = Client(headers={"user-agent": SEEN})
    come_in(client, email)
    return client, User.objects.get(email=email)


def show_it_is_them(client: Client, email: str) -> Any:
    client.post("/accounts/reauthenticate/code/", {"action": "send"})
    return client.post("/accounts/reauthenticate/code/", {"code": code_sent_to(email)})
