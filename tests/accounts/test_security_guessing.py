"""S01, S14, S15: what somebody outside learns of an account, and what it costs us to tell."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.accounts.hashers import Counting
from tests.accounts.steps import (
    NEW_PASSWORD,
    ask_for_reset,
    ask_to_enter,
    choose_password,
    code_sent_to,
    enter_code,
    enter_reset_code,
    enter_with,
    sign_in,
    sign_up,
    signed_in,
)
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

KNOWN, OTHER = "known@example.org", "other@example.org"
TABLE = re.compile(r'(?:FROM|INTO|UPDATE) "?(\w+_\w+)"?')
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
OWN_TO_EACH_ANSWER = {"X-Request-ID", "Expires", "Date"}


@pytest.fixture(autouse=True)
def counted(settings):
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.Counting"]


@pytest.fixture
def hashes():
    """How many passwords a call hashes."""

    def count(call):
        before = Counting.hashed
        call()
        return Counting.hashed - before

    return count


def seen(response, email):
    """All that the one who asks can see."""
    body = CSRF.sub("", response.content.decode()).replace(email, "…")
    headers = {k: v for k, v in response.headers.items() if k not in OWN_TO_EACH_ANSWER}
    cookies = {
        name: (len(morsel.value), morsel["max-age"]) for name, morsel in response.cookies.items()
    }
    return response.status_code, body, headers, cookies


def follow(client, response):
    return client.get(response["Location"]) if response.status_code == 302 else response


def journey(email, *steps):
    """What a visitor sees on the way, page by page."""
    client, pages = Client(), []
    for step in steps:
        answer = step(client, email)
        pages += [seen(answer, email), seen(follow(client, answer), email)]
    return pages


def test_s01_a_sign_in_does_not_tell_an_account_from_none():
    make_user(email=KNOWN)

    def try_it(client, email):
        return client.post("/accounts/login/", {"login": email, "password": "a wrong guess"})

    assert journey(KNOWN, try_it) == journey(OTHER, try_it)


def test_s01_a_sign_in_does_not_tell_a_closed_account_from_none():
    make_user(email=KNOWN, is_active=False)

    def try_it(client, email):
        return client.post("/accounts/login/", {"login": email, "password": "a wrong guess"})

    assert journey(KNOWN, try_it) == journey(OTHER, try_it)


def test_s01_a_reset_does_not_tell_an_account_from_none():
    make_user(email=KNOWN)

    def enter_a_guess(client, _email):
        return enter_reset_code(client, "BCDF-GHJK")

    steps = [ask_for_reset, enter_a_guess, enter_a_guess]
    assert journey(KNOWN, *steps) == journey(OTHER, *steps)


def test_s01_a_sign_up_does_not_tell_an_account_from_none():
    make_user(email=KNOWN)

    def enter_a_guess(client, _email):
        return enter_code(client, "BCDF-GHJK")

    def ask_for_another_code(client, _email):
        return client.post("/accounts/confirm-email/", {"action": "resend"})

    steps = [sign_up, enter_a_guess, ask_for_another_code, enter_a_guess]
    assert journey(KNOWN, *steps) == journey(OTHER, *steps)


def test_s01_a_changed_address_does_not_tell_an_account_from_none(charlie, alice):
    make_user(email=KNOWN)
    pages = []
    for user, email in ((charlie, KNOWN), (alice, OTHER)):
        client = signed_in(user)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        answer = client.post("/accounts/email/", {"email": email, "action_add": ""})
        pages.append((answer.status_code, answer["Location"]))
    assert pages[0] == pages[1] == (302, "/accounts/confirm-email/")


STATES = ["open", "closed", "unconfirmed", "without a password", "none"]


def known_as(state):
    """An account of KNOWN in that state, or none."""
    if state == "none":
        return
    user = make_user(email=KNOWN, is_active=state != "closed", verified=state != "unconfirmed")
    if state == "without a password":
        user.set_unusable_password()
        user.save(update_fields=["password"])


@pytest.mark.parametrize("state", STATES[:-1])
def test_s01_coming_in_by_code_does_not_tell_an_account_from_none(state):
    known_as(state)

    def enter_a_guess(client, _email):
        return enter_with(client, "0000-000")

    steps = [ask_to_enter, enter_a_guess, ask_to_enter, enter_a_guess, enter_a_guess]
    assert journey(KNOWN, *steps) == journey(OTHER, *steps)


@pytest.mark.parametrize("state", STATES)
def test_s01_whoever_asks_for_a_code_costs_the_same_work(hashes, state):
    """Nothing looks for the address, so no clock can tell what was found."""
    known_as(state)
    with CaptureQueriesContext(connection) as asked:
        assert hashes(lambda: ask_to_enter(Client(), KNOWN)) == 0
    tables = {table for query in asked for table in TABLE.findall(query["sql"])}
    assert tables == {"notifications_mail", "accounts_session"}


@pytest.mark.parametrize("state", STATES)
def test_s01_a_wrong_password_is_hashed_once_whoever_is_asked_for(hashes, state):
    known_as(state)
    guess = {"login": KNOWN, "password": "a wrong guess"}
    assert hashes(lambda: Client().post("/accounts/login/", guess)) == 1


def test_s01_a_sign_up_hashes_the_password_of_a_known_address_too(hashes):
    make_user(email=KNOWN)
    assert hashes(lambda: sign_up(Client(), OTHER)) == 1
    assert hashes(lambda: sign_up(Client(), KNOWN)) == 1


VISITORS = {
    "/accounts/login/": ({"login": KNOWN, "password": PASSWORD}, ["login", "password"]),
    "/accounts/signup/": (
        {"display_name": "Nina", "email": OTHER, "password1": PASSWORD},
        ["display_name", "email", "password1"],
    ),
    "/accounts/password/reset/": ({"email": KNOWN}, ["email"]),
    "/accounts/enter/": ({"email": KNOWN}, ["email"]),
}
MEMBERS = {
    "/accounts/password/change/": (
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
        ["oldpassword", "password1", "password2"],
    ),
    "/accounts/reauthenticate/": ({"password": PASSWORD}, ["password"]),
    "/accounts/email/": ({"email": OTHER, "action_add": ""}, ["email"]),
}
FIELDS = [
    (path, field) for path, (_form, fields) in (VISITORS | MEMBERS).items() for field in fields
]
HASHED_BESIDE = {  # the short field beside the long one is checked first
    ("/accounts/password/change/", "password1"),
    ("/accounts/password/change/", "password2"),
}


def long_value(field, length):
    return f"{'x' * length}@example.org" if field in {"email", "login"} else "x" * length


@pytest.mark.parametrize("path,field", FIELDS)
@pytest.mark.parametrize("length,status", [(1_000_000, 400), (10_000, 200)])
def test_s14_a_huge_field_is_refused_and_never_hashed(hashes, path, field, length, status):
    user = make_user(email=KNOWN)
    client = signed_in(user) if path in MEMBERS else Client()
    form = (VISITORS | MEMBERS)[path][0] | {field: long_value(field, length)}
    answers = []
    cost = hashes(lambda: answers.append(client.post(path, form)))
    assert answers[0].status_code == status
    allowed = 1 if (path, field) in HASHED_BESIDE and status == 200 else 0
    assert cost <= allowed
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert get_user_model().objects.count() == 1


def test_s14_a_huge_new_password_after_a_code_is_refused_and_never_hashed(hashes):
    user, visitor = make_user(email=KNOWN), Client()
    ask_for_reset(visitor, KNOWN)
    assert enter_reset_code(visitor, "B" * 1_000_000).status_code == 400
    assert enter_reset_code(visitor, "B" * 10_000).status_code == 200
    enter_reset_code(visitor, code_sent_to(KNOWN))
    for length, status in ((1_000_000, 400), (10_000, 200)):
        before = Counting.hashed
        assert choose_password(visitor, "x" * length).status_code == status
        assert Counting.hashed == before
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("length,answers", [(254, [302, 302, 302]), (255, [200, 200, 200])])
def test_s14_an_address_longer_than_we_can_keep_is_refused_and_never_cut(charlie, length, answers):
    address = f"{'x' * (length - len('@example.org'))}@example.org"
    client, visitor = signed_in(charlie), Client()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    given = [
        sign_up(Client(), address),
        client.post("/accounts/email/", {"email": f"y{address[1:]}", "action_add": ""}),
        ask_for_reset(visitor, address),
    ]
    assert [answer.status_code for answer in given] == answers
    taken = get_user_model().objects.filter(email__startswith="xxx")
    assert [user.email for user in taken] == ([address] if length == 254 else [])


def test_s14_a_long_password_that_people_do_use_works(charlie):
    long = "correct horse battery staple " * 8
    client = Client()
    ask_for_reset(client, charlie.email)
    enter_reset_code(client, code_sent_to(charlie.email))
    assert choose_password(client, long).status_code == 302
    assert sign_in(Client(), charlie, long).status_code == 302


def test_s15_who_has_a_password_sets_none_without_the_old_one(charlie):
    client = signed_in(charlie)
    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    answer = client.post("/accounts/password/set/", form)
    assert answer["Location"] == "/accounts/password/change/"
    for old in ({}, {"oldpassword": ""}, {"oldpassword": NEW_PASSWORD}):
        assert client.post("/accounts/password/change/", form | old).status_code == 200
    charlie.refresh_from_db()
    assert charlie.check_password(PASSWORD)


@pytest.mark.parametrize("stored", ["", "!", "!unusable-and-long-enough-to-look-like-one"])
@pytest.mark.parametrize("typed", ["", " ", "!", "!unusable-and-long-enough-to-look-like-one"])
def test_s15_an_account_with_a_blank_password_lets_nobody_in(stored, typed):
    user = make_user(email=KNOWN)
    type(user).objects.filter(pk=user.pk).update(password=stored)
    client = Client()
    assert sign_in(client, user, typed).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("new", ["", "          ", "short"])
def test_s15_a_blank_or_short_password_is_none(charlie, new):
    client = Client()
    ask_for_reset(client, charlie.email)
    enter_reset_code(client, code_sent_to(charlie.email))
    assert choose_password(client, new).status_code == 200
    charlie.refresh_from_db()
    assert charlie.check_password(PASSWORD)
