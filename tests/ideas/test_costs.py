"""An idea that takes no votes gives back what they cost; opened again, it takes it again."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Activity
from ideas.domain import challenges, costs, ideas, tally
from ideas.domain.lists import idea_row, votes_of
from ideas.domain.votes import NoBudget, cast_as_user, cast_on_behalf
from ideas.enums import Mode, VoteState
from ideas.models import Idea, Unsettled, Vote, VoteEvent
from tests.factories import make_challenge, make_idea, make_user, set_closed
from tests.gate import Crowd, another_connection
from tests.ideas.ledger import all_is_true, counters, events_on, spent, votes_on

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_can_be_undone(settings):
    """Else budgets wait."""
    settings.UNDO_SECONDS = 0


@pytest.fixture
def few(brand):
    """A challenge where everybody has two votes."""
    return make_challenge(brand, slug="few", budget=2)


@pytest.fixture
def idea(few):
    return make_idea(few)


def vote(idea, user, value=1):
    return cast_as_user(code=idea.code, user_id=user.pk, value=value)


def close(idea, closed=True):
    set_closed(idea, closed=closed)


def settled(idea, *, closed):
    close(idea, closed)
    assert costs.settle() == 1
    assert all_is_true()


def lapsed(user):
    return Activity.objects.filter(kind="vote.lapsed", participant__user=user).count()


def test_closing_returns_what_votes_cost_by_a_line_of_the_ledger_and_counts_stay(
    idea, few, charlie
):
    vote(idea, charlie)
    settled(idea, closed=True)
    assert events_on(idea) == ["cast", "refund"]
    assert VoteEvent.objects.filter(kind="refund").values_list("cost", flat=True).get() == -1
    assert (spent(few.pk), counters(idea)) == (0, (1, 0, 1))
    assert vote(make_idea(few), charlie).budget.left == 1


def test_opening_again_takes_what_is_still_there(idea, few, charlie):
    vote(idea, charlie)
    settled(idea, closed=True)
    settled(idea, closed=False)
    assert events_on(idea) == ["cast", "refund", "reclaim"]
    assert (spent(few.pk), counters(idea)) == (1, (1, 0, 1))
    assert lapsed(charlie) == 0


def test_a_vote_whose_cost_was_spent_meanwhile_becomes_void_and_its_owner_hears(idea, few, charlie):
    vote(idea, charlie)
    settled(idea, closed=True)
    for _n in range(2):
        vote(make_idea(few), charlie)
    settled(idea, closed=False)
    assert Vote.objects.get(idea=idea).state == VoteState.VOID
    assert (spent(few.pk), counters(idea)) == (2, (0, 0, 0))
    assert lapsed(charlie) == 1


def test_a_void_vote_is_shown_as_none(idea, few, charlie):
    vote(idea, charlie)
    settled(idea, closed=True)
    others = [make_idea(few), make_idea(few)]
    for other in others:
        vote(other, charlie)
    settled(idea, closed=False)
    row = idea_row(code=idea.code, user_id=charlie.pk)
    assert (row["my_vote"], row["my_state"]) == (None, None)
    mine = votes_of(user_id=charlie.pk, brand_ids=[few.brand_id])
    assert {row["code"] for row in mine} == {other.code for other in others}
    with pytest.raises(NoBudget):
        vote(idea, charlie)


def test_a_key_that_votes_for_somebody_whose_vote_lapsed_learns_of_none(
    idea, few, charlie, make_secret_key
):
    """Their own word stands, and it is no vote any more."""
    key = make_secret_key(few.brand)
    vote(idea, charlie)
    settled(idea, closed=True)
    for _n in range(2):
        vote(make_idea(few), charlie)
    settled(idea, closed=False)
    cast = cast_on_behalf(code=idea.code, key=key, value=1, external_id=None, email=charlie.email)
    assert (cast.outcome, cast.value, cast.support) == ("unchanged", None, 0)


def test_a_void_vote_may_be_cast_again_for_its_whole_price(idea, few, charlie):
    vote(idea, charlie)
    settled(idea, closed=True)
    others = [make_idea(few), make_idea(few)]
    for other in others:
        vote(other, charlie)
    settled(idea, closed=False)
    with pytest.raises(NoBudget):
        vote(idea, charlie)
    vote(others[0], charlie, 0)
    assert vote(idea, charlie).outcome == "changed"
    assert (spent(few.pk), counters(idea)) == (2, (1, 0, 1))
    assert all_is_true()


def test_hiding_returns_costs_as_closing_does(idea, few, charlie):
    vote(idea, charlie)
    ideas.set_hidden(idea=idea, hidden=True, actor=None)
    costs.settle()
    assert (spent(few.pk), votes_on(idea)) == (0, [1])
    ideas.set_hidden(idea=idea, hidden=False, actor=None)
    costs.settle()
    assert spent(few.pk) == 1
    assert all_is_true()


def test_closing_what_is_hidden_already_returns_nothing_twice(idea, few, charlie):
    vote(idea, charlie)
    ideas.set_hidden(idea=idea, hidden=True, actor=None)
    costs.settle()
    close(idea)
    assert not Unsettled.objects.exists()
    assert spent(few.pk) == 0


def test_points_come_back_as_many_as_they_were(brand, charlie):
    challenge = make_challenge(brand, mode=Mode.POINTS, max_points=5, budget=10)
    idea = make_idea(challenge)
    vote(idea, charlie, 4)
    settled(idea, closed=True)
    assert spent(challenge.pk) == 0
    settled(idea, closed=False)
    assert spent(challenge.pk) == 4


def test_a_vote_that_lapses_gives_back_what_a_change_has_paid_since(brand, charlie):
    challenge = make_challenge(brand, mode=Mode.POINTS, max_points=5, budget=6)
    idea, other = make_idea(challenge), make_idea(challenge)
    vote(idea, charlie, 3)
    settled(idea, closed=True)
    close(idea, closed=False)
    vote(idea, charlie, 4)
    vote(other, charlie, 5)
    assert spent(challenge.pk) == 1 + 5
    costs.settle()
    assert Vote.objects.get(idea=idea).state == VoteState.VOID
    assert spent(challenge.pk) == 5
    assert all_is_true()


def test_where_votes_cost_nothing_any_more_nothing_is_taken(idea, few, charlie):
    vote(idea, charlie)
    settled(idea, closed=True)
    challenges.change_rules(challenge=few, actor=None, budget=None)
    settled(idea, closed=False)
    assert (events_on(idea), counters(idea)) == (["cast", "refund"], (1, 0, 1))
    assert Vote.objects.get(idea=idea).returned == 0


def test_a_withdrawal_right_after_opening_is_not_charged_later(idea, few, charlie):
    vote(idea, charlie)
    settled(idea, closed=True)
    close(idea, closed=False)
    vote(idea, charlie, 0)
    costs.settle()
    assert (spent(few.pk), counters(idea)) == (0, (0, 0, 0))
    assert all_is_true()


def test_a_refund_leaves_the_decayed_score_as_it_was(idea, charlie):
    vote(idea, charlie)
    counters(idea)
    before = Idea.objects.get(pk=idea.pk).score.for_log2
    settled(idea, closed=True)
    tally.fold_until_settled()
    assert Idea.objects.get(pk=idea.pk).score.for_log2 == before


def test_a_script_that_closes_an_idea_behind_our_back_is_settled_too(idea, few, charlie):
    vote(idea, charlie)
    Idea.objects.filter(pk=idea.pk).update(closed=True)
    costs.settle()
    assert spent(few.pk) == 0


def test_many_voters_are_settled_in_batches(idea, few, monkeypatch):
    monkeypatch.setattr(costs, "AT_ONCE", 3)
    for _n in range(7):
        vote(idea, make_user())
    settled(idea, closed=True)
    assert (spent(few.pk), counters(idea)) == (0, (7, 0, 7))


def test_what_can_still_be_undone_gives_nothing_back_yet(idea, few, charlie, settings):
    """A slip of the hand, undone: nobody's vote has lapsed."""
    settings.UNDO_SECONDS = 60
    vote(idea, charlie)
    close(idea)
    assert costs.settle() == 0
    close(idea, closed=False)
    Unsettled.objects.update(at=timezone.now() - timedelta(seconds=61))
    assert costs.settle() == 1
    assert events_on(idea) == ["cast"]


