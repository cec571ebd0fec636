"""What holds for every page: no cookie for visitors, caching, languages, health, errors."""

import re

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import RequestFactory

from cocreate.lib import standby
from tests.web.conftest import path_of, reader, text_of
from web import errors

INLINE = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)


def public_paths(idea):
    own = [path_of(idea), "/u/alice/"]
    return ["/", "/b/mio/", "/b/mio/c/street/", "/b/mio/c/open/", *own]


def test_a_visitor_is_given_no_cookie_and_no_token(visitor, idea):
    for path in public_paths(idea):
        response = visitor.get(path)
        assert response.status_code == 200
        assert not response.cookies, path
        assert "csrfmiddlewaretoken" not in response.content.decode()


def test_a_visitors_page_may_be_shared_for_seconds(visitor, idea):
    for path in public_paths(idea):
        response = visitor.get(path)
        assert response["Cache-Control"] == "public, max-age=0, s-maxage=5"
        assert {"Cookie", "Accept-Language"} <= set(response["Vary"].split(", "))


def test_what_a_member_sees_is_stored_nowhere(member, idea):
    for path in [*public_paths(idea), "/me/", "/b/mio/submit/"]:
        assert member.get(path)["Cache-Control"] == "private, no-store", path


def test_a_refusal_is_not_shared(visitor, db):
    assert visitor.get("/b/nobody/")["Cache-Control"] == "no-cache"


def test_no_page_needs_what_the_security_policy_forbids(visitor, member, rita, idea):
    pages = [visitor.get(path) for path in [*public_paths(idea), "/accounts/signup/", "/nowhere/"]]
    pages += [member.get(path) for path in ["/me/", "/b/mio/submit/", path_of(idea)]]
    pages += [reader(rita).get("/desk/mio/")]
    for page in pages:
        assert not INLINE.search(page.content.decode()), page.request["PATH_INFO"]
        assert "unsafe-inline" not in page["Content-Security-Policy"]


def test_a_visitor_reads_in_the_language_of_the_browser(db):
    assert 'lang="fr"' in reader(accept_language="fr").get("/").content.decode()


def test_a_visitor_chooses_a_language_by_a_link(visitor, db):
    response = visitor.get("/language/?to=fr&next=/b/mio/")
    assert (response.status_code, response["Location"]) == (302, "/b/mio/")
    assert list(response.cookies) == [settings.LANGUAGE_COOKIE_NAME]
    assert 'lang="fr"' in visitor.get("/").content.decode()


def test_a_member_saves_the_choice_with_a_form_alone(member, charlie):
    member.get("/language/?to=fr")
    charlie.refresh_from_db()
    assert charlie.language == "en"
    member.post("/language/", {"to": "fr", "next": "/me/"})
    charlie.refresh_from_db()
    assert charlie.language == "fr"


@pytest.mark.parametrize("query", ["", "to=", "to=xx", "to=../../etc"])
def test_an_unknown_language_is_refused(visitor, db, query):
    assert visitor.get(f"/language/?{query}").status_code == 400


@pytest.mark.parametrize("away", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_language_link_leads_nowhere_else(visitor, db, away):
    assert visitor.get("/language/", {"to": "fr", "next": away})["Location"] == "/"


def test_the_process_is_up(visitor, db):
    response = visitor.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_a_site_that_can_work_is_ready(visitor, db):
    facts = visitor.get("/readyz").json()
    assert facts == {
        "database": "ok",
        "valkey": "ok",
        "tally": {"waiting": 0, "lag_seconds": 0},
    }


def test_a_site_whose_commits_hang_is_not_ready(visitor, db, monkeypatch):
    monkeypatch.setattr(standby, "COMMITS_WAIT", "SELECT true")
    response = visitor.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "waits for a standby")


def test_without_the_store_the_site_is_ready_all_the_same(visitor, db, no_store):
    response = visitor.get("/readyz")
    assert (response.status_code, response.json()["valkey"]) == (200, "away")


def test_d11_without_the_store_pages_are_read(visitor, idea, no_store):
    assert visitor.get("/b/mio/c/street/").status_code == 200


def test_what_is_nowhere_is_404_in_our_look(visitor, db):
    response = visitor.get("/nowhere/")
    assert response.status_code == 404
    assert "This page is not here" in text_of(response)


def server_error(error):
    try:
        raise error
    except type(error):
        return errors.server_error(RequestFactory().get("/"))


def test_an_error_of_ours_is_500_without_database_or_session():
    response = server_error(ValueError("broken"))
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


def test_a_database_lost_in_a_middleware_is_503():
    response = server_error(OperationalError("gone"))
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "We will be back in a moment" in response.content.decode()


def test_who_asks_for_an_icon_by_name_is_led_to_ours(visitor, db):
    response = visitor.get("/favicon.ico")
    assert (response.status_code, response["Location"]) == (302, "/static/img/favicon-32.png")
    assert response["Cache-Control"] == "public, max-age=3600"


def test_robots_are_told_where_nothing_is_to_be_read(visitor, db):
    response = visitor.get("/robots.txt")
    assert response["Content-Type"] == "text/plain"
    assert "Disallow: /desk/" in response.content.decode()


def test_a_page_names_its_own_address_on_our_public_host(visitor, idea, settings):
    settings.PUBLIC_URL = "https://ideas.example"
    body = visitor.get(f"{path_of(idea)}?utm=x").content.decode()
    assert f'<link rel="canonical" href="https://ideas.example{path_of(idea)}">' in body


def test_the_skeleton_of_a_page_is_whole(visitor, idea):
    for path in public_paths(idea):
        body = visitor.get(path).content.decode()
        assert body.count("<h1") == body.count("<main") == body.count("<title>") == 1
        assert 'href="#content"' in body
