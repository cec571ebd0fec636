"""One person, one vote, whatever the interleaving: by the lock gate, not by luck."""

from datetime import UTC, datetime
from functools import partial
from threading import Thread

import pytest
from django.db import connection

from accounts.models import Participant, User
from ideas.domain import challenges
from ideas.domain.votes import cast_as_user, cast_on_behalf
from ideas.enums import Mode
from ideas.models import Idea, Vote
from tests.factories import make_challenge, make_idea, make_participant, make_user, set_closed
from tests.gate import Crowd, another_connection, through_the_gate
from tests.ideas.ledger import all_is_true, counters, events_on, spent, votes_on

pytestmark = pytest.mark.django_db(transaction=True)


def vote(idea: Idea, user: User, value: int = 1):
    return partial(cast_as_user, code=idea.code, user_id=user.pk, value=value)


def test_v01_24_identical_votes_leave_one_row_one_event_and_one_unit_spent(brand, charlie):
    challenge = make_challenge(brand, budget=3)
    idea = make_idea(challenge)
    make_participant(brand, charlie)  # else the calls would queue for the making of it
    crowd = through_the_gate([vote(idea, charlie)] * 24)
    assert crowd.outcomes() == {"new": 1, "unchanged": 23}
    assert votes_on(idea) == [1]
    assert events_on(idea) == ["cast"]
    assert spent(challenge.pk) == 1
    assert {(answer.support, answer.value) for answer in crowd.answers} == {(1, 1)}
    assert counters(idea) == (1, 0, 1)


def test_v01_24_first_votes_at_once_create_one_participant(idea, charlie):
    Crowd([vote(idea, charlie)] * 24).finish()
    assert Participant.objects.filter(user=charlie).count() == 1
    assert votes_on(idea) == [1]


def test_v03_a_budget_of_3_against_20_ideas_gives_exactly_3(brand, charlie):
    challenge = make_challenge(brand, budget=3)
    crowd = through_the_gate([vote(make_idea(challenge), charlie) for _n in range(20)])
    assert crowd.outcomes() == {"new": 3, "no_budget": 17}
    assert Vote.objects.filter(value=1).count() == spent(challenge.pk) == 3
    assert all_is_true()


def test_v02_plus_and_minus_pressed_at_once_leave_counters_equal_to_votes(brand, charlie):
    idea = make_idea(make_challenge(brand, mode=Mode.UP_DOWN))
    crowd = through_the_gate([vote(idea, charlie, 1 if n % 2 else -1) for n in range(24)])
    outcomes = crowd.outcomes()
    assert outcomes["new"] == 1
    assert len(events_on(idea)) == 1 + outcomes["changed"]
    (value,) = votes_on(idea)
    assert counters(idea) == (int(value > 0), int(value < 0), value)
    assert all_is_true()


def test_v02_votes_and_withdrawals_interleaved_end_in_one_row_that_the_ledger_replays(
    brand, charlie
):
    challenge = make_challenge(brand, budget=1)
    idea = make_idea(challenge)
    for _round in range(5):
        Crowd([vote(idea, charlie, n % 2) for n in range(10)]).finish()
    assert Vote.objects.filter(idea=idea).count() == 1
    assert spent(challenge.pk) == len(votes_on(idea))
    assert all_is_true()


def test_200_voters_on_one_idea_at_once_are_exact(idea):
    crowd = Crowd([vote(idea, make_user()) for _n in range(200)])
    assert crowd.outcomes() == {"new": 200}
    assert counters(idea) == (200, 0, 200)
    assert all_is_true()


def close_idea(idea: Idea) -> None:
    set_closed(idea, closed=True)


def close_challenge(idea: Idea) -> None:
    challenges.set_closed(challenge=idea.challenge, closed=True, actor=None)


def end_phase(idea: Idea) -> None:
    past = datetime(2026, 1, 1, tzinfo=UTC)
    challenges.change_rules(
        challenge=idea.challenge,
        actor=None,
        phases=[{"title": "Over", "closes_at": past, "verbs": ["vote"]}],
    )


