"""Signing up and in, and the vote that waits for it."""

import re

import pytest
from django.conf import settings
from django.db import connection

from accounts.enums import Visibility
from accounts.models import User
from ideas.domain.votes import IdeaClosed
from ideas.enums import Mode
from ideas.models import Vote, VoteEvent
from notifications.models import Mail
from tests.factories import PASSWORD, make_brand, make_challenge, make_idea, make_user, set_closed
from tests.gate import another_connection
from tests.web.conftest import path_of, reader, text_of

EMAIL = "nina@example.org"


def wish(idea, value=1):
    return f"/i/{idea.code}/vote/?value={value}"


def sign_up(client, back=""):
    form = {"display_name": "Nina", "email": EMAIL, "password1": PASSWORD, "next": back}
    return client.post("/accounts/signup/", form)


def code_in_the_mail():
    text = Mail.objects.get(to=EMAIL).text
    return re.search(r"^ {4}(\S+)$", text, re.MULTILINE)[1]


def confirm(client):
    return client.post("/accounts/confirm-email/", {"code": code_in_the_mail()})


def sign_in(client, user, back=""):
    form = {"login": user.email, "password": PASSWORD, "next": back}
    return client.post("/accounts/login/", form)


def test_a_visitor_who_signs_up_finds_the_vote_they_wanted_cast(visitor, idea):
    page = visitor.get(visitor.get(wish(idea))["Location"])
    assert idea.title in text_of(page)
    assert sign_up(visitor, wish(idea))["Location"] == "/accounts/confirm-email/"
    assert idea.title in text_of(visitor.get("/accounts/confirm-email/"))
    assert not Vote.objects.exists()

    answer = confirm(visitor)

    assert answer["Location"] == path_of(idea)
    vote = Vote.objects.get()
    assert (vote.idea, vote.value, vote.state) == (idea, 1, "counted")
    assert vote.participant.user.email == EMAIL
    page = visitor.get(path_of(idea))
    assert "Welcome, Nina. Your vote is in." in text_of(page)
    assert 'aria-pressed="true"' in page.content.decode()


def test_a_member_who_signs_in_finds_the_vote_cast(visitor, idea, charlie):
    assert sign_in(visitor, charlie, wish(idea))["Location"] == path_of(idea)
    assert Vote.objects.get().participant.user == charlie


def test_a_wish_against_is_a_vote_against(visitor, brand, charlie):
    idea = make_idea(make_challenge(brand, mode=Mode.UP_DOWN))
    sign_in(visitor, charlie, wish(idea, -1))
    assert Vote.objects.get().value == -1


def test_a_wish_that_came_too_late_is_explained(visitor, idea, charlie, alice):
    set_closed(idea, closed=True)
    assert sign_in(visitor, charlie, wish(idea))["Location"] == path_of(idea)
    assert "Voting on this idea has ended." in text_of(visitor.get(path_of(idea)))


@pytest.mark.django_db(transaction=True)
def test_a_vote_that_cannot_be_had_now_does_not_undo_the_sign_in(visitor, idea, charlie):
    with another_connection() as other, connection.cursor() as own:
        other.execute("LOCK TABLE ideas_vote IN SHARE MODE")
        own.execute("SET lock_timeout = '50ms'")
        assert sign_in(visitor, charlie, wish(idea))["Location"] == path_of(idea)
        own.execute("RESET lock_timeout")
    page = text_of(visitor.get(path_of(idea)))
    assert "We cannot do this right now." in page
    assert "Your page" in page
    assert not Vote.objects.exists()


def test_a_wish_for_what_they_may_not_see_is_no_vote(visitor, alice, charlie):
    club = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    idea = make_idea(make_challenge(club))
    page = visitor.get(f"/accounts/login/?next={wish(idea)}")
    assert idea.title not in text_of(page)
    sign_in(visitor, charlie, wish(idea))
    assert not VoteEvent.objects.exists()


@pytest.mark.parametrize(
    "back",
    ["/", "/b/mio/", "/i/{code}/vote/", "/i/{code}/vote/?value=", "/i/{code}/vote/?value=99999"],
)
def test_another_way_back_casts_nothing(visitor, idea, charlie, back):
    back = back.format(code=idea.code)
    assert sign_in(visitor, charlie, back)["Location"] == back
    assert not VoteEvent.objects.exists()


def test_a_wish_on_another_site_is_none(visitor, idea, charlie):
    answer = sign_in(visitor, charlie, f"https://evil.example{wish(idea)}")
    assert answer["Location"] == "/"
    assert not VoteEvent.objects.exists()


@pytest.mark.parametrize(
    "back", ["http://[bad/i/x/vote/?value=1", "\0", "/i/x/vote/?value=²", "//"]
)
def test_an_odd_way_back_breaks_nothing(visitor, db, back):
    assert visitor.get("/accounts/login/", {"next": back}).status_code == 200


def test_a_wish_does_not_linger_for_a_later_sign_in(visitor, idea, charlie):
    visitor.get(wish(idea))
    visitor.get(f"/accounts/login/?next={wish(idea)}")
    sign_in(visitor, charlie)
    assert not VoteEvent.objects.exists()


