"""Which pages a browser may fetch before anybody has pressed their link, and for whom."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from ideas.domain import exposure, showings
from ideas.models import Attendance, Exposure
from tests.factories import make_idea, make_participant
from tests.test_access_matrix import routes
from tests.web.conftest import path_of
from web.ahead import ACTS, READ

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
HEADER = "Speculation-Rules"
WRITES = re.compile("(INSERT|UPDATE|DELETE)", re.IGNORECASE)
READERS = {
    "",
    "i/<code:code>/<slug:slug>/",
    "u/<slug:handle>/",
    "b/<slug:slug>/roadmap/",
}


def may_come_ahead(path: str) -> bool:
    def fits(pattern: str) -> bool:
        return re.fullmatch(re.sub(r":\w+", "[^/]+", pattern), path) is not None

    return any(map(fits, READ)) and not any(fits(f"/i/:code/{act}/") for act in ACTS)


def test_the_rules_are_a_file_of_the_kind_that_browsers_ask_for(visitor):
    answer = visitor.get("/ahead.json")
    assert answer["Content-Type"] == "application/speculationrules+json"
    assert answer["Cache-Control"] == "public, max-age=3600"
    (rule,) = answer.json()["prefetch"]
    assert rule["eagerness"] == "moderate"
    assert not answer.cookies


def test_of_all_addresses_only_pages_that_are_read_come_ahead():
    every = set(routes(get_resolver()))
    assert every >= READERS
    ahead = {
        route for route in every if may_come_ahead("/" + re.sub(r"<[^>]+>", "word2345", route))
    }
    assert ahead == READERS


def test_who_saves_data_is_sent_nothing_ahead(visitor):
    answer = visitor.get("/ahead.json", headers={"Save-Data": "on"})
    assert answer.json() == {"prefetch": []}
    assert "Save-Data" in answer["Vary"]


def test_pages_of_visitors_name_the_rules_and_a_members_do_not(visitor, member, idea):
    for path in ("/", "/b/mio/", "/b/mio/c/street/", path_of(idea)):
        assert visitor.get(path)[HEADER] == '"/ahead.json"'
        assert HEADER not in member.get(path)


def test_what_is_no_page_names_none(visitor, brand):
    for path in ("/b/mio/counts/", "/b/nowhere/", "/ahead.json", "/i/aaaaaaaaaa/"):
        assert HEADER not in visitor.get(path)


def test_no_page_that_may_come_ahead_counts_anybody_even_when_it_is_read(visitor, idea, charlie):
    """Its showing is never told of; so there is nothing to tell."""
    charlie_has = make_participant(idea.brand, charlie)
    make_idea(idea.challenge, author=charlie_has)
    pages = ("/", path_of(idea), f"/u/{charlie.handle}/", "/b/mio/roadmap/")
    assert all(map(may_come_ahead, pages))
    for path in pages:
        with CaptureQueriesContext(connection) as sent:
            answer = visitor.get(path, headers={"User-Agent": FIREFOX})
        assert answer.status_code == 200, path
        assert [one["sql"] for one in sent if WRITES.match(one["sql"])] == [], path
    showings.waiting.send()
    exposure.keep()
    assert not Exposure.objects.exists()
    assert not Attendance.objects.exists()
