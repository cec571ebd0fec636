"""Names are joined, or a mailbox is proved, while votes have given back what they cost; and beside
what else happens to a name.
"""

from dataclasses import replace
from functools import partial

import pytest

from accounts.domain import mailboxes, participants
from ideas.domain import comments, costs, ideas
from ideas.domain.statuses import DEFAULT, FIRST, change_graph
from ideas.domain.votes import cast_as_user, cast_on_behalf
from ideas.enums import Lock, VoteState
from ideas.models import Idea, Vote
from tests.factories import make_challenge, make_idea, make_user, set_closed
from tests.gate import Crowd, another_connection
from tests.ideas.ledger import all_is_true, counters, spent

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "zoe@example.org"


@pytest.fixture(autouse=True)
def nothing_can_be_undone(settings):
    """Else budgets wait."""
    settings.UNDO_SECONDS = 0


@pytest.fixture
def key(brand, make_secret_key):
    return make_secret_key(brand)


@pytest.fixture
def zoe():
    return make_user("Zoe", email="zoe-login@example.org")


@pytest.fixture
def few(brand):
    return make_challenge(brand, slug="few", budget=2)


def settled(idea, *, closed):
    set_closed(idea, closed=closed)
    assert costs.settle() == 1
    assert all_is_true()


def test_a_vote_that_gave_its_cost_back_under_another_name_is_taken_again_from_its_owner(
    few, key, zoe
):
    idea = make_idea(few)
    cast_on_behalf(code=idea.code, key=key, value=1, external_id=None, email=ADDRESS)
    settled(idea, closed=True)
    mailboxes.prove(user=zoe, email=ADDRESS)
    settled(idea, closed=False)
    vote = Vote.objects.get(idea=idea, participant__user=zoe)
    assert (vote.state, vote.cost, vote.returned) == (VoteState.COUNTED, 1, 0)
    assert (spent(few.pk), counters(idea)) == (1, (1, 0, 1))


def test_a_vote_that_waited_for_its_mailbox_while_the_idea_was_closed_costs_what_it_did(few):
    idea, late = make_idea(few), make_user("Late", verified=False)
    cast_as_user(code=idea.code, user_id=late.pk, value=1)
    settled(idea, closed=True)
    mailboxes.prove(user=late, email=late.email)
    settled(idea, closed=False)
    assert (spent(few.pk), counters(idea)) == (1, (1, 0, 1))


def test_a_name_that_comments_on_its_own_idea_and_a_proof_that_joins_it_do_not_lock_each_other(
    brand, challenge, key, zoe
):
    name = participants.claimed(brand=brand, key=key, external_id=None, email=ADDRESS)
    idea = ideas.post_idea(challenge=challenge, author=name, title="A bench that folds")
    with another_connection() as gate:
        gate.execute("SELECT FROM ideas_idea WHERE id = %s FOR UPDATE", [idea.pk])
        proof = Crowd([partial(mailboxes.prove, user=zoe, email=ADDRESS)])
        proof.wait_until_all_wait()
        talk = Crowd([partial(comments.post, idea=idea, author=name, body="In oak, please.")])
        talk.wait_until_all_wait()
    assert proof.finish() == [True]
    assert [said.body for said in talk.finish()] == ["In oak, please."]
    assert Idea.objects.get(pk=idea.pk).author.user == zoe


def test_an_idea_that_is_closed_while_its_writers_names_are_joined_does_not_lock_it(
    brand, challenge, key, zoe
):
    name = participants.claimed(brand=brand, key=key, external_id=None, email=ADDRESS)
    idea = ideas.post_idea(challenge=challenge, author=name, title="A bench that folds")
    cast_on_behalf(code=idea.code, key=key, value=1, external_id=None, email=ADDRESS)
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_vote IN SHARE MODE")
        proof = Crowd([partial(mailboxes.prove, user=zoe, email=ADDRESS)])
        proof.wait_until_all_wait()
        closing = Crowd([partial(set_closed, idea, closed=True)])
        closing.wait_until_all_wait()
    assert (proof.finish(), closing.finish()) == ([True], [None])
    idea.refresh_from_db()
    assert (idea.closed, idea.author.user) == (True, zoe)
    assert all_is_true()


def test_statuses_that_close_many_ideas_and_a_proof_that_joins_names_do_not_lock_each_other(
    brand, challenge, key, zoe
):
    voted_on, between = make_idea(challenge), make_idea(challenge)
    name = participants.claimed(brand=brand, key=key, external_id=None, email=ADDRESS)
    written = ideas.post_idea(challenge=challenge, author=name, title="A bench that folds")
    cast_on_behalf(code=voted_on.code, key=key, value=1, external_id=None, email=ADDRESS)
    first = replace(DEFAULT.steps[FIRST], locks=frozenset({Lock.VOTE}))
    steps = [first, *(step for step in DEFAULT.steps.values() if step.key != FIRST)]
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_vote IN SHARE MODE")
        gate.execute("SELECT FROM ideas_idea WHERE id = %s FOR UPDATE", [between.pk])
        change = Crowd([partial(change_graph, brand=brand, steps=steps, actor=None)])
        change.wait_until_all_wait()
        proof = Crowd([partial(mailboxes.prove, user=zoe, email=ADDRESS)])
        proof.wait_until_all_wait()
    assert proof.finish() == [True]
    assert not isinstance(change.finish()[0], Exception)
    assert Idea.objects.filter(brand=brand, closed=True).count() == 3
    assert Idea.objects.get(pk=written.pk).author.user == zoe
    assert all_is_true()


def test_a_vote_of_ones_own_that_lapsed_hides_none_that_counts(few, key, zoe):
    idea, *others = (make_idea(few) for _n in range(3))
    cast_as_user(code=idea.code, user_id=zoe.pk, value=1)
    settled(idea, closed=True)
    for other in others:
        cast_as_user(code=other.code, user_id=zoe.pk, value=1)
    settled(idea, closed=False)
    assert counters(idea) == (0, 0, 0)
    cast_on_behalf(code=idea.code, key=key, value=1, external_id=None, email=ADDRESS)
    mailboxes.prove(user=zoe, email=ADDRESS)
    assert Vote.objects.get(idea=idea, participant__user=zoe).state == VoteState.COUNTED
    assert counters(idea) == (1, 0, 1)
    assert all_is_true()