def test_a_change_begins_the_time_to_undo_anew(idea, few, charlie, settings):
    settings.UNDO_SECONDS = 60
    vote(idea, charlie)
    close(idea)
    Unsettled.objects.update(at=timezone.now() - timedelta(seconds=61))
    close(idea, closed=False)
    close(idea)
    assert costs.settle() == 0


def test_what_is_half_settled_stays_marked_for_the_next_worker(idea, few):
    for _n in range(2):
        vote(idea, make_user())
    close(idea)
    with connection.cursor() as cursor:
        cursor.execute("SELECT settle_costs(%s, 1)", [idea.pk])
    assert (spent(few.pk), Unsettled.objects.count()) == (1, 1)
    costs.settle()
    assert (spent(few.pk), Unsettled.objects.count()) == (0, 0)


def test_two_settlers_at_once_return_each_cost_once(idea, few):
    for _n in range(5):
        vote(idea, make_user())
    close(idea)
    Crowd([partial(costs.settle_idea, idea.pk)] * 4).finish()
    assert events_on(idea).count("refund") == 5
    assert spent(few.pk) == 0
    assert all_is_true()


def test_a_vote_elsewhere_waits_for_the_settling_of_its_budget_and_is_judged_after_it(
    idea, few, charlie
):
    """Two votes are spent; one comes back. The third vote, begun before, takes that one."""
    vote(idea, charlie)
    vote(make_idea(few), charlie)
    third = make_idea(few)
    close(idea)
    with another_connection() as gate:
        gate.execute("SELECT settle_costs(%s, 10)", [idea.pk])
        crowd = Crowd([partial(vote, third, charlie)] * 3)
        crowd.wait_until_all_wait()
    assert crowd.outcomes() == {"new": 1, "unchanged": 2}
    assert spent(few.pk) == 2
    assert all_is_true()


