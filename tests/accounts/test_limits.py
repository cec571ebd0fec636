"""Limits before the pages of signing in and up: what passes, what is refused, in which words."""

import re
import threading
from collections import Counter

import pytest
from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.signals import (
    email_verification_code_rejected,
    password_reset_code_rejected,
)
from django.contrib.auth.signals import user_login_failed
from django.db import connection
from django.test import Client

from accounts import limits
from accounts.models import User
from cocreate.lib.errors import TooMany
from cocreate.lib.store import store
from ideas.models import Idea, Vote
from notifications.models import Mail
from tests.factories import PASSWORD, make_user
from tests.gate import Crowd, another_connection
from tests.store import nobody
from tests.web.conftest import plain_and_quick, reader, text_of  # noqa: F401 - it clears the limits
from web import entrance

EMAIL = "nina@example.org"
LOGIN, SIGNUP, CODE = "/accounts/login/", "/accounts/signup/", "/accounts/confirm-email/"
NEW_PASSWORD = "a quite different one"
RESET, RESET_CODE = "/accounts/password/reset/", "/accounts/password/reset/confirm/"
GUESSES = 100


@pytest.fixture
def tried():
    """The addresses whose password was tried and found wrong."""
    found = []

    def note(credentials, **_kwargs):
        found.append(credentials["email"])

    user_login_failed.connect(note)
    yield found
    user_login_failed.disconnect(note)


def sign_in(client, email, password="wrong password", **over):  # noqa: S107 - for tests
    return client.post(LOGIN, {"login": email, "password": password}, **over)


def sign_up(client, email=EMAIL):
    form = {"display_name": "Nina", "email": email, "password1": PASSWORD}
    return client.post(SIGNUP, form)


def code_sent_to(email):
    return re.search(r"^ {4}(\S+)$", Mail.objects.filter(to=email).last().text, re.MULTILINE)[1]


def statuses(answers):
    return Counter(answer.status_code for answer in answers)


# --- Guessing codes -------------------------------------------------------------------------------


class Guessers:
    """One browser's cookies in many hands, which all guess before any answer is written down."""

    def __init__(self, cookies, path, **form):
        self.path, self.cookies = path, cookies
        self.form = {"code": "XXX-XXX"} | form
        self.evaluated = []
        for signal in (email_verification_code_rejected, password_reset_code_rejected):
            signal.connect(self._note, weak=False, dispatch_uid="guessers")

    def _note(self, **_kwargs):
        self.evaluated.append(1)

    def guess(self):
        client = Client()
        client.cookies = self.cookies
        return client.post(self.path, self.form)

    def all_at_once(self, how_many=GUESSES):
        """Reads of the session pass the gate, writes wait: each guess sees what the first saw."""
        with another_connection() as gate:
            gate.execute("LOCK TABLE accounts_session IN SHARE MODE")
            crowd = Crowd([self.guess] * how_many)
            self._wait_until_stuck_or_answered(crowd, how_many)
        return crowd.finish()

    @staticmethod
    def _wait_until_stuck_or_answered(crowd, how_many):
        for _n in range(1500):
            answered = sum(answer is not None for answer in crowd.answers)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid = ANY(%s)",
                    [crowd.pids],
                )
                if answered + cursor.fetchone()[0] >= how_many:
                    return
            threading.Event().wait(0.02)
        raise AssertionError(f"they neither wait nor answer: {crowd.answers}")


@pytest.fixture
def guessers():
    yield lambda client, path, **form: Guessers(client.cookies, path, **form)
    for signal in (email_verification_code_rejected, password_reset_code_rejected):
        signal.disconnect(dispatch_uid="guessers")


@pytest.mark.django_db(transaction=True)
def test_s02_of_100_guesses_at_once_5_are_evaluated_and_the_code_is_dead(guessers):
    visitor = reader()
    assert sign_up(visitor)["Location"] == CODE
    crowd = guessers(visitor, CODE)

    answers = crowd.all_at_once()

    assert len(crowd.evaluated) == limits.CODE_TRIES == 5
    assert statuses(answers)[429] == GUESSES - 5
    right = visitor.post(CODE, {"code": code_sent_to(EMAIL)})
    assert right.status_code == 429
    assert 3590 < int(right["Retry-After"]) <= 3600
    assert "_auth_user_id" not in visitor.session