@pytest.mark.parametrize("close", [close_idea, close_challenge, end_phase])
def test_v05_no_vote_is_dated_after_a_close(idea, close):
    voters = [make_user() for _n in range(20)]
    crowd = Crowd([*[vote(idea, user) for user in voters], partial(close, idea)])
    crowd.finish()
    with (
        connection.cursor() as cursor
    ):  # nothing is written from now on, so the last vote precedes this moment
        cursor.execute("SELECT clock_timestamp()")
        closed = cursor.fetchone()[0]
    late = [
        answer.outcome
        for answer in (Crowd([vote(idea, make_user())]).finish())
        if hasattr(answer, "outcome")
    ]
    assert late == []
    assert not Vote.objects.filter(idea=idea, at__gt=closed).exists()
    accepted = [answer for answer in crowd.answers[:20] if getattr(answer, "outcome", "") == "new"]
    assert len(accepted) == len(votes_on(idea))
    assert all_is_true()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("UPDATE ideas_idea SET closed = true WHERE id = %(idea)s", "idea_closed"),
        ("UPDATE ideas_challenge SET closed = true WHERE id = %(challenge)s", "idea_closed"),
        ("UPDATE ideas_idea SET hidden = true WHERE id = %(idea)s", "not_found"),
        ("UPDATE ideas_phase SET verbs = '{submit}' WHERE rules_id = %(rules)s", "phase_closed"),
        ("UPDATE ideas_rules SET budget = 0 WHERE id = %(rules)s", "no_budget"),
    ],
)
def test_votes_behind_an_uncommitted_change_wait_and_obey_it(idea, change, refusal):
    voters = [make_user() for _n in range(10)]
    with another_connection() as manager:
        names = {"idea": idea.pk, "challenge": idea.challenge_id, "rules": idea.challenge.rules_id}
        manager.execute(change, names)
        crowd = Crowd([vote(idea, user) for user in voters])
        crowd.wait_until_all_wait()
    assert crowd.outcomes() == {refusal: 10}
    assert votes_on(idea) == []


def test_a_suspension_waits_for_the_vote_in_flight_and_stops_the_next(idea, charlie):
    cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    with another_connection() as manager:
        manager.execute(
            "UPDATE accounts_participant SET active = false WHERE user_id = %s", [charlie.pk]
        )
        crowd = Crowd([vote(idea, charlie, 0)])
        crowd.wait_until_all_wait()
    assert crowd.outcomes() == {"not_allowed": 1}
    assert votes_on(idea) == [1]


def test_the_close_waits_for_a_vote_in_flight(idea, charlie):
    with another_connection() as voter:
        voter.execute(
            "SELECT outcome FROM cast_vote_as_user(%s, %s, 1::smallint)", [idea.code, charlie.pk]
        )
        closer = Crowd([partial(close_idea, idea)])
        closer.wait_until_all_wait()
    closer.finish()
    assert votes_on(idea) == [1]
    assert Idea.objects.get(pk=idea.pk).closed


def test_one_person_named_by_a_key_24_times_at_once_is_one_participant_and_one_vote(
    idea, make_secret_key
):
    key = make_secret_key(idea.brand)
    call = partial(
        cast_on_behalf,
        code=idea.code,
        key=key,
        value=1,
        external_id="crm-7",
        email="Zoë+x@Example.org",
    )
    outcomes = Crowd([call] * 24).outcomes()
    assert outcomes == {"new": 1, "unchanged": 23}
    assert Participant.objects.filter(external_id="crm-7").count() == 1
    assert counters(idea) == (1, 0, 1)


def test_a_fold_that_runs_between_every_vote_counts_each_once(idea):
    calls = [vote(idea, make_user()) for _n in range(60)]
    stop = []
    folder = Thread(target=fold_until, args=(stop,))
    folder.start()
    Crowd(calls).finish()
    stop.append(True)
    folder.join()
    assert counters(idea) == (60, 0, 60)
    assert all_is_true()


def fold_until(stop: list[bool]) -> None:
    from ideas.domain import tally  # noqa: PLC0415 - runs in a thread

    try:
        while not stop:
            tally.fold()
    finally:
        connection.close()
