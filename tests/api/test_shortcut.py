"""Programs go a shorter way through the middlewares (cocreate/lib/shortcut.py): whatever they ask,
the answer is the one of the long way.
"""

import json

import psycopg
import pytest
from django.conf import settings as of_django
from django.db import OperationalError
from django.test import Client

from cocreate.lib.bodies import TooSlow

SHORTCUT = "cocreate.lib.shortcut.ShortcutMiddleware"
ITS_OWN = ("X-Request-ID", "RateLimit")  # differ from request to request
VOTE = "ideas/{code}/vote/"


@pytest.fixture(autouse=True)
def plain_files(settings):
    """A page of a wrong host or a broken view names style sheets."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = of_django.STORAGES | {"staticfiles": plain}


def the_long_way(settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != SHORTCUT]


def said(response):
    body = response.content
    if response.status_code >= 400 and response["Content-Type"] == "application/json":
        body = {**json.loads(body), "request_id": ""}
    headers = {name: value for name, value in response.items() if name not in ITS_OWN}
    headers["Vary"] = sorted(headers.get("Vary", "").split(", "))
    if "Content-Length" in headers and response.status_code >= 400:
        headers["Content-Length"] = "differs with the id of the request"
    return response.status_code, headers, body


REQUESTS = {
    "a list": ("GET", "brands/mio/ideas/", {}),
    "a list in French": ("GET", "brands/mio/ideas/", {"Accept-Language": "fr-CA, en;q=0.5"}),
    "in a language that the cookie names": (
        "GET", "brands/mio/", {"Cookie": f"{of_django.LANGUAGE_COOKIE_NAME}=fr"},
    ),
    "its head": ("HEAD", "brands/mio/ideas/", {}),
    "what nobody has": ("GET", "nothing/here", {}),
    "nothing": ("GET", "", {}),
    "what is not done there": ("PATCH", "me/", {}),
    "a parameter that is unknown": ("GET", "brands/mio/ideas/?no=1", {}),
    "a preflight": (
        "OPTIONS", "brands/mio/ideas/", {
            "Origin": "https://shop.example", "Access-Control-Request-Method": "GET",
        },
    ),
    "a stranger's vote": ("PUT", VOTE, {}),
    "a wrong key": ("GET", "me/", {"Authorization": "Bearer cop_" + "a" * 32}),
    "over a proxy's TLS": ("GET", "brands/mio/", {"X-Forwarded-Proto": "https"}),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", REQUESTS)
def test_an_answer_is_the_same_by_both_ways(name, settings, brand, idea):
    method, path, headers = REQUESTS[name]
    address = "/api/v1/" + path.format(code=idea.code)
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 60, True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    def ask():
        return said(Client().generic(method, address, headers=headers))

    short = ask()
    the_long_way(settings)
    assert short == ask()


@pytest.mark.django_db
def test_another_host_is_refused_by_both_ways(settings, brand):
    """The long way leaves out what it has not come to; nothing that it says is missing."""

    def ask():
        client = Client()
        client.get("/api/v1/brands/mio/", headers={"Accept-Language": "fr"})  # nobody's language
        strange = {"Host": "elsewhere.example", "Accept-Language": "en"}
        return said(client.get("/api/v1/brands/mio/", headers=strange))

    short = ask()
    the_long_way(settings)
    long = ask()
    assert (long[0], long[2]) == (short[0], short[2])
    assert long[0] == 400
    assert all(short[1][name] == value for name, value in long[1].items())


@pytest.mark.django_db
def test_a_lost_database_and_a_slow_body_are_the_same_by_both_ways(settings, brand, monkeypatch):
    def away(*_args, **_options):
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    def both():
        with monkeypatch.context() as patch:
            patch.setattr(psycopg.Cursor, "execute", away)
            lost = Client().get("/api/v1/brands/mio/")
        with monkeypatch.context() as patch:
            patch.setattr("api.views.ApiView.dispatch", broken(TooSlow()))
            slow = Client().get("/api/v1/brands/mio/")
            patch.setattr("api.views.ApiView.dispatch", broken(OperationalError("gone")))
            outside = Client().get("/api/v1/brands/mio/")
        return [said(response) for response in (lost, slow, outside)]

    short = both()
    assert [status for status, _headers, _body in short] == [503, 400, 503]
    the_long_way(settings)
    assert short == both()


def broken(error):
    def dispatch(*args, **kwargs):
        raise error

    return dispatch


@pytest.mark.django_db
def test_a_program_passes_by_sessions_forms_and_messages(brand, monkeypatch):
    def never(*args):
        raise AssertionError("nobody needs it here")

    monkeypatch.setattr(
        "django.contrib.sessions.middleware.SessionMiddleware.process_request", never
    )
    monkeypatch.setattr("django.middleware.csrf.CsrfViewMiddleware.process_view", never)
    assert Client().get("/api/v1/brands/mio/").status_code == 200


@pytest.mark.django_db
def test_a_page_goes_the_long_way(brand):
    assert "sessionid" not in Client().get("/b/mio/").wsgi_request.COOKIES
    assert hasattr(Client().get("/b/mio/").wsgi_request, "session")
    assert not hasattr(Client().get("/api/v1/brands/mio/").wsgi_request, "session")
