"""Where somebody is signed in: what is kept, what the list shows, and ending it."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import tasks
from accounts.domain import sessions
from accounts.models import Activity, Session
from cocreate.lib.agents import browser_of, system_of
from cocreate.lib.errors import NotFound
from ideas.models import Vote
from tests.accounts.steps import SEEN, is_signed_in, sign_in, signed_in
from tests.gate import another_connection
from tests.web.conftest import path_of, text_of

pytestmark = pytest.mark.django_db

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1"


def key_of(client):
    return client.session.session_key


def test_a_sign_in_is_kept_with_browser_address_and_moment(charlie):
    before = timezone.now()
    client = Client(headers={"user-agent": SEEN})
    sign_in(client, charlie)
    row = Session.objects.get(session_key=key_of(client))
    assert (row.user, row.agent, row.address) == (charlie, SEEN, "127.0.0.1")
    assert before <= row.began_at <= row.last_seen_at <= timezone.now()


def test_the_address_is_the_one_that_our_proxy_saw(charlie, settings):
    settings.TRUSTED_PROXIES = 1
    client = Client(headers={"x-forwarded-for": "10.9.9.9, 203.0.113.7"})
    sign_in(client, charlie)
    assert Session.objects.get(session_key=key_of(client)).address == "203.0.113.7"


def test_a_browser_with_an_odd_name_gets_in_too(charlie):
    client = Client(HTTP_USER_AGENT="é\x00\u202e" + "x" * 500)
    assert sign_in(client, charlie).status_code == 302
    assert Session.objects.get(session_key=key_of(client)).agent == "é" + "x" * 199


def test_what_was_kept_at_sign_in_stays_when_the_session_is_saved_again(charlie):
    client = signed_in(charlie)
    Session.objects.update(began_at=timezone.now() - timedelta(days=3))
    before = Session.objects.values("agent", "address", "began_at", "last_seen_at").get()
    kept = client.session
    kept["something"] = "else"
    kept.save()
    after = Session.objects.values("agent", "address", "began_at", "last_seen_at").get()
    assert after["agent"] == before["agent"] == SEEN
    assert after["last_seen_at"] == before["last_seen_at"]
    assert timezone.now() - after["began_at"] < timedelta(minutes=1)  # as the sign-in said


def test_a_page_notes_the_last_use_at_most_once_an_hour(charlie):
    client = signed_in(charlie)
    client.get("/me/")
    Session.objects.update(last_seen_at=timezone.now() - timedelta(minutes=59))
    assert updates_of_sessions(client) == 0
    Session.objects.update(last_seen_at=timezone.now() - timedelta(minutes=61))
    assert updates_of_sessions(client) == 1
    assert timezone.now() - Session.objects.get().last_seen_at < timedelta(minutes=1)
    assert updates_of_sessions(client) == 0


def updates_of_sessions(client):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/me/")
    return sum('UPDATE "accounts_session"' in query["sql"] for query in queries)


def test_a_vote_writes_nothing_into_the_session(charlie, idea):
    client = signed_in(charlie)
    client.get("/me/")
    long_ago = timezone.now() - timedelta(days=2)
    Session.objects.update(last_seen_at=long_ago)
    client.post(f"/i/{idea.code}/vote/", {"value": "1"})
    client.put(f"/api/v1/ideas/{idea.code}/vote/", {"value": 1}, content_type="application/json")
    assert Vote.objects.get().participant.user == charlie
    assert Session.objects.get().last_seen_at == long_ago


def test_the_list_names_this_browser_first_and_then_the_others_in_words(charlie):
    signed_in(charlie, PHONE)
    client = signed_in(charlie)
    page = client.get("/me/sessions/")
    text = text_of(page)
    assert page.status_code == 200
    assert text.index("Firefox on Linux this browser") < text.index("Safari on iPhone")
    assert "from 127.0.0.1" in text
    assert "Last used within the last hour" in text


def test_the_list_never_shows_a_key(charlie):
    other, client = signed_in(charlie), signed_in(charlie)
    body = client.get("/me/sessions/").content.decode()
    assert key_of(other) not in body
    assert key_of(client) not in body


@pytest.mark.parametrize("others", [0, 2])
def test_the_list_costs_the_same_with_one_session_and_with_three(
    charlie, others, django_assert_num_queries
):
    for _n in range(others):
        signed_in(charlie)
    client = signed_in(charlie)
    client.get("/me/sessions/")
    with django_assert_num_queries(3):  # session and user, unread notices, the list
        client.get("/me/sessions/")


def test_the_list_has_no_ended_session_and_nobody_elses(charlie, alice):
    signed_in(alice, PHONE)
    signed_in(charlie, PHONE)
    Session.objects.filter(user=charlie).update(expire_date=timezone.now())
    client = signed_in(charlie)
    assert "Safari" not in text_of(client.get("/me/sessions/"))


def test_a_member_ends_one_session(charlie):
    lost, kept, client = signed_in(charlie), signed_in(charlie), signed_in(charlie)
    ref = sessions.ref_of(key_of(lost))
    assert client.post("/me/sessions/end/", {"session": ref})["Location"] == "/me/sessions/"
    assert "That browser is signed out." in text_of(client.get("/me/sessions/"))
    assert [is_signed_in(each) for each in (lost, kept, client)] == [False, True, True]
    row = Activity.objects.get(kind="session.ended")
    assert (row.actor, row.private, row.data) == (charlie, True, {"count": 1})


def test_pressed_twice_it_says_that_it_was_done_already(charlie):
    lost, client = signed_in(charlie), signed_in(charlie)
    for _n in range(2):
        client.post("/me/sessions/end/", {"session": sessions.ref_of(key_of(lost))})
    assert "signed out already" in text_of(client.get("/me/sessions/"))
    assert Activity.objects.filter(kind="session.ended").count() == 1


def test_a_member_ends_all_others_and_stays(charlie, alice):
    others, client, stranger = (
        [signed_in(charlie) for _n in range(2)], signed_in(charlie), signed_in(alice),
    )  # fmt: skip
    client.post("/me/sessions/end-others/")
    assert "2 other browsers are signed out." in text_of(client.get("/me/sessions/"))
    assert [is_signed_in(each) for each in others] == [False, False]
    assert is_signed_in(client)
    assert is_signed_in(stranger)
    assert Activity.objects.get(kind="session.ended").data == {"count": 2}


def test_where_there_is_no_other_session_nothing_is_recorded(charlie):
    signed_in(charlie).post("/me/sessions/end-others/")
    assert not Activity.objects.filter(kind="session.ended").exists()


def test_nobody_ends_a_session_of_somebody_else(charlie, alice):
    hers, client = signed_in(alice), signed_in(charlie)
    client.post("/me/sessions/end/", {"session": sessions.ref_of(key_of(hers))})
    assert is_signed_in(hers)
    with pytest.raises(NotFound):
        sessions.end(user=charlie, ref=sessions.ref_of(key_of(hers)), key=key_of(client))


@pytest.mark.parametrize("ref", ["", "é", "\x00", "x" * 5000])
def test_an_odd_name_of_a_session_is_no_session(charlie, ref):
    client = signed_in(charlie)
    assert client.post("/me/sessions/end/", {"session": ref}).status_code == 302
    assert is_signed_in(client)


def test_this_browser_is_signed_out_by_its_own_button_only(charlie):
    client = signed_in(charlie)
    answer = client.post("/me/sessions/end/", {"session": sessions.ref_of(key_of(client))})
    assert answer.status_code == 409
    assert "sign out instead" in text_of(answer)
    assert is_signed_in(client)


def test_a_page_that_was_still_loading_does_not_revive_an_ended_session(charlie):
    lost = signed_in(charlie)
    late = lost.session
    late["something"] = "late"
    sessions.end_others(user=charlie, key=None)
    with pytest.raises(UpdateError):
        late.save()
    assert not Session.objects.filter(user=charlie).exists()


def test_what_expired_is_cleared_and_what_lives_stays(charlie):
    client, gone = signed_in(charlie), signed_in(charlie)
    Session.objects.filter(session_key=key_of(gone)).update(expire_date=timezone.now())
    tasks.clear_expired_sessions()
    assert [row.session_key for row in Session.objects.all()] == [key_of(client)]


BROWSERS = {
    SEEN: ("Firefox", "Linux"),
    PHONE: ("Safari", "iPhone"),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36": (
        "Chrome", "Windows",
    ),
    "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0": ("Edge", "Windows"),
    "Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130 Mobile Safari/537.36": (
        "Samsung Internet", "Android",
    ),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15": (
        "Safari", "macOS",
    ),
    "Mozilla/5.0 (X11; CrOS x86_64) Chrome/140.0 Safari/537.36": ("Chrome", "ChromeOS"),
    "curl/8.5.0": ("curl", ""),
    "a thing": ("", ""),
    "": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize("agent", BROWSERS)
def test_a_browser_is_named_after_what_is_most_itself(agent):
    assert (browser_of(agent), system_of(agent)) == BROWSERS[agent]


@pytest.mark.parametrize(
    ("agent", "words"),
    [("curl/8.5.0", "curl"), ("a thing " + "x" * 90, "a thing xxx"), ("", "Unknown browser")],
)
def test_what_we_do_not_know_is_shown_as_it_calls_itself(charlie, agent, words):
    client = Client(HTTP_USER_AGENT=agent) if agent else Client()
    sign_in(client, charlie)
    assert words in text_of(client.get("/me/sessions/"))


def test_a_reader_of_an_idea_is_noted_too(charlie, idea):
    client = signed_in(charlie)
    Session.objects.update(last_seen_at=timezone.now() - timedelta(days=1))
    client.get(path_of(idea))
    assert timezone.now() - Session.objects.get().last_seen_at < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_a_page_is_shown_even_where_its_last_use_cannot_be_noted(charlie):
    client = signed_in(charlie)
    client.get("/me/")
    Session.objects.update(last_seen_at=timezone.now() - timedelta(days=1))
    with another_connection() as other, connection.cursor() as own:
        other.execute("LOCK TABLE accounts_session IN SHARE MODE")
        own.execute("SET lock_timeout = '50ms'")
        assert client.get("/me/").status_code == 200
        own.execute("RESET lock_timeout")
