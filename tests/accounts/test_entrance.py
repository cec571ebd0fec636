"""In by one's address alone: who comes in, as whom, and who does not."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client

from accounts import limits
from accounts.models import Activity, Mailbox, Session, User
from cocreate.lib.mailboxes import mailbox_key
from tests.accounts.steps import (
    CODE,
    ask_to_enter,
    code_sent_to,
    come_in,
    enter_code,
    enter_with,
    is_signed_in,
    mails_to,
    newcomer,
    sign_in,
    sign_up,
    signed_in,
)
from tests.factories import PASSWORD, make_user
from tests.gate import Crowd
from tests.web.conftest import reader, text_of

pytestmark = pytest.mark.django_db

EMAIL = "nina@example.org"
WRONG = "0000-0000"


def wrong_for(code):
    return "1111-1111" if code == WRONG else WRONG


def test_an_address_and_its_code_make_a_login_and_sign_it_in():
    client = Client()
    answer = ask_to_enter(client, EMAIL)
    assert answer["Location"] == "/accounts/enter/code/"
    assert not User.objects.exists()
    assert EMAIL in text_of(client.get(answer["Location"]))

    answer = enter_with(client, code_sent_to(EMAIL))

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)
    user = User.objects.get()
    assert (user.email, user.has_own_name, user.has_usable_password()) == (EMAIL, False, False)
    assert re.fullmatch(r"Member \w{4}", user.display_name)
    assert user.handle == user.display_name.lower().replace(" ", "-")
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == (EMAIL, True, True)
    assert Mailbox.objects.get(key=mailbox_key(EMAIL)).user == user


def test_the_name_that_we_make_is_in_the_language_of_the_page():
    french = reader(accept_language="fr")
    come_in(french, EMAIL)
    user = User.objects.get()
    assert user.language == "fr"
    assert re.fullmatch(r"\w+ \w{4}", user.display_name)


def test_whoever_has_an_account_is_signed_in_to_it(charlie):
    client = Client()
    ask_to_enter(client, charlie.email.upper())
    enter_with(client, code_sent_to(charlie.email))
    assert client.session["_auth_user_id"] == str(charlie.pk)
    charlie.refresh_from_db()
    assert charlie.check_password(PASSWORD)
    assert charlie.has_own_name
    assert User.objects.count() == 1


def test_they_go_back_where_they_came_from_and_nowhere_else(charlie):
    assert come_in(Client(), charlie.email, next="/me/")["Location"] == "/me/"
    assert come_in(Client(), charlie.email, next="https://evil.example/")["Location"] == "/"


def test_the_mail_and_the_page_are_the_same_for_all(charlie):
    for email in (charlie.email, EMAIL):
        ask_to_enter(Client(), email)
    known, new = (mails_to(email)[-1] for email in (charlie.email, EMAIL))
    assert known.subject == new.subject
    texts = [CODE.sub("…", mail.text).replace(mail.to, "…") for mail in (known, new)]
    assert texts[0] == texts[1]


def test_one_field_is_asked_for_and_it_is_ready_to_be_typed_into():
    page = Client().get("/accounts/enter/").content.decode()
    shown = re.findall(r"<input (?!type=\"hidden\")[^>]*>", page)
    assert len(shown) == 1
    assert all(one in shown[0] for one in ('type="email"', 'autocomplete="email"', "autofocus"))


def test_the_field_for_the_code_is_for_a_telephone_too():
    client = Client()
    ask_to_enter(client, EMAIL)
    page = client.get("/accounts/enter/code/").content.decode()
    field = re.search(r'<input [^>]*name="code"[^>]*>', page)[0]
    for one in ('autocomplete="one-time-code"', 'inputmode="numeric"', "autofocus"):
        assert one in field
    assert re.fullmatch(r"\d{4}-\d{4}", code_sent_to(EMAIL))


@pytest.mark.parametrize("typed", ["{0}{1}", "{0} {1}", " {0}-{1} "])
def test_a_code_may_be_typed_with_or_without_its_dash(typed):
    client = Client()
    ask_to_enter(client, EMAIL)
    halves = code_sent_to(EMAIL).split("-")
    assert enter_with(client, typed.format(*halves)).status_code == 302
    assert is_signed_in(client)


@pytest.mark.parametrize("typed", ["", "nobody", f"{'x' * 250}@example.org", "a@b\0.example"])
def test_what_is_no_address_gets_no_mail(typed):
    client = Client()
    answer = ask_to_enter(client, typed)
    assert answer.status_code == 200
    assert 'class="wrong"' in answer.content.decode()
    assert not client.session.get("code_to_enter")


@pytest.mark.parametrize("typed", ["", WRONG, "x" * 10_000, "²³¼½"])
def test_a_wrong_code_lets_nobody_in(typed):
    client = Client()
    ask_to_enter(client, EMAIL)
    answer = enter_with(client, wrong_for(code_sent_to(EMAIL)) if typed == WRONG else typed)
    assert answer.status_code == 200
    assert not is_signed_in(client)
    assert not User.objects.exists()


def test_a_code_without_a_question_leads_to_the_question():
    client = Client()
    answer = client.get("/accounts/enter/code/?next=/me/")
    assert answer["Location"] == "/accounts/enter/?next=%2Fme%2F"
    assert enter_with(client, WRONG)["Location"] == "/accounts/enter/"


def test_a_code_of_one_browser_opens_no_other(charlie):
    ours, theirs = Client(), Client()
    ask_to_enter(ours, charlie.email)
    code = code_sent_to(charlie.email)
    enter_with(theirs, code)
    assert not is_signed_in(theirs)
    ask_to_enter(theirs, EMAIL)  # who waits for a code of their own has it judged by that
    enter_with(theirs, code)
    assert not is_signed_in(theirs)
    enter_with(ours, code)
    assert is_signed_in(ours)


def test_a_code_opens_once(charlie):
    client = Client()
    ask_to_enter(client, charlie.email)
    before, code = client.cookies[settings.SESSION_COOKIE_NAME].value, code_sent_to(charlie.email)
    enter_with(client, code)
    again = Client()
    again.cookies[settings.SESSION_COOKIE_NAME] = before
    enter_with(again, code)
    assert not is_signed_in(again)
    client.post("/accounts/logout/")
    enter_with(client, code)
    assert not is_signed_in(client)


def test_coming_in_begins_a_session_of_another_name(charlie):
    client = Client()
    ask_to_enter(client, charlie.email)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    enter_with(client, code_sent_to(charlie.email))
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_of_two_tabs_the_newest_code_counts_in_both(charlie):
    client = Client()
    ask_to_enter(client, charlie.email, next="/me/")
    old = code_sent_to(charlie.email)
    ask_to_enter(client, charlie.email, next="/me/profile/")
    new = code_sent_to(charlie.email)
    assert enter_with(client, old, next="/me/").status_code == 200
    assert enter_with(client, new, next="/me/")["Location"] == "/me/"
    late = enter_with(client, new, next="/me/profile/")  # the other tab is in as well
    assert late["Location"] == "/me/profile/"


def test_a_code_is_for_the_address_that_it_went_to(charlie, alice):
    client = Client()
    ask_to_enter(client, charlie.email)
    code = code_sent_to(charlie.email)
    ask_to_enter(client, alice.email)
    enter_with(client, code)
    assert not is_signed_in(client)


def test_an_old_code_is_void(charlie, monkeypatch):
    client = Client()
    ask_to_enter(client, charlie.email)
    now = time.time()
    monkeypatch.setattr("web.account.codes.time.time", lambda: now + 16 * 60)
    assert enter_with(client, code_sent_to(charlie.email))["Location"] == "/accounts/enter/"
    assert not is_signed_in(client)


def test_the_session_does_not_hold_the_code_itself():
    client = Client()
    ask_to_enter(client, EMAIL)
    assert code_sent_to(EMAIL) not in str(dict(client.session))


def test_after_five_wrong_ones_the_right_code_is_dead(charlie):
    client = Client()
    ask_to_enter(client, charlie.email)
    code = code_sent_to(charlie.email)
    answers = [enter_with(client, wrong_for(code)).status_code for _n in range(5)]
    assert answers == [200] * 5
    enter_with(client, code)
    assert not is_signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_s02_of_many_guesses_at_once_five_are_looked_at(charlie):
    client = Client()
    ask_to_enter(client, charlie.email)
    code = code_sent_to(charlie.email)

    def guess():
        one = Client()
        one.cookies = client.cookies
        return enter_with(one, wrong_for(code)).status_code

    given = Crowd([guess] * 30).finish()
    assert given.count(200) <= limits.CODE_TRIES
    enter_with(client, code)
    assert not is_signed_in(client)


def test_new_codes_buy_no_more_guesses_than_a_day_has(charlie):
    looked_at = 0
    for _n in range(limits.MAILS_A_DAY):
        client = Client()
        ask_to_enter(client, charlie.email)
        code = code_sent_to(charlie.email)
        given = [enter_with(client, wrong_for(code)).status_code for _n in range(6)]
        looked_at += given.count(200)
    assert looked_at == limits.MAILS_A_DAY * limits.CODE_TRIES
    assert ask_to_enter(Client(), charlie.email).status_code == 429


@pytest.mark.parametrize("known", [True, False])
def test_a_mailbox_gets_five_codes_a_day_whoever_asks(known):
    if known:
        make_user(email=EMAIL)
    given = [ask_to_enter(Client(), EMAIL).status_code for _n in range(7)]
    assert given == [302] * 5 + [429] * 2
    assert len(mails_to(EMAIL)) == 5


def test_too_many_is_said_on_the_page_with_what_was_typed():
    for _n in range(5):
        ask_to_enter(Client(), EMAIL)
    answer = ask_to_enter(Client(), EMAIL)
    assert answer.status_code == 429
    assert f'value="{EMAIL}"' in answer.content.decode()
    assert "This address has had several mails from us today." in text_of(answer)


def test_a_closed_account_stays_closed():
    user = make_user(email=EMAIL, is_active=False)
    client = Client()
    assert come_in(client, EMAIL)["Location"] == "/accounts/inactive/"
    assert not is_signed_in(client)
    assert User.objects.get() == user


def test_a_closed_account_that_was_never_proved_stays_as_it_is():
    user = make_user(email=EMAIL, is_active=False, verified=False)
    come_in(Client(), EMAIL)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert not EmailAddress.objects.get().verified


def test_what_a_stranger_typed_for_an_address_does_not_survive_its_owner():
    """Else they would wait with the password that they have chosen for somebody else."""
    mallory, nina = Client(), Client()
    sign_up(mallory, EMAIL, display_name="Nina the fool")
    stale = code_sent_to(EMAIL)
    come_in(nina, EMAIL)
    user = User.objects.get()
    assert is_signed_in(nina)
    assert not user.has_usable_password()
    assert "fool" not in user.display_name + user.handle
    sign_in(mallory, user)
    enter_code(mallory, WRONG)
    assert not is_signed_in(mallory)
    assert EmailAddress.objects.get().verified
    assert Activity.objects.filter(kind="password.dropped", actor=user).count() == 1
    assert stale != code_sent_to(EMAIL)


def test_an_address_that_its_owner_has_given_up_opens_their_account_no_more(charlie):
    old = charlie.email
    User.objects.filter(pk=charlie.pk).update(email="new@example.org")
    EmailAddress.objects.filter(user=charlie).update(email="new@example.org")
    client = Client()
    come_in(client, old)
    assert client.session["_auth_user_id"] != str(charlie.pk)


def test_an_address_that_looks_like_another_is_another():
    """CVE-2019-19844: the letters that are mailed are the letters that are looked for."""
    make_user(email="mike@example.org")
    client = Client()
    ask_to_enter(client, "m\u0131ke@example.org")
    assert mails_to("mike@example.org") == []
    assert not is_signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_two_browsers_of_one_new_person_at_once_make_one_login():
    browsers = [Client(), Client()]
    for browser in browsers:
        ask_to_enter(browser, EMAIL)
        browser.code = code_sent_to(EMAIL)
    crowd = Crowd([lambda one=one: enter_with(one, one.code) for one in browsers])
    assert [answer.status_code for answer in crowd.finish()] == [302, 302]
    assert User.objects.count() == 1
    assert all(is_signed_in(browser) for browser in browsers)


def test_whoever_is_in_already_goes_on(charlie):
    client = signed_in(charlie)
    assert client.get("/accounts/enter/?next=/me/")["Location"] == "/me/"
    assert ask_to_enter(client, EMAIL)["Location"] == "/"
    assert mails_to(EMAIL) == []


def test_a_sign_up_that_waits_keeps_nobody_from_coming_in(charlie):
    client = Client()
    sign_up(client, EMAIL)
    assert client.get("/accounts/enter/").status_code == 200
    come_in(client, charlie.email)
    assert client.session["_auth_user_id"] == str(charlie.pk)
    assert "account_email_verification_code" not in client.session


def test_it_is_remembered_as_long_as_any_sign_in():
    client, _user = newcomer()
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_the_list_of_browsers_has_it():
    client, _user = newcomer()
    assert "Firefox on Linux" in text_of(client.get("/me/sessions/"))
