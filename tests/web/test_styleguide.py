"""The page of components: for operators, and every component is on it."""

import re
from pathlib import Path

import pytest

from accounts.models import User
from cocreate.lib import fragments
from tests.operators import signed_in
from tests.source import ROOT
from web.guide import tokens
from web.guide.views import NOT_SHOWN

pytestmark = pytest.mark.django_db
PARTIALS = {path.name for path in (ROOT / "templates/partials").glob("*.html")}


@pytest.fixture
def operator(member, charlie):
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    return member


def test_it_is_not_there_for_anybody_else(visitor, member, charlie):
    lost = visitor.get("/nowhere/").status_code
    assert [client.get("/styleguide/").status_code for client in (visitor, member)] == [lost, lost]
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    assert member.get("/styleguide/").status_code == 200


@pytest.mark.parametrize("look", ["", "200", "%23ffd500", "%23000000", "no such", "٣", "999"])
def test_every_component_is_shown_in_every_colour_or_it_is_said_why_not(operator, look):
    fragments.shelf.clear()
    page = operator.get(f"/styleguide/?look={look}")
    used = {Path(one.name).name for one in page.templates if one.name.startswith("partials/")}
    around = {"bottom.html", "head.html", "places.html", "reader.html"}
    assert PARTIALS - used == set(NOT_SHOWN) - around
    assert set(NOT_SHOWN) <= PARTIALS
    assert "style=" not in page.content.decode()


def test_it_asks_the_database_for_nothing_but_its_reader(operator, django_assert_num_queries):
    operator.get("/styleguide/")
    with django_assert_num_queries(2):
        operator.get("/styleguide/")


def test_its_contrasts_are_those_of_the_style_sheet():
    for look in ("32", "#ffd500", "#777777"):
        found = list(tokens.pairs(look))
        assert len(found) > 15
        for pair in found:
            assert min(pair.light.ratio, pair.dark.ratio) >= pair.least, (pair, look)


def test_its_tokens_are_all_that_there_are():
    text = (tokens.CSS / "tokens.css").read_text()
    named = set(re.findall(r"--([\w-]+): light-dark\(oklch", text))
    assert {one.name for one in tokens.swatches("32")} == named
    assert [name for name, _value in tokens.sizes("s")] == [f"s{n}" for n in range(1, 8)]
    assert [name for name, _value in tokens.sizes("r")] == ["r1", "r2", "r3", "round"]
    assert len(tokens.signs()) > 25


def test_an_operator_finds_it_in_the_administration(operator, charlie):
    assert 'href="/styleguide/"' in signed_in(charlie).get("/admin/").content.decode()
