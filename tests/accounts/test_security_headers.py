"""S12, S13, S16, S17: what browsers keep of us, what caches may, and which doors do not exist."""

import json
import os
import subprocess
import sys

import pytest
from django.apps import apps
from django.test import Client
from django.urls import Resolver404, resolve

from tests.accounts.proxy import Proxy, may_be_shared
from tests.accounts.steps import sign_in, sign_up, signed_in
from tests.factories import make_user
from tests.source import ROOT
from tests.test_access_matrix import FRAMES, TABLE, names
from tests.web.conftest import path_of

__all__ = ["names"]

pytestmark = pytest.mark.django_db

COOKIE_SETTINGS = """
import json
from cocreate import settings
print(json.dumps({
    name: value
    for name, value in vars(settings).items()
    if name.isupper() and "COOKIE" in name or name == "MESSAGE_STORAGE"
}))
"""


@pytest.fixture
def under_https(settings):
    """The cookie settings of a site whose PUBLIC_URL begins with https."""
    environment = os.environ | {"PUBLIC_URL": "https://ideas.example", "SECRET_KEY": "for a test"}
    done = subprocess.run(
        [sys.executable, "-c", COOKIE_SETTINGS], cwd=ROOT, env=environment, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    for name, value in json.loads(done.stdout).items():
        setattr(settings, name, value)
    settings.ALLOWED_HOSTS = ["ideas.example"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://ideas.example"]


def test_s12_under_https_every_cookie_is_bound_to_this_host(under_https, charlie, idea):
    client = Client(SERVER_NAME="ideas.example", SERVER_PORT="443", headers={})
    steps = [
        lambda: client.get("/accounts/login/", secure=True),
        lambda: client.post("/accounts/password/reset/", {"email": charlie.email}, secure=True),
        lambda: client.get("/language/?to=fr", secure=True),
        lambda: client.post(
            "/accounts/login/",
            {"login": charlie.email, "password": "correct horse battery"},
            secure=True,
        ),
        lambda: client.post(f"/i/{idea.code}/vote/", {"value": "1"}, secure=True),
        lambda: client.post("/me/sessions/end-others/", secure=True),
        lambda: client.get("/me/sessions/", secure=True),
        lambda: client.post("/accounts/logout/", secure=True),
    ]
    morsels = [morsel for step in steps for morsel in step().cookies.values()]
    set_ones = {morsel.key for morsel in morsels if morsel.value}
    assert set_ones == {
        "__Host-cocreate_session", "__Host-cocreate_csrf", "__Host-cocreate_language",
    }  # fmt: skip
    for morsel in morsels:
        assert morsel.key in set_ones
        assert (morsel["path"], morsel["domain"], morsel["samesite"]) == ("/", "", "Lax")
        if morsel.value:  # Django's own deletion of a cookie says less
            assert morsel["secure"]
            assert morsel["httponly"]


@pytest.fixture
def marked():
    """Somebody whose every trace on a page is easy to find."""
    return make_user("Cnry", email="cnry-7c1f@example.org", handle="cnry-7c1f")


MARKS = ("cnry", "Cnry", "csrfmiddlewaretoken")
SHARED = ["/", "/b/mio/", "/b/mio/c/street/", "{idea}", "/u/charlie/", "/b/nobody/"]
FOR_ALL = ["/site.webmanifest", "/ahead.json", "/colours/1/ffd500.css"]
OWN = ["/me/", "/me/sessions/", "/accounts/email/", "/accounts/password/change/", "/b/mio/submit/"]


def paths(idea, templates):
    return [path.format(idea=path_of(idea)) for path in templates]


@pytest.mark.parametrize("first", ["member", "visitor"])
@pytest.mark.parametrize("cookie", [None, "utm=1"])
def test_s13_a_shared_cache_never_hands_out_what_a_member_saw(marked, charlie, idea, first, cookie):
    proxy, member, visitor = Proxy(), signed_in(marked), Client()
    if cookie:
        visitor.cookies["utm"] = "1"
    for path in paths(idea, SHARED + OWN):
        order = [member, visitor] if first == "member" else [visitor, member]
        pages = {each is member: proxy.get(each, path) for each in order}
        again = [proxy.get(each, path) for each in (visitor, Client())]
        for page in (pages[False], *again):
            assert not any(mark in page for mark in MARKS[:2]), path
    assert proxy.hits
    kept = [page for pages in proxy.kept.values() for page in pages]
    assert kept
    for page in kept:
        assert not page.cookies
        assert not any(mark in page.body for mark in MARKS)


def test_s13_two_members_never_meet_in_a_cache(marked, charlie, idea):
    proxy, one, two = Proxy(), signed_in(marked), signed_in(charlie)
    for path in paths(idea, SHARED + OWN):
        proxy.get(one, path)
        assert "cnry" not in proxy.get(two, path).lower(), path
    assert not proxy.hits


def test_s13_what_a_member_gets_is_private_and_never_stored(marked, idea):
    client = signed_in(marked)
    for path in paths(idea, SHARED + OWN):
        rules = client.get(path)["Cache-Control"]
        assert "private" in rules, path
        assert "no-store" in rules, path


def test_s13_every_page_that_may_be_shared_says_on_what_it_depends(names):
    found = 0
    for address in TABLE:
        response = Client().get(address.format(**names))
        if response.get("Cache-Control") and may_be_shared(response):
            found += 1
            vary = {name.strip() for name in response["Vary"].split(",")}
            is_for_all = address in {*FRAMES, *FOR_ALL}
            needed = {"Accept-Language"} if is_for_all else {"Cookie", "Accept-Language"}
            assert needed <= vary, address
    assert found >= 5


def test_s17_a_page_that_may_be_shared_has_no_csrf_token_and_sets_no_cookie(names):
    for address in TABLE:
        response = Client().get(address.format(**names))
        if response.get("Cache-Control") and may_be_shared(response):
            assert "csrfmiddlewaretoken" not in response.content.decode(), address
            assert not response.cookies, address


def test_s17_a_page_with_a_token_is_never_shared(names, charlie):
    """The other way round: wherever a token stands, no cache may keep the page."""
    found = 0
    for client in (Client(), signed_in(charlie)):
        for address in TABLE:
            response = client.get(address.format(**names))
            if "csrfmiddlewaretoken" in response.content.decode(errors="replace"):
                found += 1
                assert "no-store" in response["Cache-Control"], address
    assert found > 10


def test_s13_the_answers_of_the_forms_are_never_stored(charlie):
    client = Client()
    answers = [
        client.post("/accounts/login/", {"login": charlie.email, "password": "a guess"}),
        sign_up(client, "new@example.org"),
        sign_in(client, charlie),
        client.post("/accounts/password/change/", {}),
    ]
    assert ["no-store" in answer["Cache-Control"] for answer in answers] == [True] * 4


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/social/login/", "/accounts/3rdparty/", "/accounts/google/login/",
        "/accounts/oidc/any/login/", "/accounts/oidc/any/login/callback/", "/accounts/saml/any/",
        "/accounts/social/signup/", "/accounts/login/code/", "/_allauth/browser/v1/config",
        "/.well-known/openid-configuration", "/accounts/2fa/",
    ],
)  # fmt: skip
def test_s16_there_is_no_door_through_another_service(path):
    with pytest.raises(Resolver404):
        resolve(path)
    assert Client().get(path).status_code == 404
    assert not apps.is_installed("allauth.socialaccount")
