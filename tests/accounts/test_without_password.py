"""Whoever came by their address alone does all that others do with their account: where those type
a password, they type a code from their mailbox.
"""

from urllib.parse import quote

import pytest
from django.test import Client

from accounts import limits
from accounts.domain import teams
from accounts.enums import Role
from accounts.models import PersonalToken, User
from cocreate.lib.errors import TooMany
from tests.accounts.steps import (
    NEW_PASSWORD,
    ask_for_reset,
    choose_password,
    code_sent_to,
    come_in,
    enter_code,
    enter_reset_code,
    enter_with,
    is_signed_in,
    mails_to,
    newcomer,
    show_it_is_them,
    sign_in,
    signed_in,
)
from tests.factories import PASSWORD, make_brand
from tests.web.conftest import text_of

pytestmark = pytest.mark.django_db

EMAIL, NEW_EMAIL = "nina@example.org", "nina.new@example.org"
AGAIN = "/accounts/reauthenticate/code/"
GUARDED = {
    "get": ["/me/data/download/", "/me/data/erase/", "/accounts/password/set/"],
    "post": ["/me/tokens/", "/accounts/email/", "/me/data/erase/", "/accounts/password/set/"],
}


@pytest.fixture
def nina():
    return newcomer(EMAIL)


def asked_first(path):
    return f"{AGAIN}?next={quote(path, safe='')}"


@pytest.mark.parametrize(
    ("method", "path"), [(method, path) for method, paths in GUARDED.items() for path in paths]
)
def test_what_concerns_the_account_is_asked_for_by_a_code_first(nina, method, path):
    client, user = nina
    form = {"email": NEW_EMAIL, "handle": user.handle, "name": "mine"}
    form |= {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "action_add": ""}
    answer = getattr(client, method)(path, form if method == "post" else {})
    assert answer["Location"] == asked_first(path)
    user.refresh_from_db()
    assert (user.email, user.has_usable_password()) == (EMAIL, False)
    assert not PersonalToken.objects.exists()
    assert mails_to(NEW_EMAIL) == []


def test_the_page_for_the_password_leads_to_the_one_for_the_code(nina):
    client, _user = nina
    assert client.get("/accounts/reauthenticate/?next=/me/")["Location"] == f"{AGAIN}?next=%2Fme%2F"


def test_whoever_has_a_password_is_asked_for_it_and_not_for_a_code(charlie):
    client = signed_in(charlie)
    assert client.get(f"{AGAIN}?next=/me/")["Location"] == "/accounts/reauthenticate/?next=%2Fme%2F"
    answer = client.post(AGAIN, {"action": "send"})
    assert answer["Location"] == "/accounts/reauthenticate/"
    assert mails_to(charlie.email) == []
    assert "reauthenticate/?" in client.get("/me/data/erase/")["Location"]


def test_looking_at_the_page_sends_no_mail(nina):
    client, _user = nina
    before = len(mails_to(EMAIL))
    assert "Send me the code" in text_of(client.get(AGAIN))
    assert len(mails_to(EMAIL)) == before


def test_the_code_from_the_mail_opens_what_they_wanted(nina):
    client, _user = nina
    answer = client.post("/me/tokens/", {"name": "mine"})
    page = client.get(client.post(answer["Location"], {"action": "send"})["Location"])
    assert EMAIL in text_of(page)
    form = {"code": code_sent_to(EMAIL), "next": "/me/tokens/"}
    page = client.post(AGAIN, form)  # goes on where it was
    assert PersonalToken.objects.get().name == "mine"
    assert "mine" in text_of(page)


def test_a_wrong_code_opens_nothing(nina):
    client, user = nina
    client.post(AGAIN, {"action": "send"})
    assert client.post(AGAIN, {"code": "0000-000"}).status_code == 200
    assert client.get("/me/data/erase/")["Location"] == asked_first("/me/data/erase/")
    assert User.objects.filter(pk=user.pk).exists()


def test_the_code_that_let_them_in_is_not_the_one_that_shows_it_is_them(nina):
    client, _user = nina
    first = code_sent_to(EMAIL)
    client.post(AGAIN, {"code": first})
    assert "Location" in client.get("/me/data/erase/")
    client.post(AGAIN, {"action": "send"})
    client.post(AGAIN, {"code": first})
    assert "Location" in client.get("/me/data/erase/")


def test_the_code_that_shows_it_is_them_lets_nobody_in(nina):
    client, _user = nina
    client.post(AGAIN, {"action": "send"})
    other = Client()
    enter_with(other, code_sent_to(EMAIL))
    assert not is_signed_in(other)


