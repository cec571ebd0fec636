"""Every page of allauth is one of ours, in both languages."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account import views
from django.conf import settings
from django.template.loader import get_template
from django.test import Client
from django.urls import get_resolver, resolve, reverse
from django.utils import translation

from tests.accounts.steps import ask_for_change, ask_for_reset, sign_up, signed_in
from tests.factories import make_user
from tests.web.conftest import reader, text_of

pytestmark = pytest.mark.django_db

OURS = settings.BASE_DIR / "templates"
THEIRS = Path(allauth.__file__).parent / "templates/account"
# Only pieces that their own pages are made of.
PIECES = re.compile(r"base_\w+\.html$|snippets/")
# Behind settings that we do not set; the next test says that no address leads to them.
UNREACHED = {
    "confirm_phone_verification_code.html",
    "email.html",
    "email_confirm.html",
    "password_reset_done.html",
    "phone_change.html",
    "request_login_code.html",
    "signup_by_passkey.html",
}
HIDDEN_VIEWS = {"account_email_verification_sent": views.ConfirmEmailVerificationCodeView}


def account_names():
    found = {
        match.name
        for entry in get_resolver().url_patterns
        if str(entry.pattern) == "accounts/"
        for match in entry.url_patterns
    }
    assert len(found) > 12
    return sorted(found)


def view_of(name):
    view = resolve(reverse(name)).func
    return HIDDEN_VIEWS.get(name) or view.view_class


def comes_from_us(name):
    return Path(get_template(name).origin.name).is_relative_to(OURS)


def test_the_page_behind_every_address_of_allauth_is_ours():
    foreign = [name for name in account_names() if not comes_from_us(view_of(name).template_name)]
    assert foreign == []


def test_no_template_of_allauth_is_left_that_somebody_could_meet():
    pages = {str(path.relative_to(THEIRS)) for path in THEIRS.rglob("*.html")}
    pages = {name for name in pages if not PIECES.search(name)}
    foreign = {name for name in pages if not comes_from_us(f"account/{name}")}
    assert foreign == UNREACHED


def test_what_is_left_of_allauths_templates_is_behind_no_address():
    reached = {view_of(name).template_name for name in account_names()}
    assert reached & {f"account/{name}" for name in UNREACHED} == set()


def on_a_code_page(client, user):
    sign_up(client, "new@example.org")
    return "/accounts/confirm-email/"


def on_the_page_of_a_changed_address(client, user):
    ask_for_change(client, "new@example.org")
    return "/accounts/confirm-email/"


def on_the_page_of_a_reset(client, user):
    ask_for_reset(client, user.email)
    return "/accounts/password/reset/confirm/"


VISITORS = ["login/", "signup/", "password/reset/", "password/reset/done/", "inactive/"]
VISITORS += [on_a_code_page, on_the_page_of_a_reset]
MEMBERS = ["email/", "password/change/", "logout/", "reauthenticate/"]
MEMBERS += [on_the_page_of_a_changed_address]


def name_of(where):
    return getattr(where, "__name__", where)


def heading(client, where, user, language):
    path = where(client, user) if callable(where) else f"/accounts/{where}"
    page = client.get(path, headers={"accept-language": language})
    assert page.status_code == 200
    body = page.content.decode()
    assert f'<html lang="{language}">' in body
    assert 'class="topbar"' in body
    return text_of(page)


@pytest.mark.parametrize("where", VISITORS, ids=name_of)
def test_a_page_for_visitors_speaks_both_languages(where, charlie):
    english = heading(reader(accept_language="en"), where, charlie, "en")
    french = heading(reader(accept_language="fr"), where, charlie, "fr")
    assert english != french


@pytest.mark.parametrize("where", MEMBERS, ids=name_of)
def test_a_page_for_members_speaks_both_languages(where, charlie):
    english = heading(signed_in(charlie), where, charlie, "en")
    lea = make_user("Lea", language="fr")
    french = heading(signed_in(lea), where, lea, "fr")
    assert english != french


def test_a_member_who_is_signed_in_finds_the_way_between_their_pages(charlie):
    client = signed_in(charlie)
    for path in ("/accounts/email/", "/accounts/password/change/", "/me/sessions/"):
        body = client.get(path).content.decode()
        assert f'href="{path}" aria-current="page"' in body
        assert body.count('href="/me/sessions/"') == 1


def test_the_messages_that_allauth_shows_are_in_our_words():
    for name in ("password_changed", "password_set", "email_confirmation_sent"):
        assert comes_from_us(f"account/messages/{name}.txt")
    with translation.override("en"):
        shown = get_template("account/messages/email_confirmation_sent.txt")
        assert (
            shown.render({"email": "a&b@example.org"})
            == "A code is on its way to a&b@example.org.\n"
        )


def test_a_page_of_an_account_is_never_kept(charlie):
    for client in (Client(), signed_in(charlie)):
        for name in account_names():
            assert "no-store" in client.get(reverse(name))["Cache-Control"], name
