"""Changing the e-mail address: the old one counts until the new one is proved."""

from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import Activity, User
from tests.accounts.steps import (
    ask_for_change,
    code_sent_to,
    enter_code,
    mails_to,
    sign_in,
    sign_up,
    signed_in,
)
from tests.factories import PASSWORD, make_user
from tests.gate import Crowd, another_connection
from tests.web.conftest import text_of

pytestmark = pytest.mark.django_db

NEW = "zoe@new.example"


def addresses(user: User) -> list[tuple[str, bool, bool]]:
    rows = EmailAddress.objects.filter(user=user).order_by("email")
    return list(rows.values_list("email", "primary", "verified"))


def test_a_member_changes_the_address_with_the_code_from_the_mail(charlie):
    old, client = charlie.email, signed_in(charlie)
    assert ask_for_change(client, NEW)["Location"] == "/accounts/confirm-email/"
    assert enter_code(client, code_sent_to(NEW))["Location"] == "/accounts/email/"
    charlie.refresh_from_db()
    assert charlie.email == NEW
    assert addresses(charlie) == [(NEW, True, True)]
    page = text_of(client.get("/accounts/email/"))
    assert f"Your address is now {NEW}." in page
    assert old not in page
    assert sign_in(Client(), charlie).status_code == 302


def test_the_change_is_in_the_trail_without_the_addresses(charlie):
    client = signed_in(charlie)
    ask_for_change(client, NEW)
    enter_code(client, code_sent_to(NEW))
    row = Activity.objects.get(kind="email.changed")
    assert (row.actor, row.private, row.data) == (charlie, True, {})
    assert (row.subject_kind, row.subject_code) == ("user", charlie.handle)


def test_a_sign_up_is_no_change(client):
    sign_up(client, NEW)
    enter_code(client, code_sent_to(NEW))
    assert EmailAddress.objects.get(email=NEW).verified
    assert not Activity.objects.filter(kind="email.changed").exists()
    assert len(mails_to(NEW)) == 1


def test_s11_the_password_is_asked_again_before_a_change(charlie):
    client = signed_in(charlie)
    answer = client.post("/accounts/email/", {"email": NEW, "action_add": ""})
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    assert not mails_to(NEW)
    wrong = client.post(answer["Location"], {"password": "a guess", "next": "/accounts/email/"})
    assert wrong.status_code == 200
    assert not mails_to(NEW)
    right = client.post(answer["Location"], {"password": PASSWORD, "next": "/accounts/email/"})
    assert right["Location"] == "/accounts/confirm-email/"
    assert len(mails_to(NEW)) == 1


def test_s11_the_old_address_counts_until_the_new_one_is_proved(charlie):
    client, before = signed_in(charlie), addresses(charlie)
    ask_for_change(client, NEW)
    assert enter_code(client, "WRNG-CODE").status_code == 200
    charlie.refresh_from_db()
    assert charlie.email != NEW
    assert addresses(charlie) == before
    assert sign_in(Client(), charlie).status_code == 302
    nobody = User(email=NEW)
    assert sign_in(Client(), nobody).status_code == 200


def test_s11_both_addresses_hear_of_the_change(charlie):
    old, client = charlie.email, signed_in(charlie)
    ask_for_change(client, NEW)
    enter_code(client, code_sent_to(NEW))
    for address in (old, NEW):
        told = mails_to(address)[-1]
        assert "was changed" in told.subject
        assert old in told.text
        assert NEW in told.text
    assert [len(mails_to(old)), len(mails_to(NEW))] == [1, 2]


def test_s11_a_change_that_began_before_another_is_void(charlie):
    first, second = signed_in(charlie), signed_in(charlie)
    ask_for_change(first, "one@new.example")
    ask_for_change(second, "two@new.example")
    enter_code(first, code_sent_to("one@new.example"))
    answer = enter_code(second, code_sent_to("two@new.example"))
    assert answer["Location"] == "/accounts/email/"
    assert "changed in another window meanwhile" in text_of(second.get("/accounts/email/"))
    assert addresses(charlie) == [("one@new.example", True, True)]
    assert len(mails_to("two@new.example")) == 1


@pytest.mark.django_db(transaction=True)
def test_s11_of_two_changes_at_the_same_moment_one_wins_and_nothing_is_half_done(charlie):
    wanted = ["one@new.example", "two@new.example"]
    clients = [signed_in(charlie) for _n in wanted]
    for client, email in zip(clients, wanted, strict=True):
        ask_for_change(client, email)
    codes = [code_sent_to(email) for email in wanted]
    with another_connection() as gate:
        gate.execute("LOCK TABLE account_emailaddress, accounts_user IN SHARE MODE")
        crowd = Crowd(
            [partial(enter_code, client, code) for client, code in zip(clients, codes, strict=True)]
        )
        crowd.wait_until_all_wait()
    assert [answer.status_code for answer in crowd.finish()] == [302, 302]
    charlie.refresh_from_db()
    assert charlie.email in wanted
    assert addresses(charlie) == [(charlie.email, True, True)]
    assert Activity.objects.filter(kind="email.changed").count() == 1
    assert sorted(len(mails_to(email)) for email in wanted) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_s11_of_two_people_who_prove_one_mailbox_at_once_one_has_it(alice, charlie):
    people = [alice, charlie]
    clients = [signed_in(user) for user in people]
    codes = []
    for client in clients:
        ask_for_change(client, NEW)
        codes.append(code_sent_to(NEW))
    with another_connection() as gate:
        gate.execute("LOCK TABLE account_emailaddress IN SHARE MODE")
        crowd = Crowd(
            [partial(enter_code, client, code) for client, code in zip(clients, codes, strict=True)]
        )
        crowd.wait_until_all_wait()
    assert [answer.status_code for answer in crowd.finish()] == [302, 302]
    assert User.objects.filter(email=NEW).count() == 1
    assert EmailAddress.objects.filter(email=NEW).count() == 1
    for user in people:
        user.refresh_from_db()
        assert addresses(user) == [(user.email, True, True)]


def test_an_address_of_another_account_is_refused_to_who_proves_it_and_never_named_before(charlie):
    make_user(email=NEW)
    client = signed_in(charlie)
    page = ask_for_change(client, NEW)
    assert page["Location"] == "/accounts/confirm-email/"
    answer = enter_code(client, code_sent_to(NEW))
    assert answer.status_code == 200
    charlie.refresh_from_db()
    assert charlie.email != NEW


def test_a_new_code_replaces_the_one_before(charlie):
    client = signed_in(charlie)
    ask_for_change(client, NEW)
    first = code_sent_to(NEW)
    client.post("/accounts/confirm-email/", {"action": "resend"})
    second = code_sent_to(NEW)
    assert first != second
    assert enter_code(client, first).status_code == 200
    assert enter_code(client, second)["Location"] == "/accounts/email/"


def test_the_page_of_the_code_says_which_address_counts_meanwhile(charlie):
    client = signed_in(charlie)
    ask_for_change(client, NEW)
    page = text_of(client.get("/accounts/confirm-email/"))
    assert f"Until then {charlie.email} stays your address." in page
    assert NEW in page


def test_who_left_the_page_of_the_code_finds_the_way_back(charlie):
    client = signed_in(charlie)
    assert "Enter it" not in text_of(client.get("/accounts/email/"))
    ask_for_change(client, NEW)
    page = client.get("/accounts/email/")
    assert f"A code is on its way to {NEW}. Enter it" in text_of(page)
    assert 'href="/accounts/confirm-email/"' in page.content.decode()
