"""S08 to S10: a session begins with a sign-in, and ends when its reason does."""

import pytest
from django.test import Client

from accounts.domain import operators, teams, tokens
from accounts.enums import Role
from accounts.models import Membership, Session, User
from ideas.models import Vote
from tests.accounts.steps import (
    NEW_PASSWORD,
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
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def key_of(client):
    return client.session.session_key


def browser_with(key, settings):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def test_s08_the_session_key_changes_at_sign_in_and_the_old_one_is_dead(charlie, settings):
    client = Client()
    ask_for_reset(client, "nobody@example.org")  # leaves a session, which somebody else may know
    planted = key_of(client)
    assert sign_in(client, charlie).status_code == 302
    assert key_of(client) != planted
    assert not Session.objects.filter(session_key=planted).exists()
    assert not is_signed_in(browser_with(planted, settings))


def test_s08_a_key_that_somebody_chose_is_never_taken_over(charlie, settings):
    client = browser_with("a" * 32, settings)
    sign_in(client, charlie)
    assert key_of(client) != "a" * 32
    assert not Session.objects.filter(session_key="a" * 32).exists()


def test_s08_the_session_key_changes_when_a_code_signs_in(settings):
    client = Client()
    sign_up(client, "new@example.org")
    planted = key_of(client)
    enter_code(client, code_sent_to("new@example.org"))
    assert is_signed_in(client)
    assert not is_signed_in(browser_with(planted, settings))


def test_s08_the_session_key_changes_when_a_reset_signs_in(charlie, settings):
    client = Client()
    ask_for_reset(client, charlie.email)
    enter_reset_code(client, code_sent_to(charlie.email))
    planted = key_of(client)
    choose_password(client)
    assert is_signed_in(client)
    assert not is_signed_in(browser_with(planted, settings))


def test_s08_the_session_key_changes_with_the_password(charlie, settings):
    client = signed_in(charlie)
    planted = key_of(client)
    change_password(client)
    assert is_signed_in(client)
    assert not is_signed_in(browser_with(planted, settings))
    assert not Session.objects.filter(session_key=planted).exists()


def test_s08_after_signing_out_the_key_is_dead(charlie, settings):
    client = signed_in(charlie)
    stolen = key_of(client)
    client.post("/accounts/logout/")
    assert not Session.objects.filter(session_key=stolen).exists()
    assert not is_signed_in(browser_with(stolen, settings))


def test_s08_a_changed_role_counts_at_once_in_every_session(brand, charlie):
    """A session holds no role, so no key has to change: each page asks the team anew."""
    clients = [signed_in(charlie) for _n in range(2)]
    seen = [[client.get("/desk/mio/").status_code for client in clients]]
    teams.add_member(brand=brand, user=charlie, role=Role.ANALYST)
    seen.append([client.get("/desk/mio/").status_code for client in clients])
    Membership.objects.filter(user=charlie).delete()
    seen.append([client.get("/desk/mio/").status_code for client in clients])
    assert seen == [[403, 403], [200, 200], [403, 403]]


def close(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def test_s10_a_closed_account_is_signed_out_at_once(charlie, idea):
    client, api = signed_in(charlie), f"/api/v1/ideas/{idea.code}/vote/"
    assert is_signed_in(client)
    close(charlie)
    assert client.get("/me/")["Location"].startswith("/accounts/login/")
    assert client.get("/me/sessions/").status_code == 302
    assert client.get("/api/v1/me/").status_code == 401
    assert client.put(api, {"value": 1}, content_type="application/json").status_code == 401
    client.post(f"/i/{idea.code}/vote/", {"value": "1"})
    assert not Vote.objects.exists()


def test_s10_a_closed_accounts_token_is_nobodys_at_once(charlie, idea):
    secret = tokens.create_token(user=charlie)
    client = Client(headers={"authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/me/").status_code == 200
    close(charlie)
    assert client.get("/api/v1/me/").status_code == 401
    answer = client.put(
        f"/api/v1/ideas/{idea.code}/vote/", {"value": 1}, content_type="application/json"
    )
    assert answer.status_code == 401


def test_s10_what_ended_with_an_account_stays_ended_when_it_is_opened_again(charlie):
    client, operator = signed_in(charlie), make_user("Olga", is_staff=True)
    operators.set_standing(user=charlie, is_active=False, is_staff=False, actor=operator)
    operators.set_standing(user=charlie, is_active=True, is_staff=False, actor=operator)
    assert not is_signed_in(client)
    assert sign_in(client, charlie).status_code == 302


def test_s10_the_right_password_of_a_closed_account_opens_nothing(charlie):
    close(charlie)
    client = Client()
    assert sign_in(client, charlie)["Location"] == "/accounts/inactive/"
    assert not is_signed_in(client)


def test_s10_an_account_that_is_closed_while_its_code_is_on_the_way_stays_closed(idea):
    client, back = Client(), f"/i/{idea.code}/vote/?value=1"
    sign_up(client, "new@example.org", next=back)
    close(User.objects.get(email="new@example.org"))
    answer = enter_code(client, code_sent_to("new@example.org"))
    assert answer["Location"] == "/accounts/inactive/"
    assert not is_signed_in(client)
    assert not Vote.objects.exists()


def test_s10_a_closed_account_gets_no_code_for_a_new_password(charlie):
    close(charlie)
    client = Client()
    ask_for_reset(client, charlie.email)
    assert "no account" in mails_to(charlie.email)[-1].text
    assert not is_signed_in(client)


def test_s09_a_session_that_was_stolen_before_the_change_cannot_change_back(charlie, settings):
    thief, owner = signed_in(charlie), signed_in(charlie)
    change_password(owner)
    change_password(thief, new=f"{NEW_PASSWORD} stolen")
    charlie.refresh_from_db()
    assert charlie.check_password(NEW_PASSWORD)
