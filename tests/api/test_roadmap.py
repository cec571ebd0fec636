"""GET brands/{brand}/roadmap/: what a brand has taken up, and what it said, the latest first."""

import pytest

from accounts.enums import Scope, Visibility
from ideas.domain.decisions import set_status
from ideas.models import Idea
from tests.api.conftest import queries_sent, refusal
from tests.factories import make_challenge, make_idea

pytestmark = pytest.mark.django_db
PATH = "brands/mio/roadmap/"
TAKEN_UP = ("under_review", "planned", "in_progress", "implemented")


def decide(idea, status, message=""):
    set_status(idea=idea, status=status, actor=None, message=message)
    return idea


def test_the_latest_decision_stands_first_with_the_brands_word(challenge, visitor):
    make_idea(challenge, title="Nobody has looked at this one")
    decide(make_idea(challenge, title="A lamp"), "planned", "For **May**, & cheap.")
    decide(make_idea(challenge, title="A bench"), "under_review")
    lamp_last = visitor.get(PATH).json()["results"]
    assert [one["idea"]["title"] for one in lamp_last] == ["A bench", "A lamp"]
    assert [one["words"] for one in lamp_last] == ["", "For May, & cheap."]
    assert [one["idea"]["status"]["key"] for one in lamp_last] == ["under_review", "planned"]
    assert lamp_last[0]["decided"] > lamp_last[1]["decided"]


def test_each_idea_is_as_the_list_has_it(idea, visitor):
    decide(idea, "planned")
    (one,) = visitor.get(PATH).json()["results"]
    assert one["idea"] == visitor.get("brands/mio/ideas/").json()["results"][0]


def test_what_came_with_its_status_from_elsewhere_stands_last(challenge, visitor):
    brought = make_idea(challenge, title="Made elsewhere")
    Idea.objects.filter(pk=brought.pk).update(status="implemented")
    decide(make_idea(challenge, title="Decided here"), "planned")
    found = visitor.get(PATH).json()["results"]
    assert [one["idea"]["title"] for one in found] == ["Decided here", "Made elsewhere"]
    assert found[1]["decided"] is None


def test_it_has_no_more_than_is_asked_for_and_refuses_what_it_does_not_know(challenge, visitor):
    for _n in range(3):
        decide(make_idea(challenge), "planned")
    assert len(visitor.get(f"{PATH}?limit=2").json()["results"]) == 2
    assert refusal(visitor.get(f"{PATH}?limit=0")) == (400, "invalid")
    assert refusal(visitor.get(f"{PATH}?sort=new")) == (400, "unknown_parameter")


def test_all_that_a_brand_has_taken_up_comes_where_nobody_asks_for_less(challenge, visitor):
    for n in range(24):
        Idea.objects.filter(pk=make_idea(challenge).pk).update(status=TAKEN_UP[n % 4])
    assert len(visitor.get(PATH).json()["results"]) == 24


def test_what_is_hidden_since_is_not_told(idea, visitor):
    decide(idea, "planned")
    Idea.objects.filter(pk=idea.pk).update(hidden=True)
    assert visitor.get(PATH).json() == {"results": []}


def test_counts_that_a_round_hides_are_hidden_there(brand, visitor):
    phases = [{"title": "Blind", "verbs": ["vote", "submit"], "hides_counts": True}]
    decide(make_idea(make_challenge(brand, slug="blind", phases=phases)), "planned")
    (one,) = visitor.get(PATH).json()["results"]
    assert (one["idea"]["support"], one["idea"]["score"]) == (None, None)


def test_whoever_votes_there_sees_their_own_vote(idea, as_member, charlie):
    decide(idea, "planned")
    member = as_member(charlie)
    member.put(f"ideas/{idea.code}/vote/", {"value": 1})
    assert member.get(PATH).json()["results"][0]["idea"]["my_vote"] == 1


@pytest.mark.parametrize("number", [1, 3])
def test_it_is_the_same_queries_however_many_ideas(challenge, visitor, number):
    for _n in range(number):
        decide(make_idea(challenge), "planned")
    visitor.get(PATH)
    with queries_sent() as sent:
        visitor.get(PATH)
    assert len(sent) == 6


def test_a_members_only_brand_is_404_for_strangers(brand, visitor, as_server, as_widget):
    brand.visibility = Visibility.MEMBERS
    brand.save()
    for caller in (visitor, as_widget(brand)):
        assert refusal(caller.get(PATH)) == (404, "not_found")
    assert as_server(brand, Scope.READ).get(PATH).json() == {"results": []}


def test_nothing_is_posted_there(brand, as_server):
    answer = as_server(brand, Scope.WRITE).post(PATH, {"title": "Hello"})
    assert refusal(answer) == (405, "method_not_allowed")
