"""A brand moves an idea along its statuses, says why, and may think again for a moment."""

from datetime import timedelta
from functools import partial

import pytest

from accounts.models import Activity
from cocreate.lib.errors import Invalid
from ideas.domain import costs, decisions, statuses
from ideas.domain.decisions import TooLateToUndo, history_of, set_status
from ideas.domain.votes import IdeaClosed, cast_as_user
from ideas.enums import DeclineReason, Lock, Status
from ideas.models import Decision, Idea
from tests.factories import make_idea, make_user
from tests.gate import Crowd, another_connection
from tests.ideas.ledger import all_is_true, votes_on

pytestmark = pytest.mark.django_db

WHY = "We tried it on two prototypes, and the hinge does not last a winter."


def decline(idea, actor, **over):
    words = {"reason": DeclineReason.NOT_FEASIBLE, "message": WHY} | over
    return set_status(idea=idea, status=Status.DECLINED, actor=actor, **words)


def blamed(call):
    """The codes of a refusal by field."""
    with pytest.raises(Invalid) as refused:
        call()
    return {
        field: [code for code, _message in all_] for field, all_ in refused.value.fields.items()
    }


def now(idea):
    return Idea.objects.values_list("status", "closed").get(pk=idea.pk)


def test_a_step_along_the_graph_is_written_with_who_took_it_and_told_later(idea, bob):
    decision = set_status(idea=idea, status=Status.PLANNED, actor=bob, message="In spring.")
    assert now(idea) == (Status.PLANNED, False)
    assert (decision.before, decision.after, decision.actor) == ("submitted", "planned", bob)
    told = Activity.objects.get(kind="status.changed")
    assert told.data == {"decision": decision.code}
    assert told.due_at > told.at


def test_a_decision_pressed_twice_is_one_and_told_once(idea, bob):
    press = partial(set_status, idea=idea, status=Status.PLANNED, actor=bob, message="In spring.")
    first = press()
    assert (press(), Activity.objects.filter(kind="status.changed").count()) == (first, 1)
    assert set_status(idea=idea, status=Status.PLANNED, actor=bob, message="In May.") != first
    assert press() != first


def test_a_decision_that_was_undone_can_be_taken_again_in_the_same_words(idea, bob):
    press = partial(set_status, idea=idea, status=Status.PLANNED, actor=bob, message="In spring.")
    first = press()
    decisions.undo(decision=first, actor=bob)
    assert press() != first
    assert now(idea) == (Status.PLANNED, False)


def test_a_step_that_the_graph_does_not_have_is_refused_and_names_those_it_has(idea, bob):
    refusal = partial(set_status, idea=idea, status=Status.IMPLEMENTED, actor=bob)
    assert blamed(refusal) == {"status": ["step_not_allowed"]}
    with pytest.raises(Invalid) as refused:
        refusal()
    assert "Under review" in str(refused.value.fields["status"])
    assert now(idea) == (Status.SUBMITTED, False)
    assert not Activity.objects.filter(kind="status.changed").exists()


def test_a_status_that_the_brand_does_not_have_is_refused(idea, bob):
    assert blamed(partial(set_status, idea=idea, status="shipped", actor=bob)) == {
        "status": ["unknown"]
    }


def test_declining_needs_a_reason_from_the_list_and_forty_characters(idea, bob):
    assert blamed(partial(decline, idea, bob, reason="", message="No.")) == {
        "reason": ["required"],
        "message": ["too_short"],
    }
    assert blamed(partial(decline, idea, bob, reason="because")) == {"reason": ["unknown"]}
    assert blamed(partial(decline, idea, bob, message=" ".join("x" * 20))) == {
        "message": ["too_short"]
    }
    assert blamed(partial(decline, idea, bob, message="word" + " " * 60)) == {
        "message": ["too_short"]
    }
    decline(idea, bob)
    assert now(idea) == (Status.DECLINED, True)


def test_forty_characters_are_enough(idea, bob):
    with_39, with_40 = "a" * 39, "a" * 40
    assert blamed(partial(decline, idea, bob, message=with_39)) == {"message": ["too_short"]}
    assert decline(idea, bob, message=with_40)


def test_a_reason_goes_with_a_decline_alone(idea, bob):
    decision = set_status(
        idea=idea, status=Status.PLANNED, actor=bob, reason=DeclineReason.TOO_COSTLY
    )
    assert decision.reason == ""


def test_the_same_status_with_words_is_news_and_without_is_nothing(idea, bob):
    set_status(idea=idea, status=Status.PLANNED, actor=bob)
    assert set_status(idea=idea, status=Status.PLANNED, actor=bob) is None
    assert set_status(idea=idea, status=Status.PLANNED, actor=bob, message="Now in the tunnel.")
    assert [decision.message for decision in history_of(idea)] == ["Now in the tunnel.", ""]


def test_a_status_that_ends_voting_closes_the_idea_and_another_opens_it(idea, bob, charlie):
    decline(idea, bob)
    with pytest.raises(IdeaClosed):
        cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    set_status(idea=idea, status=Status.UNDER_REVIEW, actor=bob)
    assert cast_as_user(code=idea.code, user_id=charlie.pk, value=1).is_new


