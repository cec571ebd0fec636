"""GET brands/{slug}/challenges/{challenge}/statement/"""

from datetime import date

import pytest

from accounts.enums import Visibility
from ideas.domain import challenges
from ideas.domain.ideas import set_hidden
from ideas.domain.votes import cast_as_user
from ideas.enums import Mode, Period, Verb
from tests.api.conftest import blamed, queries_sent, refusal
from tests.factories import make_challenge, make_idea

pytestmark = pytest.mark.django_db

PATH = "brands/mio/challenges/few/statement/"


@pytest.fixture
def few(brand):
    return make_challenge(brand, slug="few", mode=Mode.POINTS, max_points=3, budget=9)


def vote(idea, user, *values):
    for value in values:
        cast_as_user(code=idea.code, user_id=user.pk, value=value)


def test_a_member_reads_every_debit_and_credit_latest_first(few, as_member, as_program, charlie):
    first, second = make_idea(few, title="First idea"), make_idea(few, title="Second idea")
    vote(first, charlie, 2)
    vote(second, charlie, 3, 0)
    told = as_program(charlie).get(PATH).json()
    assert told == as_member(charlie).get(PATH).json()
    assert [(line["kind"], line["cost"], line["used"]) for line in told["results"]] == [
        ("withdraw", -3, 2), ("cast", 3, 5), ("cast", 2, 2),
    ]  # fmt: skip
    at = told["results"][0].pop("at")
    assert at.endswith("+00:00")
    assert told["results"][0] == {
        "kind": "withdraw", "source": "self", "idea": second.code, "title": "Second idea",
        "was": 3, "value": 0, "cost": -3, "used": 2, "period": None,
    }  # fmt: skip
    assert told["totals"] == [{"period": None, "paid": 5, "returned": 3, "used": 2}]
    assert told["budget"] == {"limit": 9, "used": 2, "left": 7, "until": None}
    assert told["next"] is None


def test_a_period_is_named_by_its_first_day(brand, as_member, charlie):
    week = make_challenge(brand, slug="few", budget=3, budget_period=Period.WEEK)
    vote(make_idea(week), charlie, 1)
    told = as_member(charlie).get(PATH).json()
    (line,), (total,) = told["results"], told["totals"]
    assert line["period"] == total["period"]
    assert date.fromisoformat(total["period"]).isoweekday() == 1
    assert told["budget"]["until"] is not None


def test_where_votes_cost_nothing_there_is_nothing_to_tell(brand, as_member, charlie):
    free = make_challenge(brand, slug="few")
    vote(make_idea(free), charlie, 1)
    told = as_member(charlie).get(PATH).json()
    assert told == {"budget": None, "totals": [], "results": [], "next": None}


def test_pages_follow_each_other_without_a_gap(few, as_member, charlie):
    vote(make_idea(few), charlie, 1, 2, 1, 2, 1, 2, 1)
    member, costs, following = as_member(charlie), [], f"{PATH}?limit=3"
    while following:
        page = member.get(following).json()
        costs += [line["cost"] for line in page["results"]]
        following = page["next"] and f"{PATH}?limit=3&cursor={page['next']}"
    assert costs == [-1, 1, -1, 1, -1, 1, 1]


@pytest.mark.parametrize("votes", [1, 3])
def test_it_is_six_queries_however_many_lines(few, as_program, charlie, votes):
    for _n in range(votes):
        vote(make_idea(few), charlie, 1)
    caller = as_program(charlie)
    caller.get("me/")  # notes that the token is in use
    with queries_sent() as sent:
        assert len(caller.get(PATH).json()["results"]) == votes
    assert len(sent) == 6


def test_everybody_reads_their_own_alone(few, as_member, charlie, alice, bob):
    vote(make_idea(few), charlie, 2)
    for other in (alice, bob):
        told = as_member(other).get(PATH).json()
        assert (told["results"], told["totals"]) == ([], [])
        assert told["budget"]["used"] == 0


def test_nobody_else_has_one(few, visitor, as_server, as_widget):
    assert refusal(visitor.get(PATH)) == (401, "sign_in_required")
    for caller in (as_server(few.brand), as_widget(few.brand)):
        assert refusal(caller.get(PATH)) == (403, "not_allowed")


def test_what_is_not_theirs_to_see_is_404(few, as_member, as_server, charlie, mallory, bob):
    member = as_member(charlie)
    for path in ("brands/mio/challenges/none/statement/", PATH.replace("mio", "none")):
        assert refusal(member.get(path)) == (404, "not_found")
    rival = as_server(mallory.memberships.get().brand)
    assert refusal(rival.get(PATH)) == (404, "not_found")
    few.brand.visibility = Visibility.MEMBERS
    few.brand.save()
    assert refusal(member.get(PATH)) == (404, "not_found")
    assert as_member(bob).get(PATH).status_code == 200


def test_a_hidden_idea_is_told_without_its_title(few, as_member, charlie, alice):
    idea = make_idea(few, title="Shouted at the neighbour")
    vote(idea, charlie, 2)
    set_hidden(idea=idea, hidden=True, actor=alice)
    assert "Shouted" not in as_member(charlie).get(PATH).content.decode()


def test_hidden_counts_hide_nothing_of_ones_own_and_tell_nothing_else(few, as_member, charlie):
    idea = make_idea(few)
    vote(idea, charlie, 2)
    before = as_member(charlie).get(PATH).json()
    blind = {"title": "Blind", "verbs": [Verb.VOTE], "hides_counts": True}
    challenges.change_rules(challenge=few, actor=None, phases=[blind])
    assert as_member(charlie).get(PATH).json() == before


def test_it_is_kept_by_no_cache_and_304_while_nothing_changes(few, as_member, charlie):
    idea, member = make_idea(few), as_member(charlie)
    vote(idea, charlie, 1)
    first = member.get(PATH)
    assert first["Cache-Control"] == "private, no-store"
    assert member.get(PATH, **{"If-None-Match": first["ETag"]}).status_code == 304
    vote(idea, charlie, 2)
    assert member.get(PATH, **{"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("query", "problem"), [("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit")]
)
def test_a_wrong_limit_is_named(few, as_member, charlie, query, problem):
    assert blamed(as_member(charlie).get(f"{PATH}?{query}")) == {problem: ["invalid"]}


@pytest.mark.parametrize("cursor", ["nonsense", "WyJuZXciLCAxXQ", "é"])
def test_a_cursor_of_something_else_is_refused(few, as_member, charlie, cursor):
    answer = as_member(charlie).get(f"{PATH}?cursor={cursor}")
    assert refusal(answer) == (400, "bad_cursor")
