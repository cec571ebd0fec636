"""Who may ask, and what is not valid is 401, 403 or 400 before anything else is looked at."""

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.domain import keys, tokens
from accounts.enums import Scope
from accounts.models import Activity, ApiKey, PersonalToken, Session, User
from tests.api.conftest import Api, bearer, refusal, session_of, until_refused
from tests.factories import make_idea

pytestmark = pytest.mark.django_db


def a_key(brand, *scopes, rate=0):
    return keys.create_key(brand=brand, scopes=list(scopes), origins=[], rate=rate, actor=None)


BAD = [
    "Bearer",
    "Bearer ",
    "Bearer x",
    "Bearer cop_",
    "Bearer cos_" + "a" * 32,
    "Bearer cow_" + "a" * 32,
    "Bearer cop_" + "a" * 32,
    "Bearer cws_" + "a" * 32,
    "Basic YTpi",
    "cop_" + "a" * 32,
    "Token x",
    "Bearer cos_" + "é" * 32,
    "Bearer  cop_" + "a" * 32,
]


@pytest.mark.parametrize("header", BAD)
def test_a_bad_credential_is_401_even_where_none_is_needed(brand, header):
    response = Api(Authorization=header).get("brands/mio/")
    assert refusal(response) == (401, "bad_credential")
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Cache-Control"] == "private, no-store"


def test_a_secret_with_another_end_is_bad(brand):
    secret = a_key(brand, Scope.READ)[1]
    other = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    assert bearer(secret).get("me/").status_code == 200
    assert refusal(bearer(other).get("me/")) == (401, "bad_credential")


def test_the_scheme_may_be_written_small(brand):
    secret = a_key(brand, Scope.READ)[1]
    assert Api(Authorization=f"bearer {secret}").get("me/").status_code == 200


def test_w12_a_revoked_key_and_token_are_bad_from_the_next_request_on(brand, charlie):
    key, secret, _signing = a_key(brand, Scope.READ)
    token = tokens.create_token(user=charlie)
    server, program = bearer(secret), bearer(token)
    assert [caller.get("me/").status_code for caller in (server, program)] == [200, 200]
    keys.revoke_key(key=key, actor=None)
    PersonalToken.objects.update(revoked_at=timezone.now())
    for caller in (server, program):
        assert refusal(caller.get("me/")) == (401, "bad_credential")


def test_the_token_of_somebody_switched_off_is_bad(charlie, as_program):
    program = as_program(charlie)
    charlie.is_active = False
    charlie.save()
    assert refusal(program.get("me/")) == (401, "bad_credential")


def test_a_bearer_goes_before_the_session(brand, charlie, as_member):
    browser = as_member(charlie)
    browser.headers["Authorization"] = f"Bearer {a_key(brand, Scope.READ)[1]}"
    assert browser.get("me/").json()["kind"] == "key"
    browser.headers["Authorization"] = "Bearer cos_nothing"
    assert refusal(browser.get("me/")) == (401, "bad_credential")


def signed_in(caller):
    return caller.get("me/").status_code == 200


def test_a_session_reads_without_a_token(as_member, charlie):
    browser = as_member(charlie)
    del browser.headers["X-CSRFToken"]
    assert signed_in(browser)


def test_a_changed_password_ends_the_sessions_that_began_before(as_member, charlie):
    browser = as_member(charlie)
    assert signed_in(browser)
    charlie.set_password("another correct horse")
    charlie.save()
    assert not signed_in(browser)
    assert signed_in(session_of(charlie))


def test_a_session_signed_with_the_last_secret_is_kept(as_member, charlie, settings):
    browser = as_member(charlie)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next one"
    assert signed_in(browser)
    settings.SECRET_KEY_FALLBACKS = []
    assert not signed_in(browser)


def test_an_ended_session_is_a_visitors(as_member, charlie):
    browser = as_member(charlie)
    Session.objects.update(expire_date=timezone.now())
    assert refusal(browser.get("me/")) == (401, "sign_in_required")


def test_a_session_of_somebody_switched_off_is_a_visitors(as_member, charlie):
    browser = as_member(charlie)
    charlie.is_active = False
    charlie.save()
    assert not signed_in(browser)


def test_a_session_whose_data_names_another_user_is_a_visitors(as_member, charlie, bob):
    browser = as_member(charlie)
    User.objects.update(password=charlie.password)  # so that the hash alone would let them in
    Session.objects.update(user=bob)
    assert not signed_in(browser)


def test_a_session_of_a_backend_we_dropped_is_a_visitors(as_member, charlie, settings):
    browser = as_member(charlie)
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    assert not signed_in(browser)