def test_what_is_undone_in_time_is_as_if_it_had_not_been(idea, bob):
    decision = decline(idea, bob)
    decisions.undo(decision=decision, actor=bob)
    assert now(idea) == (Status.SUBMITTED, False)
    assert history_of(idea) == []


def test_undoing_twice_or_too_late_is_refused(idea, bob, settings):
    decision = decline(idea, bob)
    decisions.undo(decision=decision, actor=bob)
    with pytest.raises(TooLateToUndo):
        decisions.undo(decision=decision, actor=bob)
    settings.UNDO_SECONDS = 0
    late = decline(idea, bob)
    with pytest.raises(TooLateToUndo):
        decisions.undo(decision=late, actor=bob)
    assert now(idea) == (Status.DECLINED, True)


def test_people_hear_of_it_only_when_it_can_be_undone_no_more(idea, bob, settings):
    """Whoever undoes in the last moment has committed by then."""
    decision = decline(idea, bob)
    told = Activity.objects.get(kind="status.changed").due_at
    assert told - decision.at > timedelta(seconds=settings.UNDO_SECONDS + 1)


def test_only_the_latest_decision_can_be_undone(idea, bob):
    first = set_status(idea=idea, status=Status.UNDER_REVIEW, actor=bob)
    set_status(idea=idea, status=Status.PLANNED, actor=bob)
    with pytest.raises(TooLateToUndo):
        decisions.undo(decision=first, actor=bob)


def test_an_idea_whose_status_left_the_graph_may_go_anywhere(idea, bob):
    Idea.objects.filter(pk=idea.pk).update(status="forgotten")
    assert set_status(idea=idea, status=Status.IMPLEMENTED, actor=bob)


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_make_two_steps_and_never_one_over_the_other(idea, bob, alice):
    """Both start from "submitted"; the second is judged by where the first has led."""
    ways = [
        partial(decline, idea, bob),
        partial(set_status, idea=idea, status=Status.PLANNED, actor=alice),
    ]
    with another_connection() as gate:
        gate.execute("SELECT FROM ideas_idea WHERE id = %s FOR UPDATE", [idea.pk])
        crowd = Crowd(ways)
        crowd.wait_until_all_wait()
    crowd.finish()
    rows = list(Decision.objects.order_by("id"))
    assert [row.before for row in rows] == ["submitted", *(row.after for row in rows[:-1])]
    assert now(idea)[0] == rows[-1].after


@pytest.mark.django_db(transaction=True)
def test_a_step_waits_for_whoever_changes_the_statuses(idea, bob):
    with another_connection() as gate:
        gate.execute("SELECT FROM accounts_brand WHERE id = %s FOR NO KEY UPDATE", [idea.brand_id])
        crowd = Crowd([partial(set_status, idea=idea, status=Status.PLANNED, actor=bob)])
        crowd.wait_until_all_wait()
    crowd.finish()
    assert now(idea) == (Status.PLANNED, False)


@pytest.mark.django_db(transaction=True)
def test_v05_no_vote_slips_in_behind_a_decline(idea, bob):
    voters = [make_user() for _n in range(12)]
    calls = [partial(cast_as_user, code=idea.code, user_id=user.pk, value=1) for user in voters]
    crowd = Crowd([*calls, partial(decline, idea, bob)])
    crowd.finish()
    taken = sum(getattr(answer, "outcome", "") == "new" for answer in crowd.answers)
    assert len(votes_on(idea)) == taken
    with pytest.raises(IdeaClosed):
        cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    assert all_is_true()


@pytest.mark.django_db(transaction=True)
def test_a_decline_while_another_is_settled_and_joined_does_not_deadlock(brand, bob, challenge):
    """Rows before advisory locks in every verb: whoever waits holds nothing the other needs."""
    ideas = [make_idea(challenge) for _n in range(3)]
    voters = [make_user() for _n in range(6)]
    for one in ideas:
        for user in voters:
            cast_as_user(code=one.code, user_id=user.pk, value=1)
    for one in ideas:
        decline(one, bob)
    calls = [partial(costs.settle_idea, one.pk) for one in ideas]
    calls += [partial(set_status, idea=one, status=Status.UNDER_REVIEW, actor=bob) for one in ideas]
    answers = Crowd(calls).finish()
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert all_is_true()


def test_the_standard_graph_leads_only_to_statuses_it_has():
    steps = statuses.DEFAULT.steps
    assert set(steps) == set(Status.values)
    assert all(set(step.next) <= set(steps) for step in steps.values())
    assert all(key not in step.next for key, step in steps.items())


def test_in_the_standard_graph_every_outcome_ends_voting_and_a_decline_needs_its_reason():
    ending = {key for key, step in statuses.DEFAULT.steps.items() if step.ends(Lock.VOTE)}
    assert ending == {
        "implemented", "partly_implemented", "already_offered", "declined", "archived"
    }  # fmt: skip
    assert [key for key, step in statuses.DEFAULT.steps.items() if step.needs_reason] == [
        "declined"
    ]


def test_a_graph_costs_one_query(brand, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert statuses.graph_of(brand) == statuses.DEFAULT
