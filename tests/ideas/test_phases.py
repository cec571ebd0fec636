"""What is open at a moment: page and database say the same, to the microsecond; a change of rules
and the votes in flight.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ideas
from cocreate.lib.errors import DomainError
from cocreate.lib.local_time import ComesTwice, NeverComes, moment_of
from ideas.domain import challenges
from ideas.domain.challenges import state_of
from ideas.domain.votes import cast_as_user
from ideas.enums import Verb, Voters
from ideas.models import Challenge, Idea, Phase, Vote
from tests.factories import make_challenge, make_idea, make_user
from tests.gate import Crowd, another_connection
from tests.ideas.ledger import all_is_true, votes_on

# What cast_vote() asks at its own time, for any moment: its text, with the moment for its clock.
TEXT = Path(ideas.__file__).with_name("sql").joinpath("cast_vote.sql").read_text()
(PHASE,) = re.findall(
    r"LEFT JOIN LATERAL \((\s+SELECT bool_or.*?)\) phase ON true", TEXT, re.DOTALL
)
SQL = "SELECT coalesce(votes, false), coalesce(hides, false) FROM ({}) phase".format(  # noqa: S608
    PHASE.replace("u.id", "%(rules)s").replace("v_now", "%(moment)s")
)
ZONES = [ZoneInfo(name) for name in ("Europe/Paris", "America/New_York", "Australia/Lord_Howe")]
TICK = timedelta(microseconds=1)
walls = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)).map(  # noqa: DTZ001 - of a wall
    lambda wall: wall.replace(second=0, microsecond=0)
)
around_changes = st.builds(
    lambda day, minutes: day + timedelta(minutes=minutes),
    st.sampled_from(
        [datetime(2024, 2, 29), datetime(2026, 3, 29), datetime(2026, 10, 25),  # noqa: DTZ001
         datetime(2026, 11, 1), datetime(2026, 4, 5), datetime(2026, 10, 4)]  # noqa: DTZ001
    ),
    st.integers(0, 240),
)  # fmt: skip


@st.composite
def moments(draw):
    """What somebody in one of the zones typed, where such a time exists."""
    zone, wall = draw(st.sampled_from(ZONES)), draw(walls | around_changes)
    try:
        return moment_of(wall.isoformat(), zone)
    except ComesTwice:
        return moment_of(wall.isoformat(), zone, draw(st.sampled_from("12")))
    except NeverComes:
        return moment_of((wall + timedelta(hours=2)).isoformat(), zone, "1")


@st.composite
def phases(draw):
    first, second = draw(st.none() | moments()), draw(st.none() | moments())
    if first and second and first >= second:
        first, second = (second, first) if second < first else (first, None)
    return {
        "title": "Phase", "opens_at": first, "closes_at": second,
        "verbs": draw(st.sampled_from([[], ["vote"], ["submit", "vote"]])),
        "hides_counts": draw(st.booleans()),
    }  # fmt: skip


@pytest.mark.django_db
def test_page_and_database_agree_at_every_boundary(challenge):
    @settings(
        max_examples=120, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(rows=st.lists(phases(), min_size=1, max_size=4))
    def agree(rows):
        version = challenges.rules_of(challenge)
        version.phases.all().delete()
        Phase.objects.bulk_create(
            Phase(rules=version, place=n, **row) for n, row in enumerate(rows)
        )
        fresh = Challenge.objects.get(pk=challenge.pk)
        ends = [row[name] for row in rows for name in ("opens_at", "closes_at") if row[name]]
        for end in ends or [datetime(2026, 1, 1, tzinfo=UTC)]:
            for moment in (end - TICK, end, end + TICK):
                state = state_of(fresh, moment)
                with connection.cursor() as cursor:
                    cursor.execute(SQL, {"rules": version.pk, "moment": moment})
                    said = cursor.fetchone()
                assert (state.allows(Verb.VOTE), state.hides_counts) == said
                running = Phase.objects.filter(rules=version).open_at(moment).count()
                assert running == sum(one.is_open_at(moment) for one in state.phases)

    agree()


@pytest.mark.django_db
def test_a_phase_is_open_at_its_first_instant_and_closed_at_its_last():
    opens, closes = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
    phase = Phase(opens_at=opens, closes_at=closes)
    found = [phase.is_open_at(m) for m in (opens - TICK, opens, closes - TICK, closes)]
    assert found == [False, True, True, False]


@pytest.mark.django_db(transaction=True)
def test_a_vote_a_moment_before_the_end_counts_and_one_after_it_does_not(brand, charlie, bob):
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    phase = {"title": "Short", "verbs": [Verb.VOTE, Verb.SUBMIT]}
    challenge = make_challenge(brand, phases=[phase])
    idea = make_idea(challenge)
    assert cast_as_user(code=idea.code, user_id=charlie.pk, value=1).is_new
    challenges.change_rules(challenge=challenge, actor=None, phases=[phase | {"closes_at": now}])
    with pytest.raises(DomainError) as refusal:
        cast_as_user(code=idea.code, user_id=bob.pk, value=1)
    assert refusal.value.code == "phase_closed"


def vote(idea: Idea, user):
    return partial(cast_as_user, code=idea.code, user_id=user.pk, value=1)


PAST = datetime(2026, 1, 1, tzinfo=UTC)
CHANGES = {
    "phase_closed": {"phases": [{"title": "Over", "closes_at": PAST, "verbs": ["vote"]}]},
    "not_allowed": {"who_votes": Voters.TEAM},
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("refusal", CHANGES)
def test_v05_votes_behind_a_change_of_rules_wait_and_obey_it(challenge, refusal):
    idea = make_idea(challenge)
    people = [make_user() for _n in range(10)]
    with another_connection() as gate:  # a vote in flight: the change waits, new votes behind it
        gate.execute("SELECT pg_advisory_xact_lock_shared(vote_lock_key(3, %s))", [challenge.pk])
        change = partial(
            challenges.change_rules, challenge=challenge, actor=None, **CHANGES[refusal]
        )
        changing = Crowd([change])
        changing.wait_until_all_wait()
        voting = Crowd([vote(idea, user) for user in people])
        voting.wait_until_all_wait()
        assert votes_on(idea) == []
    changing.finish()
    assert voting.outcomes() == {refusal: 10}
    assert votes_on(idea) == []
    assert all_is_true()


@pytest.mark.django_db(transaction=True)
def test_v05_the_date_of_a_version_parts_the_votes_before_it_from_those_after(challenge):
    idea = make_idea(challenge)
    people = [make_user() for _n in range(20)]
    change = partial(
        challenges.change_rules, challenge=challenge, actor=None, **CHANGES["phase_closed"]
    )
    Crowd([*[vote(idea, user) for user in people], change]).finish()
    since = challenges.rules_of(Challenge.objects.get(pk=challenge.pk)).created_at
    assert not Vote.objects.filter(idea=idea, at__gte=since).exists()
    assert all_is_true()


@pytest.mark.django_db(transaction=True)
def test_v05_two_changes_at_once_are_two_versions_one_after_the_other(challenge):
    calls = [
        partial(challenges.change_rules, challenge=Challenge.objects.get(pk=challenge.pk),
                actor=None, budget=budget)
        for budget in (3, 4, 5)
    ]  # fmt: skip
    answers = Crowd(calls).finish()
    assert sorted(answer.version for answer in answers) == [2, 3, 4]
    revision = Challenge.objects.get(pk=challenge.pk).revision
    calls = [
        partial(challenges.change_rules, challenge=Challenge.objects.get(pk=challenge.pk),
                actor=None, budget=budget, revision=revision)
        for budget in (6, 7, 8)
    ]  # fmt: skip
    outcomes = Crowd(calls).outcomes()
    assert outcomes["changed_meanwhile"] == 2
    assert challenge.versions.count() == 5


@pytest.mark.django_db
def test_a_draft_and_what_is_closed_allow_nothing_whatever_their_phases_say(brand):
    draft = make_challenge(brand, published=False)
    assert state_of(draft).verbs == frozenset()
    open_one = make_challenge(brand)
    assert state_of(open_one).verbs == set(Verb.values)
    challenges.set_closed(challenge=open_one, closed=True, actor=None)
    assert state_of(open_one).verbs == frozenset()