@pytest.mark.parametrize("at_once", [1, 10])
def test_an_idea_that_is_opened_while_it_is_settled_waits_and_is_marked_again(idea, few, at_once):
    for _n in range(2):
        vote(idea, make_user())
    close(idea)
    with another_connection() as gate:
        gate.execute("SELECT settle_costs(%s, %s)", [idea.pk, at_once])
        crowd = Crowd([partial(close, idea, closed=False)])
        crowd.wait_until_all_wait()
    crowd.finish()
    assert Unsettled.objects.get().idea == idea
    costs.settle()
    assert spent(few.pk) == 2
    assert all_is_true()


@pytest.fixture
def points(brand):
    """A challenge where everybody has ten points."""
    return make_challenge(brand, slug="points", mode=Mode.POINTS, max_points=10, budget=10)


@pytest.mark.parametrize("changes", [[1], [1, 5], [6, 2], [8, 0, 3]])
def test_a_vote_changed_before_it_is_settled_costs_what_it_says_afterwards(
    points, charlie, changes
):
    idea = make_idea(points)
    vote(idea, charlie, 5)
    settled(idea, closed=True)
    close(idea, closed=False)
    for value in changes:
        vote(idea, charlie, value)
    costs.settle()
    assert spent(points.pk) == changes[-1]
    assert all_is_true()


def test_who_asks_for_less_than_before_loses_no_vote_for_what_it_did_cost(points, charlie):
    idea = make_idea(points)
    vote(idea, charlie, 5)
    settled(idea, closed=True)
    vote(make_idea(points), charlie, 9)
    close(idea, closed=False)
    vote(idea, charlie, 1)
    costs.settle()
    assert (spent(points.pk), lapsed(charlie)) == (10, 0)
    assert all_is_true()
