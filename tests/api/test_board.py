"""GET brands/{brand}/board/: a list of ideas and all that it takes to show it, in one answer."""

import pytest

from accounts.enums import Scope, Visibility
from tests.api.conftest import queries_sent, refusal
from tests.factories import make_challenge, make_idea

pytestmark = pytest.mark.django_db


def test_it_says_what_three_addresses_say(idea, visitor):
    make_idea(idea.challenge, title="A second one")
    board = visitor.get("brands/mio/board/?challenge=street&sort=new").json()
    asked = visitor.get("brands/mio/challenges/").json()["results"]
    assert board == {
        "brand": visitor.get("brands/mio/").json(),
        "challenges": [one for one in asked if one["slug"] == "street"],
        "ideas": visitor.get("brands/mio/ideas/?challenge=street&sort=new").json(),
    }


def test_of_a_whole_brand_it_has_the_rules_of_every_idea_and_of_no_other_question(
    idea, brand, visitor
):
    points = make_challenge(brand, slug="points", mode="points", max_points=5)
    make_challenge(brand, slug="nothing-in-it")
    make_idea(points)
    board = visitor.get("brands/mio/board/").json()
    assert {one["slug"]: one["mode"] for one in board["challenges"]} == {
        "points": "points",
        "street": "up",
    }
    assert {one["challenge"] for one in board["ideas"]["results"]} == {"points", "street"}


def test_a_later_page_brings_the_rules_of_its_own_ideas(idea, brand, visitor):
    make_idea(make_challenge(brand, slug="later"))
    first = visitor.get("brands/mio/board/?sort=new&limit=1").json()
    cursor = first["ideas"]["next"]
    second = visitor.get(f"brands/mio/board/?sort=new&limit=1&cursor={cursor}").json()
    pages = [[one["slug"] for one in page["challenges"]] for page in (first, second)]
    assert pages == [["later"], ["street"]]


def test_a_question_without_ideas_is_there_if_it_is_named(brand, challenge, visitor):
    board = visitor.get("brands/mio/board/?challenge=street").json()
    assert [one["slug"] for one in board["challenges"]] == ["street"]
    assert board["ideas"] == {"results": [], "next": None}
    assert visitor.get("brands/mio/board/").json()["challenges"] == []
    assert refusal(visitor.get("brands/mio/board/?challenge=none")) == (404, "not_found")


@pytest.mark.parametrize("number", [1, 3])
def test_it_is_the_same_queries_however_many_ideas(challenge, visitor, number):
    for _n in range(number):
        make_idea(challenge)
    visitor.get("brands/mio/board/")
    with queries_sent() as sent:
        visitor.get("brands/mio/board/")
    assert len(sent) == 5


def test_a_members_only_brand_is_404_for_strangers(brand, visitor, as_server, as_widget):
    brand.visibility = Visibility.MEMBERS
    brand.save()
    for caller in (visitor, as_widget(brand)):
        assert refusal(caller.get("brands/mio/board/")) == (404, "not_found")
    assert as_server(brand, Scope.READ).get("brands/mio/board/").status_code == 200


def test_nothing_is_posted_there(brand, as_server):
    answer = as_server(brand, Scope.WRITE).post("brands/mio/board/", {"title": "Hello"})
    assert refusal(answer) == (405, "method_not_allowed")
