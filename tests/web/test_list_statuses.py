"""The row of statuses above a list: which, how many, and where each leads."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ideas.domain import ideas, votes
from ideas.domain.statuses import Step, change_graph
from ideas.models import Idea
from tests.factories import make_challenge, make_idea

PAGE = "/b/mio/c/street/"


def said(response):
    """Each choice: what it says, how many, whether it is the one."""
    return [(one.label, one.ideas, one.is_current) for one in response.context["choices"]]


def put(idea, status):
    Idea.objects.filter(pk=idea.pk).update(status=status)


@pytest.fixture
def four(challenge):
    """One of them made, one planned, two as they came."""
    found = [make_idea(challenge, title=f"Lantern {n}", tags=["wood"]) for n in range(4)]
    put(found[0], "implemented")
    put(found[1], "planned")
    return found


def test_only_statuses_that_occur_are_told_in_the_order_of_the_road(visitor, four):
    page = visitor.get(PAGE)
    assert said(page) == [
        ("", 4, True), ("Submitted", 2, False), ("Planned", 1, False), ("Implemented", 1, False),
    ]  # fmt: skip
    row = re.search(r'<nav class="statuses".*?</nav>', page.content.decode(), re.DOTALL)[0]
    words = " ".join(re.sub(r"<[^>]+>", " ", row).split())
    assert words == "All 4 Submitted 2 Planned 1 Implemented 1"
    assert re.findall(r'id="([\w-]+)"[^>]*aria-current="true"', row) == ["any-status"]


def test_a_status_narrows_the_list_and_all_takes_it_out_again(visitor, four):
    page = visitor.get(f"{PAGE}?status=planned")
    assert [idea.code for idea in page.context["ideas"]] == [four[1].code]
    assert [label for label, _ideas, is_current in said(page) if is_current] == ["Planned"]
    assert page.context["choices"][0].query == ""
    assert "data-chip" not in page.content.decode()  # the row says it


def test_each_keeps_the_order_and_the_other_filters_and_begins_with_the_first_page(visitor, four):
    page = visitor.get(f"{PAGE}?sort=new&view=list&tag=wood&status=planned")
    queries = {one.key: one.query for one in page.context["choices"]}
    assert queries["implemented"] == "sort=new&view=list&tag=wood&status=implemented"
    assert queries[""] == "sort=new&view=list&tag=wood"
    cursor = visitor.get(f"{PAGE}?sort=new").context["next"] or ""
    page = visitor.get(f"{PAGE}?sort=new&cursor={cursor}&from=x")
    assert page.context["choices"][1].query == "sort=new&status=submitted"


def test_beside_other_filters_no_number_is_told_that_the_list_would_not_have(visitor, four):
    page = visitor.get(f"{PAGE}?q=lantern&status=planned")
    assert {ideas for _label, ideas, _is_current in said(page)} == {None}
    assert page.content.decode().count('name="status" value="planned"') == 1  # a search keeps it


def test_what_is_chosen_is_counted_anew_and_said(visitor, four):
    visitor.get(PAGE)
    put(four[2], "planned")
    page = visitor.get(f"{PAGE}?status=planned")
    assert ("Planned", 2, True) in said(page)
    row = re.search(r"data-found>\s*(.*?)\s*</p>", page.content.decode(), re.DOTALL)
    assert row[1] == "2 ideas"


def test_one_that_nothing_has_any_more_can_still_be_left(visitor, four):
    page = visitor.get(f"{PAGE}?status=declined")
    assert said(page)[-1] == ("Declined", 0, True)
    assert "No idea is like that." in page.content.decode()


def test_where_all_ideas_are_as_they_came_there_is_no_row(visitor, challenge):
    make_idea(challenge)
    assert said(visitor.get(PAGE)) == []


def test_hidden_ideas_are_not_counted(visitor, four):
    ideas.set_hidden(idea=four[1], hidden=True, actor=None)
    assert [label for label, *_rest in said(visitor.get(PAGE))] == ["", "Submitted", "Implemented"]


def test_a_brands_own_statuses_have_their_names_and_their_order(brand, visitor, four):
    Idea.objects.update(status="submitted")
    own = [
        Step("shed", labels={"en": "In the shed"}),
        Step("submitted"),
        Step("sold", labels={"en": "Sold"}),
    ]
    change_graph(brand=brand, steps=own, actor=None)
    put(four[0], "sold")
    put(four[1], "shed")
    assert said(visitor.get(PAGE))[1:] == [
        ("In the shed", 1, False), ("Submitted", 2, False), ("Sold", 1, False),
    ]  # fmt: skip


def test_a_search_of_the_brand_counts_all_its_questions(brand, visitor, four):
    put(make_idea(make_challenge(brand)), "planned")
    page = visitor.get("/b/mio/?status=planned")
    assert said(page)[0] == ("", 5, False)
    assert ("Planned", 2, True) in said(page)


def test_the_row_costs_no_query_of_its_own(visitor, four):
    visitor.get(PAGE)
    with CaptureQueriesContext(connection) as sent:
        assert len(said(visitor.get(PAGE))) == 4
    assert len(sent) == 4  # brand, question, phases, ideas
    cache.clear()
    with CaptureQueriesContext(connection) as sent:
        visitor.get(PAGE)
    assert sum("ideas_score" in one["sql"] and "GROUP BY" in one["sql"] for one in sent) == 1


def test_an_order_that_leaves_hidden_rounds_out_does_not_count_their_ideas(brand, visitor, four):
    blind = [{"title": "Blind", "verbs": ["submit", "vote"], "hides_counts": True}]
    for _n in range(3):
        put(make_idea(make_challenge(brand, phases=blind)), "planned")
    page = visitor.get("/b/mio/?status=implemented")  # by what is hot
    assert said(page)[0] == ("", 4, False)
    assert ("Planned", 1, False) in said(page)
    page = visitor.get("/b/mio/?status=implemented&sort=new")
    assert said(page)[0] == ("", 7, False)
    assert ("Planned", 4, False) in said(page)


def test_whoever_lists_what_they_have_not_voted_on_is_told_how_many_those_are(
    member, charlie, four
):
    votes.cast_as_user(code=four[2].code, user_id=charlie.pk, value=1)
    page = member.get(f"{PAGE}?sort=unseen")
    assert len(page.context["ideas"]) == 3
    assert {ideas for _label, ideas, _is_current in said(page)} == {None}
    page = member.get(f"{PAGE}?sort=unseen&status=submitted")
    assert (len(page.context["ideas"]), page.context["count"]) == (1, 1)
    assert ("Submitted", None, True) in said(page)
    assert member.get(f"{PAGE}?tag=wood").context["count"] == 4


def test_a_status_of_whatever_name_has_an_id_of_its_own(brand, visitor, four):
    Idea.objects.update(status="submitted")
    own = [Step("submitted"), Step("all", labels={"en": "Everything"})]
    change_graph(brand=brand, steps=own, actor=None)
    put(four[0], "all")
    found = re.findall(r'id="([^"]*)"', visitor.get(PAGE).content.decode())
    assert [one for one in found if found.count(one) > 1] == []