@pytest.mark.django_db(transaction=True)
def test_s02_of_100_guesses_at_once_at_a_reset_5_are_evaluated_and_the_code_is_dead(guessers):
    user, visitor = make_user("Nina"), reader()
    assert visitor.post(RESET, {"email": user.email})["Location"] == RESET_CODE
    crowd = guessers(visitor, RESET_CODE)

    answers = crowd.all_at_once()

    assert len(crowd.evaluated) == 5
    assert statuses(answers)[429] == GUESSES - 5
    assert visitor.post(RESET_CODE, {"code": code_sent_to(user.email)}).status_code == 429


def test_s02_a_new_code_does_not_revive_the_old(db):
    visitor = reader()
    sign_up(visitor)
    old = code_sent_to(EMAIL)
    visitor.post(CODE, {"action": "resend"})
    assert code_sent_to(EMAIL) != old
    visitor.post(CODE, {"code": old})
    assert "_auth_user_id" not in visitor.session
    visitor.post(CODE, {"code": code_sent_to(EMAIL)})
    assert "_auth_user_id" in visitor.session


def test_s02_new_codes_buy_no_more_guesses_at_a_mailbox_than_a_days_codes_have(db):
    most = limits.MAILS_A_DAY * limits.CODE_TRIES
    for n in range(most):
        limits.guess_code(code=f"code-{n}", email=EMAIL, address=f"192.0.2.{n}")
    with pytest.raises(TooMany):
        limits.guess_code(code="another", email=EMAIL, address="198.51.100.1")


@pytest.mark.django_db(transaction=True)
def test_s02_a_guess_is_counted_whatever_else_the_form_asks_for(guessers):
    visitor = reader()
    sign_up(visitor)
    for _n in range(app_settings.EMAIL_VERIFICATION_MAX_RESEND_COUNT):
        visitor.post(CODE, {"action": "resend"})
    crowd = guessers(
        visitor, CODE, action="resend"
    )  # there is none left: allauth takes it as a guess
    crowd.all_at_once(20)
    assert len(crowd.evaluated) == limits.CODE_TRIES


# --- Guessing passwords ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_d10_of_60_sign_ins_at_once_exactly_10_are_tried(tried):
    user = make_user("Nina")
    answers = Crowd([lambda: sign_in(reader(), user.email)] * 60).finish()
    assert tried == [user.email] * 10
    assert statuses(answers) == {200: 10, 429: 50}


@pytest.mark.parametrize(
    ("proxies", "claimed"), [(0, "{}"), (1, "{}, 5.5.5.5"), (2, "{}, 5.5.5.5, 7.7.7.7")]
)
def test_s03_the_limit_holds_whatever_address_is_claimed(
    settings, charlie, tried, proxies, claimed
):
    settings.TRUSTED_PROXIES = proxies
    for n in range(11):
        claim = f"198.51.100.{n}"
        headers = {
            "X-Forwarded-For": claimed.format(claim),
            "Forwarded": f"for={claim}",
            "X-Real-IP": claim,
            "True-Client-IP": claim,
        }
        last = sign_in(reader(), charlie.email, headers=headers)
    assert last.status_code == 429
    assert len(tried) == 10


def test_s03_one_line_of_ipv6_is_one_address(charlie, tried):
    for n in range(11):
        last = sign_in(reader(), charlie.email, REMOTE_ADDR=f"2001:db8::{n + 1:x}")
    assert last.status_code == 429
    assert sign_in(reader(), charlie.email, REMOTE_ADDR="2001:db8:0:1::1").status_code == 200