@pytest.mark.parametrize("cookie", ["x", "a" * 32, "a" * 500, "é", "a\\000b", "' OR 1=1 --"])
def test_a_cookie_that_is_nobodys_is_a_visitors(brand, cookie):
    caller = Api()
    caller.client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert caller.get("brands/mio/").status_code == 200
    assert refusal(caller.get("me/")) == (401, "sign_in_required")


def test_a_cookie_with_a_nul_is_a_visitors(brand):
    caller = Api(Cookie=f'{settings.SESSION_COOKIE_NAME}="a\\000b"')
    assert caller.get("brands/mio/").status_code == 200


@pytest.mark.parametrize("kind", ["cos", "cop", "cws"])
@pytest.mark.parametrize("query", ["key={}", "x=1&token={}", "{}=1", "key=%63{}", "key=a&key={}"])
def test_w09_a_secret_in_an_address_is_refused_whatever_it_is_called(visitor, brand, kind, query):
    secret = f"{kind}_" + "a" * 32
    sent = query.format(secret[1:] if "%63" in query else secret)
    for path in ("brands/mio/", "nothing/at/all/", "ideas/abc/vote/"):
        assert refusal(visitor.get(f"{path}?{sent}")) == (400, "key_in_url")


def test_w09_a_key_that_leaked_is_noted_once_for_its_brand(visitor, brand):
    secret = a_key(brand, Scope.READ)[1]
    for _n in range(3):
        response = visitor.get(f"brands/mio/ideas/?key={secret}")
    assert refusal(response) == (400, "key_in_url")
    assert secret not in response.content.decode()
    leaked = Activity.objects.filter(kind="key.leaked")
    assert [(one.brand, one.subject_code, one.private) for one in leaked] == [
        (brand, secret[:12], True)
    ]


def test_w11_a_key_opens_nothing_of_another_brand(brand, challenge, mallory):
    idea = make_idea(challenge)
    rival = mallory.memberships.get().brand
    server = bearer(a_key(rival, Scope.READ, Scope.WRITE, Scope.VOTE)[1])
    widget = bearer(a_key(rival, Scope.WIDGET)[1])
    assert refusal(widget.get(f"ideas/{idea.code}/")) == (404, "not_found")
    for path in (
        "brands/mio/",
        "brands/mio/ideas/",
        "brands/mio/challenges/",
        f"ideas/{idea.code}/",
    ):
        assert refusal(server.get(path)) == (404, "not_found")
    assert refusal(server.post("brands/mio/ideas/", {"title": "Hello"})) == (404, "not_found")
    assert refusal(server.patch(f"ideas/{idea.code}/", {"title": "Hello"})) == (404, "not_found")


def test_w07_a_widgets_key_writes_nothing(brand, challenge):
    idea = make_idea(challenge)
    widget = bearer(a_key(brand, Scope.WIDGET)[1])
    assert widget.get(f"ideas/{idea.code}/").status_code == 200
    assert refusal(widget.post("brands/mio/ideas/", {"title": "Hello"})) == (403, "not_allowed")
    assert refusal(widget.patch(f"ideas/{idea.code}/", {"title": "Hello"})) == (403, "not_allowed")


def test_a_key_has_its_own_rate_and_0_is_none(brand):
    server = bearer(a_key(brand, Scope.READ, rate=3)[1])
    *answers, late = until_refused(lambda: server.get("brands/mio/"))
    assert len(answers) >= 3
    assert refusal(late) == (429, "too_many")
    assert late["Retry-After"] == "1"
    endless = bearer(a_key(brand, Scope.READ)[1])
    assert {endless.get("brands/mio/").status_code for _n in range(120)} == {200}


def test_d11_with_the_store_away_votes_go_on_under_a_limit_of_this_process(
    no_store, brand, as_member, charlie, challenge
):
    idea, voter = make_idea(challenge), as_member(charlie)
    first, *votes, late = until_refused(lambda: voter.put(f"ideas/{idea.code}/vote/", {"value": 1}))
    assert first.status_code == 201
    assert {one.status_code for one in votes} == {200}
    assert 59 <= len(votes) < 120
    assert refusal(late) == (429, "too_many")


def test_with_the_store_away_a_revoked_key_is_still_bad(no_store, brand):
    key, secret, _signing = a_key(brand, Scope.READ, rate=5)
    assert bearer(secret).get("me/").status_code == 200
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now())
    assert refusal(bearer(secret).get("me/")) == (401, "bad_credential")
