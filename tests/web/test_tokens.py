"""Personal tokens: made with a password, shown once, named, revoked, and their last use."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.domain import tokens
from accounts.models import Activity, PersonalToken, User
from cocreate.lib.errors import Invalid
from tests.factories import PASSWORD
from tests.gate import Crowd, another_connection
from tests.web.conftest import reader, text_of

TOKENS, REVOKE = "/me/tokens/", "/me/tokens/revoke/"
SECRET = re.compile(r"cop_[A-Za-z0-9_-]{32}")


@pytest.fixture
def trusted(charlie: User) -> Client:
    """Charlie, who has just typed the password."""
    client = reader(charlie)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def made(user: User, name: str = "a script") -> PersonalToken:
    tokens.create_token(user=user, name=name)
    return PersonalToken.objects.filter(user=user).latest("pk")


def used(token: PersonalToken, minutes_ago: int | None) -> None:
    moment = None if minutes_ago is None else timezone.now() - timedelta(minutes=minutes_ago)
    PersonalToken.objects.filter(pk=token.pk).update(last_used_at=moment)


def test_a_visitor_signs_in_first(visitor, db):
    assert visitor.get(TOKENS)["Location"] == "/accounts/login/?next=%2Fme%2Ftokens%2F"
    assert visitor.post(TOKENS, {"name": "x"})["Location"].startswith("/accounts/login/")
    assert visitor.post(REVOKE, {"token": "x"})["Location"].startswith("/accounts/login/")
    assert PersonalToken.objects.count() == 0


def test_a_token_is_made_only_after_the_password_was_typed(member, charlie):
    answer = member.post(TOKENS, {"name": "My robot"})
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Fme%2Ftokens%2F"
    assert PersonalToken.objects.count() == 0
    wrong = {"password": "not it", "next": TOKENS}
    assert member.post("/accounts/reauthenticate/", wrong).status_code == 200
    assert PersonalToken.objects.count() == 0
    right = {"password": PASSWORD, "next": TOKENS}
    page = member.post("/accounts/reauthenticate/", right)  # goes on where it was
    (secret,) = SECRET.findall(page.content.decode())
    assert tokens.find_token(secret) == charlie
    assert PersonalToken.objects.get().name == "My robot"


def test_whoever_typed_the_password_long_ago_types_it_again(trusted, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    answer = trusted.post(TOKENS, {"name": "x"})
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_a_token_is_shown_once_and_stored_nowhere(trusted, charlie):
    page = trusted.post(TOKENS, {"name": "My robot"})
    (secret,) = SECRET.findall(page.content.decode())
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    again = trusted.get(TOKENS)
    assert SECRET.findall(again.content.decode()) == []
    assert f"My robot {secret[:12]}… Made" in text_of(again)
    kept = repr([list(PersonalToken.objects.values_list()), list(Activity.objects.values_list())])
    assert secret not in kept
    assert secret not in repr(dict(trusted.session))


def test_a_token_acts_as_its_owner_and_no_longer_once_revoked(trusted, charlie, db):
    (secret,) = SECRET.findall(trusted.post(TOKENS, {"name": "x"}).content.decode())
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/me/").json()["handle"] == "charlie"
    answer = trusted.post(REVOKE, {"token": secret[:12]})
    assert answer["Location"] == TOKENS
    assert program.get("/api/v1/me/").status_code == 401
    page = text_of(trusted.get(TOKENS))
    assert "The token “x” is revoked." in page
    assert "You have no token." in page


def test_making_and_revoking_is_on_the_record_without_the_secret(charlie):
    token = made(charlie, "My robot")
    tokens.revoke_token(user=charlie, prefix=token.prefix)
    found = Activity.objects.filter(kind__startswith="token.").order_by("pk")
    data = {"prefix": token.prefix, "name": "My robot"}
    assert [(one.kind, one.actor, one.private, one.data) for one in found] == [
        ("token.created", charlie, True, data),
        ("token.revoked", charlie, True, data),
    ]


def test_nobody_revokes_the_token_of_another(member, alice):
    token = made(alice)
    assert member.post(REVOKE, {"token": token.prefix}).status_code == 404
    assert member.post(REVOKE, {"token": ""}).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_revoking_twice_says_so_and_is_recorded_once(member, charlie):
    token = made(charlie)
    for _n in range(2):
        assert member.post(REVOKE, {"token": token.prefix})["Location"] == TOKENS
    assert "This token is revoked already." in text_of(member.get(TOKENS))
    assert Activity.objects.filter(kind="token.revoked").count() == 1


@pytest.mark.parametrize("name", ["", "   "])
def test_a_token_needs_a_name(trusted, name):
    answer = trusted.post(TOKENS, {"name": name})
    assert answer.status_code == 400
    assert "Give the token a name." in text_of(answer)
    assert PersonalToken.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "code"), [("x" * 61, "too_long"), ("a\x00b", "invalid"), ("a\u202eb", "invalid")]
)
def test_a_name_is_one_short_readable_line(charlie, name, code):
    with pytest.raises(Invalid) as refusal:
        tokens.create_token(user=charlie, name=name)
    assert refusal.value.fields["name"][0][0] == code


def test_what_was_typed_stays(trusted):
    page = trusted.post(TOKENS, {"name": "<b>" + "x" * 60})
    assert page.status_code == 400
    assert "&lt;b&gt;xxx" in page.content.decode()


def test_twenty_tokens_live_at_most_and_revoking_one_makes_room(trusted, charlie):
    for n in range(19):
        made(charlie, f"script {n}")
    assert trusted.post(TOKENS, {"name": "the last"}).status_code == 200
    full = trusted.post(TOKENS, {"name": "one more"})
    assert full.status_code == 409
    assert "You have twenty tokens" in text_of(full)
    assert 'value="one more"' in full.content.decode()
    trusted.post(REVOKE, {"token": PersonalToken.objects.first().prefix})
    assert trusted.post(TOKENS, {"name": "one more"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_made_at_once_the_second_counts_the_first(charlie):
    for n in range(19):
        made(charlie, f"script {n}")
    with another_connection() as gate:
        gate.execute("LOCK TABLE accounts_personaltoken IN SHARE MODE")
        crowd = Crowd([lambda: made(charlie, "one"), lambda: made(charlie, "the other")])
        crowd.wait_until_all_wait()
    refused = [one for one in crowd.finish() if isinstance(one, tokens.TooManyTokens)]
    assert (len(refused), PersonalToken.objects.count()) == (1, 20)


def test_a_revoked_token_is_no_longer_listed(charlie, member):
    token = made(charlie, "An old one")
    tokens.revoke_token(user=charlie, prefix=token.prefix)
    assert "An old one" not in text_of(member.get(TOKENS))


# --- Its last use --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (None, "Never used"),
        (0, "Last used within the last ten minutes"),
        (9, "Last used within the last ten minutes"),
        (25, "Last used 25 minutes ago"),
    ],
)
def test_the_last_use_is_told_as_exactly_as_it_is_known(member, charlie, minutes, words):
    used(made(charlie), minutes)
    assert words in text_of(member.get(TOKENS))


def test_a_use_is_noted_at_most_every_ten_minutes(charlie):
    secret = tokens.create_token(user=charlie, name="x")
    token = PersonalToken.objects.get()
    for minutes_ago, is_noted in ((None, True), (9, False), (11, True)):
        used(token, minutes_ago)
        token.refresh_from_db()
        before = token.last_used_at
        assert tokens.find_token(secret) == charlie
        token.refresh_from_db()
        assert (token.last_used_at != before) == is_noted


def test_a_wrong_secret_with_the_right_beginning_is_no_use(charlie):
    secret = tokens.create_token(user=charlie, name="x")
    assert tokens.find_token(secret[:-1] + ("a" if secret[-1] != "a" else "b")) is None
    assert PersonalToken.objects.get().last_used_at is None


@pytest.mark.django_db(transaction=True)
def test_a_use_waits_for_nobody_who_is_changing_the_token(charlie):
    """While a page revokes the token, a vote by it must not hang."""
    secret = tokens.create_token(user=charlie, name="x")
    token = PersonalToken.objects.get()
    with another_connection() as page:
        page.execute("SELECT 1 FROM accounts_personaltoken WHERE id = %s FOR UPDATE", [token.pk])
        assert tokens.find_token(secret) == charlie
    token.refresh_from_db()
    assert token.last_used_at is None


@pytest.mark.django_db(transaction=True)
def test_a_use_soon_after_another_writes_nothing(charlie):
    """Not even an UPDATE that finds nothing: votes come by this way."""
    secret = tokens.create_token(user=charlie, name="x")
    used(PersonalToken.objects.get(), 9)
    with another_connection() as gate, connection.cursor() as cursor:
        gate.execute("LOCK TABLE accounts_personaltoken IN SHARE MODE")
        cursor.execute("SET lock_timeout = '100ms'")
        try:
            assert tokens.find_token(secret) == charlie
        finally:
            cursor.execute("RESET lock_timeout")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_token_and_three(
    member, charlie, count, django_assert_num_queries
):
    for n in range(count):
        made(charlie, f"script {n}")
    with django_assert_num_queries(3):  # session and user, tokens, unread
        member.get(TOKENS)


def test_the_way_to_what_the_api_says_of_itself(member):
    assert 'href="/api/v1/schema/"' in member.get(TOKENS).content.decode()