def test_s03_mails_name_the_address_that_limits_count(settings, rf):
    settings.TRUSTED_PROXIES = 1
    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 5.5.5.5"})
    assert get_adapter().get_client_ip(request) == "5.5.5.5"
    assert get_adapter().get_client_ip(rf.get("/", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"


def test_s04_an_own_good_sign_in_between_guesses_gives_nothing_back(charlie, mallory, tried):
    for _n in range(10):
        assert sign_in(reader(), charlie.email).status_code == 200
        assert (
            sign_in(reader(), mallory.email, PASSWORD, REMOTE_ADDR="192.0.2.1").status_code == 302
        )
        if len(tried) < 5:
            assert sign_in(reader(), mallory.email, PASSWORD).status_code == 302
    assert sign_in(reader(), charlie.email).status_code == 429
    assert len(tried) == 10


def test_s04_a_good_sign_in_to_the_same_account_gives_nothing_back_either(charlie):
    for _n in range(9):
        sign_in(reader(), charlie.email)
    assert sign_in(reader(), charlie.email, PASSWORD).status_code == 302
    assert sign_in(reader(), charlie.email, PASSWORD).status_code == 429


def test_who_guesses_from_elsewhere_does_not_lock_the_owner_out(charlie):
    for _n in range(15):
        last = sign_in(reader(), charlie.email, REMOTE_ADDR="192.0.2.66")
    assert last.status_code == 429
    assert sign_in(reader(), charlie.email, PASSWORD).status_code == 302


def test_who_guesses_from_many_places_is_stopped_at_the_mailbox(charlie, tried):
    for n in range(40):
        last = sign_in(reader(), charlie.email, REMOTE_ADDR=f"192.0.2.{n}")
    assert last.status_code == 429
    assert len(tried) == 30


def test_another_spelling_of_an_address_is_the_same_mailbox(db, tried):
    for n in range(11):
        last = sign_in(reader(), f"Nina+{n}@Example.org")
    assert last.status_code == 429
    assert len(tried) == 10


def test_a_refused_sign_in_tries_no_password_and_keeps_what_was_typed(charlie, tried):
    for _n in range(10):
        sign_in(reader(), charlie.email)
    page = sign_in(reader(), charlie.email, PASSWORD)
    assert page.status_code == 429
    assert 30 < int(page["Retry-After"]) <= 60
    assert "no-store" in page["Cache-Control"] or "no-cache" in page["Cache-Control"]
    assert "That is a little fast. Wait a moment and try again." in text_of(page)
    assert f'value="{charlie.email}"' in page.content.decode()
    assert PASSWORD not in page.content.decode()
    assert len(tried) == 10


@pytest.mark.parametrize("path", ["/accounts/reauthenticate/", "/accounts/password/change/"])
def test_a_password_is_not_guessed_at_an_open_session(charlie, path):
    member = reader(charlie)
    forms = {
        "password": "wrong",
        "oldpassword": "wrong",
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
    }
    assert statuses(member.post(path, forms) for _n in range(11)) == {200: 10, 429: 1}


# --- Mail that anybody can ask for ----------------------------------------------------------------


def ask_for_mail(n, email):
    """In turn by signing up and by a forgotten password, each time from somewhere else."""
    other = Client(REMOTE_ADDR=f"192.0.2.{n}")
    return sign_up(other, email) if n % 2 else other.post(RESET, {"email": email})


@pytest.mark.parametrize("has_account", [True, False])
def test_d08_a_mailbox_gets_5_mails_a_day_whoever_asks_from_wherever(db, has_account):
    email = make_user("Nina", email=EMAIL).email if has_account else EMAIL
    spellings = [email, "NINA@example.org", "nina+1@example.org"]
    answers = [ask_for_mail(n, spellings[n % 3]) for n in range(12)]
    assert Mail.objects.filter(to__icontains="nina").count() == limits.MAILS_A_DAY == 5
    assert statuses(answers) == {302: 5, 429: 7}
    assert "This address has had several mails from us today." in text_of(answers[-1])
    assert sign_up(reader(), "somebody@example.org").status_code == 302


def test_d08_nobody_is_signed_up_whose_code_could_not_be_sent(db):
    for _n in range(limits.MAILS_A_DAY):
        limits.send_mail(email=EMAIL)
    assert sign_up(reader()).status_code == 429
    assert not User.objects.exists()


def test_d08_a_code_sent_again_or_elsewhere_counts_too(db):
    visitor = reader()
    sign_up(visitor)
    for _n in range(limits.MAILS_A_DAY - 1):
        limits.send_mail(email=EMAIL)
    assert visitor.post(CODE, {"action": "resend"}).status_code == 429
    assert (
        visitor.post(CODE, {"action": "change", "email": "nina+x@example.org"}).status_code == 429
    )
    assert visitor.post(CODE, {"code": code_sent_to(EMAIL)}).status_code == 302
    assert "_auth_user_id" in visitor.session


def test_what_tells_an_owner_of_a_change_is_sent_whatever_else_was(charlie):
    for _n in range(limits.MAILS_A_DAY):
        limits.send_mail(email=charlie.email)
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert reader(charlie).post("/accounts/password/change/", form).status_code == 302
    assert Mail.objects.filter(to=charlie.email).count() == 1


# --- The store is away ----------------------------------------------------------------------------


def test_d11_without_the_store_people_sign_in_and_guessing_is_bounded(no_store, charlie, tried):
    assert sign_in(reader(), charlie.email, PASSWORD).status_code == 302
    assert statuses(sign_in(reader(), charlie.email) for _n in range(12)) == {200: 9, 429: 3}
    assert len(tried) == 9


def test_d11_without_the_store_a_code_is_not_looked_at(db, settings, no_store):
    visitor = reader()
    assert sign_up(visitor)["Location"] == CODE
    page = visitor.post(CODE, {"code": code_sent_to(EMAIL)})
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "We cannot do this right now. Nothing was lost: try again in a moment." in text_of(page)
    assert f'href="{CODE}"' in page.content.decode()
    assert "_auth_user_id" not in visitor.session
    assert visitor.get(CODE).status_code == 200


def test_d11_a_code_that_waited_for_the_store_is_good_afterwards(db, settings):
    visitor, url = reader(), settings.REDIS_URL
    sign_up(visitor)
    settings.REDIS_URL = nobody()
    assert visitor.post(CODE, {"code": code_sent_to(EMAIL)}).status_code == 503
    settings.REDIS_URL = url
    assert visitor.post(CODE, {"code": code_sent_to(EMAIL)}).status_code == 302


def test_d11_without_the_store_a_reset_waits_and_keeps_what_was_typed(no_store, charlie):
    page = reader().post(RESET, {"email": charlie.email})
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert f'value="{charlie.email}"' in page.content.decode()
    assert not Mail.objects.exists()


def test_d11_without_the_store_people_post_and_vote(no_store, charlie, challenge, idea):
    member = reader(charlie)
    form = {"challenge": "street", "title": "A roof that drinks the rain", "language": "en"}
    assert member.post("/b/mio/submit/", form).status_code == 302
    assert member.post(f"/i/{idea.code}/vote/", {"value": 1}).status_code == 302
    assert Vote.objects.count() == 1
    assert Idea.objects.count() == 2


# --- The policy -----------------------------------------------------------------------------------


def test_every_page_of_allauth_has_a_limit_or_needs_none():
    names = {pattern.name for pattern in entrance.urlpatterns}
    assert names == set(entrance.LIMITS) | entrance.UNLIMITED
    assert not set(entrance.LIMITS) & entrance.UNLIMITED


def test_limits_of_allauth_itself_are_off():
    assert app_settings.RATE_LIMITS == {}


def test_the_store_holds_no_address_in_the_clear(charlie):
    sign_in(reader(), charlie.email, REMOTE_ADDR="203.0.113.77")
    sign_up(reader())
    limits.vote_on_behalf(brand_id=1, external_id="nina@shop", email=EMAIL)
    keys = b" ".join(store().client.keys("*")).decode()
    assert keys.count("limit:") >= 6
    for personal in ("203.0.113", "charlie", "nina", "example.org"):
        assert personal not in keys


def test_an_address_that_is_none_is_nobodys_mailbox(db):
    for _n in range(40):
        last = sign_in(reader(), "")
    assert last.status_code == 200


def test_somebody_named_two_ways_takes_from_both_and_never_from_the_members_own(db):
    named = {"brand_id": 1, "external_id": "c-1", "email": EMAIL}
    for _n in range(60):
        limits.vote_on_behalf(**named)
    for name in ("external_id", "email"):
        with pytest.raises(TooMany):
            limits.vote_on_behalf(**(named | {name: None}))
    limits.vote_on_behalf(**(named | {"brand_id": 2}))
    limits.vote_as_member(user_id=1)


TITLES = [
    "A roof that drinks rain", "Quiet doors", "Lamps without glare", "One price on every pole",
    "Mirrors that fold by themselves", "Seats for three children", "Open drawings",
    "Horn with manners", "Share the neighbour's socket", "Tyres from dandelions", "No screens",
]  # fmt: skip


def test_after_10_ideas_in_an_hour_the_next_waits_and_keeps_its_words(charlie, challenge):
    member = reader(charlie)
    form = {"challenge": "street", "body": "Ten litres.", "language": "en"}
    answers = [member.post("/b/mio/submit/", form | {"title": title}) for title in TITLES]
    assert statuses(answers) == {302: 10, 429: 1}
    assert int(answers[-1]["Retry-After"]) > 300
    assert "Try again in 6 minutes." in text_of(answers[-1])
    assert "Ten litres." in answers[-1].content.decode()
    assert Idea.objects.count() == 10
