"""A new password, changed or reset: what ends with the old one, and what does not."""

from functools import partial

import pytest
from django.test import Client

from accounts.domain import tokens
from accounts.models import Activity, PersonalToken, Session
from ideas.models import Vote
from tests.accounts.steps import (
    NEW_PASSWORD,
    ask_for_reset,
    change_password,
    choose_password,
    code_sent_to,
    enter_reset_code,
    is_signed_in,
    mails_to,
    sign_in,
    signed_in,
)
from tests.factories import make_user
from tests.gate import Crowd, another_connection
from tests.web.conftest import path_of, text_of

pytestmark = pytest.mark.django_db


def reset(client, user, **over):
    """Returns the last answer."""
    ask_for_reset(client, user.email, **over)
    enter_reset_code(client, code_sent_to(user.email), **over)
    return choose_password(client, **over)


def keys_of(user):
    return list(Session.objects.filter(user=user).values_list("session_key", flat=True))


def token_works(secret):
    client = Client(headers={"authorization": f"Bearer {secret}"})
    return client.get("/api/v1/me/").status_code == 200


def test_a_member_changes_the_password_and_stays_signed_in(charlie):
    client = signed_in(charlie)
    assert change_password(client)["Location"] == "/accounts/password/change/"
    assert "Your new password is saved." in text_of(client.get("/accounts/password/change/"))
    assert is_signed_in(client)
    assert sign_in(Client(), charlie).status_code == 200
    assert sign_in(Client(), charlie, NEW_PASSWORD).status_code == 302


def test_s09_a_new_password_ends_the_other_sessions_and_the_tokens(charlie, alice):
    other, client, stranger = signed_in(charlie), signed_in(charlie), signed_in(alice)
    secrets = [tokens.create_token(user=charlie) for _n in range(2)]
    hers = tokens.create_token(user=alice)
    change_password(client)
    assert keys_of(charlie) == [client.session.session_key]  # the rows, before anybody comes back
    assert [is_signed_in(each) for each in (other, client, stranger)] == [False, True, True]
    assert [token_works(secret) for secret in [*secrets, hers]] == [False, False, True]


def test_s09_a_reset_ends_every_session_and_the_tokens(charlie):
    others = [signed_in(charlie) for _n in range(2)]
    secret = tokens.create_token(user=charlie)
    visitor = Client()
    reset(visitor, charlie)
    assert keys_of(charlie) == [visitor.session.session_key]
    assert [is_signed_in(each) for each in others] == [False, False]
    assert not token_works(secret)
    assert is_signed_in(visitor)


def test_s09_a_reset_in_a_browser_that_was_signed_in_ends_its_old_session_too(charlie):
    client = signed_in(charlie)
    before = client.session.session_key
    reset(client, charlie)
    assert keys_of(charlie) == [client.session.session_key]
    assert is_signed_in(client)
    assert client.session.session_key != before


def test_s09_a_wrong_old_password_changes_and_ends_nothing(charlie):
    other, client = signed_in(charlie), signed_in(charlie)
    secret = tokens.create_token(user=charlie)
    answer = change_password(client, old="a guess")
    assert answer.status_code == 200
    assert is_signed_in(other)
    assert token_works(secret)
    assert sign_in(Client(), charlie).status_code == 302


def test_the_owner_hears_of_a_change_and_of_a_reset(charlie):
    change_password(signed_in(charlie))
    assert "was changed" in mails_to(charlie.email)[-1].subject
    reset(Client(), charlie)
    assert "password" in mails_to(charlie.email)[-1].subject.lower()
    assert len(mails_to(charlie.email)) == 3


def test_a_change_is_in_the_trail_with_what_ended(charlie):
    signed_in(charlie)
    tokens.create_token(user=charlie)
    change_password(signed_in(charlie))
    row = Activity.objects.get(kind="password.changed")
    assert (row.actor, row.private, row.data) == (charlie, True, {"sessions": 1, "tokens": 1})


@pytest.mark.django_db(transaction=True)
def test_s09_of_two_changes_at_once_one_wins_and_the_other_browser_is_signed_out(charlie):
    clients = [signed_in(charlie) for _n in range(2)]
    wanted = [f"{NEW_PASSWORD} {n}" for n in range(2)]
    with another_connection() as gate:
        gate.execute("LOCK TABLE accounts_user IN SHARE MODE")
        crowd = Crowd(
            [
                partial(change_password, client, new=new)
                for client, new in zip(clients, wanted, strict=True)
            ]
        )
        crowd.wait_until_all_wait()
    answers = sorted(answer.status_code for answer in crowd.finish())
    assert answers in ([302, 409], [302, 400])  # 400: its session ended while it worked
    charlie.refresh_from_db()
    assert sum(charlie.check_password(new) for new in wanted) == 1
    assert sorted(is_signed_in(client) for client in clients) == [False, True]
    assert PersonalToken.objects.filter(revoked_at=None).count() == 0


def test_a_wish_to_vote_survives_a_forgotten_password(idea, charlie):
    visitor, back = Client(), f"/i/{idea.code}/vote/?value=1"
    page = visitor.get(f"/accounts/login/?next={back}")
    assert "/accounts/password/reset/?next=%2Fi%2F" in page.content.decode()
    answer = ask_for_reset(visitor, charlie.email, next=back)
    assert idea.title in text_of(visitor.get(answer["Location"]))
    answer = enter_reset_code(visitor, code_sent_to(charlie.email), next=back)
    assert idea.title in text_of(visitor.get(answer["Location"]))
    assert not Vote.objects.exists()

    answer = choose_password(visitor, next=back)

    assert answer["Location"] == path_of(idea)
    assert Vote.objects.get().participant.user == charlie
    assert "Your vote is in." in text_of(visitor.get(path_of(idea)))


def test_a_reset_proves_the_mailbox_of_who_never_confirmed_it(db):
    nina = make_user("Nina", verified=False)
    visitor = Client()
    reset(visitor, nina)
    assert is_signed_in(visitor)
    assert nina.emailaddress_set.get().verified


def test_passwords_that_differ_are_refused_in_place(charlie):
    visitor = Client()
    ask_for_reset(visitor, charlie.email)
    enter_reset_code(visitor, code_sent_to(charlie.email))
    form = {"password1": NEW_PASSWORD, "password2": f"{NEW_PASSWORD}s"}
    answer = visitor.post("/accounts/password/reset/complete/", form)
    assert answer.status_code == 200
    charlie.refresh_from_db()
    assert not charlie.check_password(NEW_PASSWORD)


def test_without_the_code_nobody_chooses_a_password(charlie):
    visitor = Client()
    ask_for_reset(visitor, charlie.email)
    answer = choose_password(visitor)
    assert answer["Location"] == "/accounts/password/reset/confirm/"
    charlie.refresh_from_db()
    assert not charlie.check_password(NEW_PASSWORD)


def test_a_change_of_which_nobody_can_be_told_is_none(charlie):
    """What a POST of an account does is one transaction, with its mail."""
    other, client = signed_in(charlie), signed_in(charlie)
    charlie.emailaddress_set.update(email="no address")
    assert change_password(client).status_code == 400
    assert not Activity.objects.filter(kind="password.changed").exists()
    assert [is_signed_in(each) for each in (other, client)] == [True, True]
    charlie.refresh_from_db()
    assert not charlie.check_password(NEW_PASSWORD)


def test_a_reset_beside_somebody_elses_session_signs_them_out_and_the_owner_in(charlie, alice):
    client = signed_in(alice)
    reset(client, charlie)
    assert client.session["_auth_user_id"] == str(charlie.pk)
    assert keys_of(alice) == []