def test_a_wrong_code_lets_nobody_in(visitor, idea):
    sign_up(visitor, wish(idea))
    answer = visitor.post("/accounts/confirm-email/", {"code": "WRONG1"})
    assert answer.status_code == 200
    assert "_auth_user_id" not in visitor.session
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "This address and this password do not go together. Check both."),
        ("fr", "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez les deux."),
    ],
)
def test_a_wrong_password_is_said_in_our_words(visitor, charlie, language, words):
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    sent = {"login": charlie.email, "password": "not this one"}
    assert words in text_of(visitor.post("/accounts/login/", sent))


def begins_at(page):
    return re.findall(r'name="(\w+)"[^>]*\sautofocus', page.content.decode())


@pytest.mark.parametrize(
    ("path", "first", "wrong"),
    [
        ("login", "login", "password"),
        ("signup", "display_name", "email"),
        ("password/reset", "email", "email"),
        ("enter", "email", "email"),
    ],
)
def test_one_types_at_once_where_a_page_is_nothing_but_its_form(visitor, db, path, first, wrong):
    path = f"/accounts/{path}/"
    assert begins_at(visitor.get(path)) == [first]
    form = {"login": EMAIL, "display_name": "Nina", "email": "nina", "password1": PASSWORD}
    assert begins_at(visitor.post(path, form | {"password": ""})) == [wrong]


def test_what_one_reads_first_keeps_the_page_where_it_is(visitor, charlie):
    form = {"login": charlie.email, "password": "wrong"}
    assert begins_at(visitor.post("/accounts/login/", form)) == []


@pytest.mark.parametrize("path", ["login", "signup", "password/reset", "enter"])
def test_what_is_no_address_is_said_in_our_words(visitor, db, path):
    page = visitor.post(f"/accounts/{path}/", {"login": "nina", "email": "nina"})
    assert "This is no e-mail address: one looks like name@example.org." in text_of(page)


def test_who_tries_again_and_again_is_slowed_down_in_our_words(visitor, db):
    answers = [visitor.post("/accounts/signup/", {"display_name": "Nina"}) for _n in range(70)]
    slowed = next(answer for answer in answers if answer.status_code == 429)
    assert "Wait a moment and try again." in text_of(slowed)
    assert 1 <= int(slowed["Retry-After"]) <= 10
    assert 'value="Nina"' in slowed.content.decode()


def test_the_saved_language_wins_at_sign_in(visitor, db):
    lea = make_user("Lea", language="fr")
    answer = sign_in(visitor, lea)
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "fr"
    assert 'lang="fr"' in visitor.get("/").content.decode()


def test_what_became_of_a_wish_is_said_in_the_language_of_the_page_that_says_it(idea):
    ada = make_user("Ada", language="en")
    french = reader(accept_language="fr")
    page = french.get(sign_in(french, ada, wish(idea))["Location"])
    assert 'lang="en"' in page.content.decode()
    assert "Welcome, Ada. Your vote is in." in text_of(page)


def test_why_a_wish_came_too_late_is_said_in_the_language_of_the_page_that_says_it(idea):
    set_closed(idea)
    french = reader(accept_language="fr")
    page = french.get(sign_in(french, make_user("Ada", language="en"), wish(idea))["Location"])
    assert [str(message) for message in page.context["messages"]] == [str(IdeaClosed.message)]


def test_who_signs_up_in_french_is_remembered_so(db):
    sign_up(reader(accept_language="fr"))
    assert User.objects.get(email=EMAIL).language == "fr"


@pytest.mark.parametrize(
    "path",
    [
        "login/", "signup/", "password/reset/", "password/reset/done/", "inactive/",
    ],
)  # fmt: skip
def test_the_pages_of_an_account_are_ours(visitor, db, path):
    response = visitor.get(f"/accounts/{path}")
    assert response.status_code == 200
    assert 'class="topbar"' in response.content.decode()


@pytest.mark.parametrize("path", ["email/", "password/change/", "logout/", "reauthenticate/"])
def test_the_pages_of_ones_own_account_are_ours(member, path):
    response = member.get(f"/accounts/{path}")
    assert response.status_code == 200
    assert 'class="topbar"' in response.content.decode()


def test_signing_out_ends_the_session(member):
    assert member.post("/accounts/logout/")["Location"] == "/"
    assert "Sign in" in text_of(member.get("/"))


SENDS_NONE = "This install sends no mail yet."


def waiting_for_a_code(settings, **sent):
    settings.EMAIL_URL = ""
    client = reader()
    sign_up(client)
    return text_of(client.get("/accounts/confirm-email/", **sent))


def test_a_newcomer_at_this_machine_is_told_where_the_first_mail_is(db, settings):
    settings.PUBLIC_HOST = "127.0.0.1"
    said = waiting_for_a_code(settings)
    assert SENDS_NONE in said
    assert str(settings.VAR / "mail") in said


def test_nobody_else_is_told_where_mails_are_written(db, settings):
    settings.PUBLIC_HOST = "127.0.0.1"
    assert SENDS_NONE not in waiting_for_a_code(settings, headers={"X-Forwarded-For": "127.0.0.1"})
    settings.PUBLIC_HOST = "ideas.example.org"
    assert SENDS_NONE not in waiting_for_a_code(settings)


def test_where_a_server_sends_mail_no_folder_is_named(db, settings):
    settings.PUBLIC_HOST = "127.0.0.1"
    client = reader()
    sign_up(client)
    settings.EMAIL_URL = "smtp://mail.example.org"
    assert SENDS_NONE not in text_of(client.get("/accounts/confirm-email/"))