def test_a_code_of_one_session_shows_nothing_in_another_of_theirs(nina):
    client, _user = nina
    other = Client()
    come_in(other, EMAIL)
    client.post(AGAIN, {"action": "send"})
    code = code_sent_to(EMAIL)
    other.post(AGAIN, {"action": "send"})
    other.post(AGAIN, {"code": code})
    assert "Location" in other.get("/me/data/erase/")


def test_after_five_wrong_ones_the_code_is_dead(nina):
    client, _user = nina
    client.post(AGAIN, {"action": "send"})
    for _n in range(limits.CODE_TRIES):
        client.post(AGAIN, {"code": "0000-000"})
    client.post(AGAIN, {"code": code_sent_to(EMAIL)})
    assert "Location" in client.get("/me/data/erase/")


def test_codes_of_ones_own_are_few_an_hour_and_use_up_nothing_of_the_mailbox(nina):
    client, _user = nina
    given = [client.post(AGAIN, {"action": "send"}).status_code for _n in range(7)]
    assert given == [302] * 5 + [429] * 2
    assert come_in(Client(), EMAIL).status_code == 302


def test_a_first_password_is_chosen_and_works(nina):
    client, user = nina
    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    show_it_is_them(client, EMAIL)
    assert "Choose a password" in text_of(client.get("/accounts/password/set/"))
    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post("/accounts/password/set/", form).status_code == 302
    assert is_signed_in(client)
    assert sign_in(Client(), user, NEW_PASSWORD).status_code == 302


def test_a_password_that_is_typed_too_early_is_kept_nowhere(nina):
    client, _user = nina
    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/accounts/password/set/", form)
    assert NEW_PASSWORD not in str(dict(client.session))


def test_a_first_password_comes_by_the_way_of_forgotten_ones_too(nina):
    _client, user = nina
    visitor = Client()
    ask_for_reset(visitor, EMAIL)
    enter_reset_code(visitor, code_sent_to(EMAIL))
    assert choose_password(visitor).status_code == 302
    assert sign_in(Client(), user, NEW_PASSWORD).status_code == 302


def test_the_address_is_changed(nina):
    client, user = nina
    show_it_is_them(client, EMAIL)
    client.post("/accounts/email/", {"email": NEW_EMAIL, "action_add": ""})
    enter_code(client, code_sent_to(NEW_EMAIL))
    user.refresh_from_db()
    assert user.email == NEW_EMAIL
    other = Client()
    come_in(other, NEW_EMAIL)
    assert other.session["_auth_user_id"] == str(user.pk)


def test_a_code_to_the_address_of_before_shows_nothing(nina):
    client, user = nina
    client.post(AGAIN, {"action": "send"})
    code = code_sent_to(EMAIL)
    User.objects.filter(pk=user.pk).update(email=NEW_EMAIL)
    client.post(AGAIN, {"code": code})
    assert "Location" in client.get("/me/data/erase/")


def test_the_account_is_erased(nina):
    client, user = nina
    show_it_is_them(client, EMAIL)
    assert client.get("/me/data/download/").status_code == 200
    assert client.post("/me/data/erase/", {"handle": user.handle}).status_code == 200
    assert not User.objects.exists()


def test_other_browsers_are_signed_out(nina):
    client, _user = nina
    other = Client()
    come_in(other, EMAIL)
    client.post("/me/sessions/end-others/")
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_an_owner_hands_their_brand_over(nina, charlie):
    client, user = nina
    brand = make_brand("club", owner=user)
    teams.add_member(brand=brand, user=charlie, role=Role.MANAGER)
    path = f"/desk/{brand.slug}/team/hand-over/"
    assert client.post(path, {"member": charlie.handle})["Location"] == asked_first(path)
    assert brand.memberships.get(user=user).role == Role.OWNER
    show_it_is_them(client, EMAIL)
    assert "Your password" not in text_of(client.get(path))
    assert client.post(path, {"member": charlie.handle}).status_code == 302
    assert brand.memberships.get(user=charlie).role == Role.OWNER


def test_an_operator_opens_administration(nina):
    client, user = nina
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(AGAIN)  # a code to come in with is not enough
    show_it_is_them(client, EMAIL)
    assert client.get("/admin/").status_code == 200


def test_an_operator_with_a_password_who_comes_in_by_code_is_asked_for_it(charlie):
    User.objects.filter(pk=charlie.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    come_in(client, charlie.email)
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/reauthenticate/?")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/admin/").status_code == 200


def test_strangers_who_guess_at_the_mailbox_take_nothing_from_its_owner(nina):
    client, _user = nina
    with pytest.raises(TooMany):
        for n in range(26):
            limits.guess_code(code=f"of a stranger {n}", email=EMAIL, address="203.0.113.7")
    assert show_it_is_them(client, EMAIL).status_code == 302


def test_a_password_of_old_is_of_no_use_against_them(nina):
    _client, user = nina
    assert sign_in(Client(), user, PASSWORD).status_code == 200
