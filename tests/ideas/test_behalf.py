"""A team votes for somebody by their address: one person, one vote, and nothing learnt of them."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.domain import mailboxes
from accounts.domain.participants import of_user
from accounts.domain.stopping import stop
from accounts.models import Activity, Participant
from cocreate.lib.errors import NotFound
from cocreate.lib.mailboxes import mailbox_key
from ideas.domain import behalf, challenges, costs, votes
from ideas.domain.ideas import set_hidden
from ideas.domain.votes import cast_as_user, cast_imported, cast_on_behalf
from ideas.enums import Mode, Period, Source, Voters, VoteState
from ideas.models import Vote, VoteBudget, VoteEvent
from tests.factories import make_challenge, make_idea, make_participant, make_user, set_closed
from tests.gate import through_the_gate
from tests.ideas.ledger import all_is_true, counters, events_on, spent, votes_on

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "Zoe+calls@example.org"
YES_AND_NO = {"mode": Mode.UP_DOWN}


@pytest.fixture
def zoe():
    """Has an account and has proved the mailbox of ADDRESS."""
    return make_user("Zoe", email="zoe@example.org")


@pytest.fixture
def ask(bob):
    """Bob votes for whoever has ADDRESS."""

    def vote(idea, value=1, *, email=ADDRESS, name="", actor=bob):
        return behalf.vote_for(idea=idea, email=email, name=name, value=value, actor=actor)

    return vote


@pytest.fixture
def take_back(bob):
    return lambda idea, act: behalf.undo(idea=idea, act=act.pk, actor=bob)


def standing(idea, person):
    votes_of = Vote.objects.filter(idea=idea, participant=person)
    return votes_of.values_list("value", "state", "source").first()


def own(brand, user):
    return Participant.objects.get(brand=brand, user=user)


def named(brand, email=ADDRESS):
    return Participant.objects.get(brand=brand, mailbox=mailbox_key(email))


def own_vote(idea, user, value=1):
    return cast_as_user(code=idea.code, user_id=user.pk, value=value)


def test_it_counts_on_behalf_and_neither_ledger_nor_log_names_a_person(idea, ask, bob):
    act = ask(idea, name="Zoe of the fair")
    (event,) = VoteEvent.objects.filter(idea=idea)
    person = named(idea.brand)
    assert (event.actor, event.source, event.kind) == ("team", "on_behalf", "cast")
    assert event.ref == person.ref
    assert (person.display_name, person.named_by, person.user) == ("Zoe of the fair", None, None)
    assert (act.actor, act.private, act.participant, act.brand) == (bob, True, None, idea.brand)
    assert (act.subject_kind, act.subject_code) == ("idea", idea.code)
    assert act.data == {"value": 1, "event": event.seq}
    assert counters(idea) == (1, 0, 1)
    assert all_is_true()


def test_one_address_in_all_its_spellings_is_one_vote_whoever_of_the_team_asks(idea, ask, alice):
    ask(idea)
    ask(idea, email="zoe@EXAMPLE.org", actor=alice)
    assert votes_on(idea) == [1]
    assert events_on(idea) == ["cast"]
    assert Activity.objects.filter(kind=behalf.CAST).count() == 2
    assert all_is_true()


def test_two_of_a_team_at_once_count_once(brand, bob, alice):
    idea = make_idea(make_challenge(brand, budget=1))
    call = partial(behalf.vote_for, idea=idea, email=ADDRESS, name="", value=1)
    crowd = through_the_gate([partial(call, actor=actor) for actor in [bob, alice] * 6])
    assert {type(answer) for answer in crowd.answers} == {Activity}
    assert votes_on(idea) == [1]
    assert events_on(idea) == ["cast"]
    assert spent(idea.challenge_id) == 1
    assert Participant.objects.filter(mailbox=mailbox_key(ADDRESS)).count() == 1
    assert counters(idea) == (1, 0, 1)
    assert all_is_true()


def test_beside_the_persons_own_vote_at_the_same_moment_theirs_stands(idea, bob, zoe):
    make_participant(idea.brand, zoe)
    team = partial(behalf.vote_for, idea=idea, email=ADDRESS, name="", value=1, actor=bob)
    through_the_gate([team, partial(own_vote, idea, zoe)] * 6)
    assert standing(idea, own(idea.brand, zoe)) == (1, VoteState.COUNTED, Source.SELF)
    assert counters(idea) == (1, 0, 1)
    assert all_is_true()


@pytest.mark.parametrize("theirs", [-1, 0])
@pytest.mark.parametrize("asked", [1, 0])
def test_what_they_cast_themselves_stays_a_withdrawal_too(
    brand, ask, take_back, zoe, theirs, asked
):
    idea = make_idea(make_challenge(brand, **YES_AND_NO))
    own_vote(idea, zoe, -1)
    own_vote(idea, zoe, theirs)
    before = events_on(idea)
    act = ask(idea, asked)
    take_back(idea, act)
    assert standing(idea, own(brand, zoe)) == (theirs, VoteState.COUNTED, Source.SELF)
    assert events_on(idea) == before
    assert all_is_true()


def test_of_a_proved_mailbox_it_is_the_members_and_their_own_replaces_it(brand, ask, zoe):
    idea = make_idea(make_challenge(brand, budget=1, **YES_AND_NO))
    ask(idea)
    assert standing(idea, own(brand, zoe)) == (1, VoteState.COUNTED, Source.ON_BEHALF)
    own_vote(idea, zoe, -1)
    assert standing(idea, own(brand, zoe)) == (-1, VoteState.COUNTED, Source.SELF)
    assert counters(idea) == (0, 1, -1)
    assert spent(idea.challenge_id) == 1
    assert all_is_true()


def test_who_proves_the_mailbox_later_has_the_vote_and_their_own_replaces_it(brand, ask, take_back):
    challenge = make_challenge(brand, budget=2, **YES_AND_NO)
    idea, other = make_idea(challenge), make_idea(challenge)
    act = ask(idea)
    zoe = make_user("Zoe", email="zoe-login@example.org")
    own_vote(other, zoe)
    assert mailboxes.prove(user=zoe, email=ADDRESS)
    person = own(brand, zoe)
    assert standing(idea, person) == (1, VoteState.COUNTED, Source.ON_BEHALF)
    assert VoteBudget.objects.get(participant=person).used == 2
    own_vote(idea, zoe, -1)
    assert standing(idea, person) == (-1, VoteState.COUNTED, Source.SELF)
    ask(idea)
    take_back(idea, act)
    assert standing(idea, person) == (-1, VoteState.COUNTED, Source.SELF)
    assert VoteBudget.objects.get(participant=person).used == 2
    assert counters(idea) == (0, 1, -1)
    assert all_is_true()


def test_it_costs_the_named_persons_budget_and_never_more_than_they_have(brand, ask, bob):
    challenge = make_challenge(brand, mode=Mode.POINTS, max_points=5, budget=6)
    first, second = make_idea(challenge), make_idea(challenge)
    ask(first, 4)
    ask(second, 3)
    assert (votes_on(first), votes_on(second)) == ([4], [])
    ask(first, 2)
    ask(second, 3)
    assert (votes_on(first), votes_on(second)) == ([2], [3])
    person = named(brand)
    assert VoteBudget.objects.get(challenge=challenge, participant=person).used == 5
    assert not Vote.objects.filter(participant__user=bob).exists()
    ask(second, votes.WITHDRAWN)
    assert spent(challenge.pk) == 2
    assert all_is_true()


def test_whoever_may_not_vote_there_does_not_and_nobody_is_created(brand, ask, zoe, alice):
    idea = make_idea(make_challenge(brand, who_votes=Voters.TEAM))
    act = ask(idea)
    assert act.data == {"value": 1, "event": None}
    ask(idea, email="somebody@example.org")
    assert not Participant.objects.filter(mailbox__isnull=False).exists()
    assert votes_on(idea) == []
    ask(idea, email=alice.email)
    assert votes_on(idea) == [1]
    assert all_is_true()


def test_in_a_question_for_the_admitted_their_vote_counts(brand, ask, zoe):
    idea = make_idea(make_challenge(brand, who_votes=Voters.ADMITTED))
    ask(idea)
    assert votes_on(idea) == []
    Participant.objects.filter(pk=of_user(brand=brand, user=zoe).pk).update(admitted=True)
    ask(idea)
    assert votes_on(idea) == [1]


def test_nobody_votes_through_the_team_whom_it_has_stopped(brand, idea, ask, zoe, bob):
    stop(participant=of_user(brand=brand, user=zoe), actor=bob, reason="Again and again.")
    act = ask(idea)
    assert act.data["event"] is None
    assert votes_on(idea) == []


def closed_idea(idea):
    set_closed(idea, closed=True)


def closed_question(idea):
    challenges.set_closed(challenge=idea.challenge, closed=True, actor=None)


def ended_phase(idea):
    past = timezone.now() - timedelta(hours=1)
    idea.challenge.rules.phases.update(closes_at=past)


def hidden_idea(idea):
    set_hidden(idea=idea, hidden=True, actor=None, reason="A mistake.")


@pytest.mark.parametrize("value", [1, 0])
@pytest.mark.parametrize("voted", ["not", "themselves", "by the team"])
@pytest.mark.parametrize(
    ("end", "refusal"),
    [
        (closed_idea, votes.IdeaClosed),
        (closed_question, votes.IdeaClosed),
        (ended_phase, votes.PhaseClosed),
        (hidden_idea, NotFound),
    ],
)
def test_where_nobody_votes_it_is_refused_alike_whether_or_not_they_have_voted(
    idea, ask, zoe, end, refusal, voted, value
):
    if voted == "themselves":
        own_vote(idea, zoe)
    elif voted == "by the team":
        ask(idea)
    end(idea)
    rows = VoteEvent.objects.count(), Participant.objects.count(), Activity.objects.count()
    with pytest.raises(refusal):
        ask(idea, value)
    assert rows == (
        VoteEvent.objects.count(), Participant.objects.count(), Activity.objects.count(),
    )  # fmt: skip


@pytest.mark.parametrize("somebody", ["new", "voted", "stopped"])
@pytest.mark.parametrize(
    ("rules", "wrong"),
    [
        ({"mode": Mode.UP}, [-1, 2, 40_000]),
        (YES_AND_NO, [2, -2]),
        ({"mode": Mode.POINTS, "max_points": 5}, [-1, 6]),
    ],
)
def test_a_value_that_no_vote_has_there_is_refused_whoever_it_is(
    brand, ask, zoe, bob, rules, wrong, somebody
):
    idea = make_idea(make_challenge(brand, **rules))
    if somebody == "voted":
        own_vote(idea, zoe)
    elif somebody == "stopped":
        stop(participant=of_user(brand=brand, user=zoe), actor=bob, reason="Again and again.")
    before = events_on(idea)
    for value in wrong:
        with pytest.raises(votes.ValueNotAllowed):
            ask(idea, value)
    assert events_on(idea) == before


def test_what_is_undone_leaves_nothing_that_counts(idea, ask, take_back):
    take_back(idea, ask(idea))
    assert votes_on(idea) == []
    assert events_on(idea) == ["cast", "withdraw"]
    assert counters(idea) == (0, 0, 0)
    assert list(Activity.objects.filter(kind=behalf.UNDONE).values_list("private", flat=True)) == [
        True
    ]
    assert all_is_true()


def test_what_is_undone_brings_back_what_stood_before(brand, ask, take_back, make_secret_key):
    idea = make_idea(make_challenge(brand, mode=Mode.POINTS, max_points=5, budget=5))
    voter = {"external_id": None, "email": ADDRESS}
    cast_on_behalf(code=idea.code, key=make_secret_key(brand), value=2, **voter)
    take_back(idea, ask(idea, 2))  # the same as before: nothing was done
    assert events_on(idea) == ["cast"]
    take_back(idea, ask(idea, 5))
    assert (votes_on(idea), spent(idea.challenge_id)) == ([2], 2)
    take_back(idea, ask(idea, 0))
    assert (votes_on(idea), spent(idea.challenge_id)) == ([2], 2)
    assert all_is_true()


def test_an_imported_vote_comes_back_with_its_source_and_date(brand, ask, take_back):
    idea = make_idea(make_challenge(brand, **YES_AND_NO))
    ask(make_idea(idea.challenge))
    then = datetime(2024, 5, 1, tzinfo=UTC)
    person = named(brand)
    cast_imported(code=idea.code, participant_id=person.pk, value=1, at=then)
    take_back(idea, ask(idea, -1))
    assert standing(idea, person) == (1, VoteState.COUNTED, Source.IMPORTED)
    assert Vote.objects.get(idea=idea, participant=person).at == then
    assert counters(idea) == (1, 0, 1)
    assert all_is_true()


def test_over_a_vote_that_had_lapsed_undoing_leaves_none(brand, ask, take_back, settings):
    challenge = make_challenge(brand, budget=1)
    idea, other = make_idea(challenge), make_idea(challenge)
    ask(idea)
    settings.UNDO_SECONDS = 0  # else budgets wait
    for closed in (True, False):
        set_closed(idea, closed=closed)
        costs.settle()
        ask(other)  # what the first had cost
    settings.UNDO_SECONDS = 30
    assert Vote.objects.get(idea=idea).state == VoteState.VOID
    ask(other, votes.WITHDRAWN)
    act = ask(idea)
    assert Vote.objects.get(idea=idea).state == VoteState.COUNTED
    take_back(idea, act)
    assert (votes_on(idea), spent(challenge.pk)) == ([], 0)
    assert all_is_true()


def test_what_somebody_else_of_the_team_changed_since_is_not_undone(brand, ask, take_back, alice):
    idea = make_idea(make_challenge(brand, **YES_AND_NO))
    act = ask(idea)
    ask(idea, -1, actor=alice)
    take_back(idea, act)
    assert votes_on(idea) == [-1]


def test_an_act_is_undone_once_in_time_by_who_did_it(idea, ask, take_back, alice):
    act, other = ask(idea), make_idea(idea.challenge)
    for call in (
        lambda: behalf.undo(idea=idea, act=act.pk, actor=alice),
        lambda: behalf.undo(idea=other, act=act.pk, actor=act.actor),
        lambda: behalf.undo(idea=idea, act=10**30, actor=act.actor),
    ):
        with pytest.raises(behalf.TooLateToTakeBack):
            call()
    assert votes_on(idea) == [1]
    take_back(idea, act)
    again = ask(idea)
    with pytest.raises(behalf.TooLateToTakeBack):
        take_back(idea, act)
    Activity.objects.filter(pk=again.pk).update(at=timezone.now() - timedelta(minutes=5))
    with pytest.raises(behalf.TooLateToTakeBack):
        take_back(idea, again)
    assert votes_on(idea) == [1]


@pytest.mark.parametrize("voted", [False, True])
def test_undoing_on_a_closed_idea_is_refused_alike(idea, ask, take_back, zoe, voted):
    if voted:
        own_vote(idea, zoe)
    act = ask(idea)
    set_closed(idea, closed=True)
    with pytest.raises(votes.IdeaClosed):
        take_back(idea, act)
    assert votes_on(idea) == [1]
    assert not Activity.objects.filter(kind=behalf.UNDONE).exists()


def test_last_months_budget_pays_for_last_months_vote(brand, ask):
    challenge = make_challenge(brand, budget=1, budget_period=Period.MONTH)
    first, second = make_idea(challenge), make_idea(challenge)
    ask(first)
    person = named(brand)
    month = timezone.now().date().replace(day=1) - timedelta(days=1)
    VoteBudget.objects.filter(participant=person).update(period=month.replace(day=1))
    Vote.objects.filter(participant=person).update(cost_period=month.replace(day=1))
    ask(second)
    assert (votes_on(first), votes_on(second)) == ([1], [1])
    assert all_is_true()
