"""A member reads what they have spent in a question."""

import re

import pytest

from ideas.domain import challenges, costs, votes
from ideas.domain.deleting import delete_idea
from tests.factories import make_challenge, make_idea, make_participant, set_closed
from tests.web.conftest import reader, text_of

PAGE = "/b/mio/c/few/votes/"


@pytest.fixture
def few(brand):
    return make_challenge(brand, slug="few", title="What first?", budget=3)


def test_every_debit_and_credit_stands_there_in_words(member, few, charlie):
    idea = make_idea(few, title="A roof <b>of</b> rain")
    for value in (1, 0, 1):
        votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=value)
    response = member.get(PAGE)
    page = text_of(response)
    assert "You have 2 votes left here." in page
    assert "You voted +1 1" in page
    assert "You took your vote back −1 0" in page
    assert "The whole question 2 1 1" in page
    assert "A roof <b>of</b> rain" in page
    assert "no-store" in response["Cache-Control"]


def test_on_a_phone_each_figure_stands_behind_what_its_column_is_called(member, few, charlie):
    votes.cast_as_user(code=make_idea(few).code, user_id=charlie.pk, value=1)
    page = member.get(PAGE).content.decode()
    heads = re.findall(r'<th class="end" scope="col">(.*?)</th>', page)
    assert heads == ["Cost", "Spent then", "Paid", "Came back", "Spent"]
    assert re.findall('data-label="(.*?)"', page) == heads


def test_who_has_spent_more_than_a_lowered_budget_is_told_what_to_do(member, few, charlie):
    for _n in range(3):
        votes.cast_as_user(code=make_idea(few).code, user_id=charlie.pk, value=1)
    challenges.change_rules(challenge=few, actor=None, budget=1, reason="Fewer, and dearer.")
    said = "The budget here is 1 now, and you have spent 3: take 2 back before you vote again."
    for path in (PAGE, "/b/mio/c/few/"):
        page = text_of(member.get(path))
        assert said in page
        assert "0 votes left" not in page


def test_a_deleted_idea_is_told_as_deleted_not_as_closed(
    member, few, charlie, django_capture_on_commit_callbacks
):
    idea = make_idea(few, author=make_participant(few.brand, charlie))
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    with django_capture_on_commit_callbacks(execute=True):
        delete_idea(idea=idea, actor=charlie)
    page = text_of(member.get(PAGE))
    assert "Its author deleted it: you have back what your vote had cost −1 0" in page
    assert "Voting on it ended" not in page
    assert "You have 3 votes left here." in page


def test_an_idea_that_was_closed_is_told_as_closed(member, few, charlie, settings):
    settings.UNDO_SECONDS = 0
    idea = make_idea(few, author=make_participant(few.brand, charlie))
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    set_closed(idea)
    costs.settle()
    assert "Voting on it ended: you have it back" in text_of(member.get(PAGE))


def test_the_budget_leads_to_the_statement(member, few, charlie):
    make_idea(few)
    assert f'href="{PAGE}"' in member.get("/b/mio/c/few/").content.decode()
    assert f'href="{PAGE}"' not in member.get(PAGE).content.decode()


def test_who_has_spent_nothing_is_told_so(member, few):
    assert "You have spent nothing here yet." in text_of(member.get(PAGE))


def test_where_votes_cost_nothing_the_page_says_so(member, challenge):
    assert "Votes cost nothing here" in text_of(member.get("/b/mio/c/street/votes/"))


def test_a_visitor_signs_in_first(visitor, few):
    response = visitor.get(PAGE)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_an_earlier_page_is_a_link_away(member, few, charlie):
    idea = make_idea(few)
    for n in range(60):
        votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=(n + 1) % 2)
    first = member.get(PAGE)
    assert len(first.context["lines"]) == 50
    second = member.get(f"{PAGE}?cursor={first.context['next']}")
    assert len(second.context["lines"]) == 10
    assert member.get(f"{PAGE}?cursor=x").status_code == 400


@pytest.mark.parametrize("there", [1, 3])
def test_the_page_costs_the_same_however_much_one_has_voted(
    member, few, charlie, there, django_assert_num_queries
):
    for _n in range(there):
        idea = make_idea(few)
        votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    # session, user, brand, question, phases, budget, desk, inbox; the ledger is not counted
    with django_assert_num_queries(8):
        member.get(PAGE)


def test_v23_the_statement_of_a_blind_round_tells_ones_own_votes_alone(few, charlie, bob):
    idea = make_idea(few)
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    phases = [{"title": "Blind", "verbs": ["vote"], "hides_counts": True}]
    challenges.change_rules(challenge=few, actor=None, phases=phases)
    before = text_of(reader(charlie).get(PAGE))
    votes.cast_as_user(code=idea.code, user_id=bob.pk, value=1)
    assert text_of(reader(charlie).get(PAGE)) == before
