"""What a vote does, alone: values, states, budgets, people, refusals."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.domain.participants import claimed, of_user
from accounts.enums import Visibility
from accounts.models import Participant
from cocreate.lib.errors import Invalid, NotAllowed, NotFound
from ideas.domain import challenges, ideas, votes
from ideas.domain.votes import cast_as_user, cast_imported, cast_on_behalf
from ideas.enums import Mode, Period
from ideas.models import Idea, Vote, VoteEvent
from tests.factories import (
    make_brand,
    make_challenge,
    make_idea,
    make_participant,
    make_user,
    set_closed,
)
from tests.ideas.ledger import events_on, spent, votes_on

pytestmark = pytest.mark.django_db


def vote(idea, user, value=1):
    return cast_as_user(code=idea.code, user_id=user.pk, value=value)


def test_a_first_vote_is_new_and_shown_at_once_before_any_fold(idea, charlie):
    cast = vote(idea, charlie)
    assert (cast.outcome, cast.value, cast.state) == ("new", 1, "counted")
    assert (cast.support, cast.oppose, cast.points) == (1, 0, 1)


def test_a_repeated_vote_changes_nothing_and_answers_the_same(idea, charlie):
    first, second = vote(idea, charlie), vote(idea, charlie)
    assert second.outcome == "unchanged"
    assert second.as_json() == first.as_json()
    assert events_on(idea) == ["cast"]


def test_withdrawing_keeps_the_row_and_says_so_in_the_ledger(idea, charlie):
    vote(idea, charlie)
    cast = vote(idea, charlie, 0)
    assert (cast.value, cast.support) == (None, 0)
    assert votes_on(idea) == []
    assert Vote.objects.filter(idea=idea).count() == 1
    assert events_on(idea) == ["cast", "withdraw"]


def test_withdrawing_nothing_is_no_act(idea, charlie):
    assert vote(idea, charlie, 0).outcome == "unchanged"
    assert not VoteEvent.objects.exists()


def test_a_vote_after_a_withdrawal_is_new_again(idea, charlie):
    vote(idea, charlie)
    vote(idea, charlie, 0)
    assert vote(idea, charlie).outcome == "new"
    assert events_on(idea) == ["cast", "withdraw", "cast"]


def test_a_change_replaces_the_value(brand, charlie):
    idea = make_idea(make_challenge(brand, mode=Mode.UP_DOWN))
    vote(idea, charlie)
    cast = vote(idea, charlie, -1)
    assert (cast.outcome, cast.support, cast.oppose, cast.points) == ("changed", 0, 1, -1)
    assert events_on(idea) == ["cast", "change"]


@pytest.mark.parametrize(
    ("rules", "allowed", "refused"),
    [
        ({"mode": Mode.UP}, [1], [-1, 2, 32767, -32768]),
        ({"mode": Mode.UP_DOWN}, [1, -1], [2, -2, 32767]),
        ({"mode": Mode.POINTS, "max_points": 5}, [1, 5], [-1, 6, 40_000, -(10**12)]),
    ],
)
def test_v07_only_the_rules_values_are_taken(brand, charlie, rules, allowed, refused):
    challenge = make_challenge(brand, **rules)
    for value in allowed:
        assert vote(make_idea(challenge), charlie, value).value == value
    idea = make_idea(challenge)
    for value in refused:
        with pytest.raises(votes.ValueNotAllowed):
            vote(idea, charlie, value)
    assert votes_on(idea) == []


def test_points_cost_their_number_and_a_change_costs_the_difference(brand, charlie):
    challenge = make_challenge(brand, mode=Mode.POINTS, max_points=5, budget=6)
    first, second = make_idea(challenge), make_idea(challenge)
    assert vote(first, charlie, 4).budget.left == 2
    with pytest.raises(votes.NoBudget) as refusal:
        vote(second, charlie, 3)
    assert refusal.value.extra["budget"] == {"limit": 6, "used": 4, "left": 2, "until": None}
    assert vote(first, charlie, 2).budget.left == 4
    assert vote(second, charlie, 3).budget.left == 1
    assert vote(first, charlie, 0).budget.left == 3
    assert spent(challenge.pk) == 3


def test_a_lowered_budget_never_shows_less_than_none_left_and_still_lets_go(brand, charlie):
    challenge = make_challenge(brand, budget=3)
    kept = [make_idea(challenge) for _n in range(3)]
    for idea in kept:
        vote(idea, charlie)
    challenges.change_rules(challenge=challenge, actor=None, budget=1)
    assert vote(kept[0], charlie, 0).budget.left == 0
    with pytest.raises(votes.NoBudget):
        vote(make_idea(challenge), charlie)


def test_a_budget_that_is_lifted_and_comes_back_has_forgotten_nothing(brand, charlie):
    challenge = make_challenge(brand, budget=1)
    idea, other = make_idea(challenge), make_idea(challenge)
    vote(idea, charlie)
    challenges.change_rules(challenge=challenge, actor=None, budget=None)
    vote(idea, charlie, 0)
    challenges.change_rules(challenge=challenge, actor=None, budget=1)
    assert vote(other, charlie).budget.left == 0


def test_last_months_spending_is_neither_asked_again_nor_given_back(brand, charlie):
    challenge = make_challenge(brand, budget=1, budget_period=Period.MONTH)
    old, new = make_idea(challenge), make_idea(challenge)
    vote(old, charlie)
    with connection.cursor() as cursor:  # a month goes by
        cursor.execute("UPDATE ideas_vote SET cost_period = cost_period - interval '1 month'")
        cursor.execute("UPDATE ideas_votebudget SET period = period - interval '1 month'")
    cast = vote(new, charlie)
    assert cast.budget.left == 0
    assert cast.budget.until > timezone.now()
    assert vote(old, charlie, 0).budget.left == 0
    with pytest.raises(votes.NoBudget):
        vote(old, charlie)


def test_what_last_month_paid_is_asked_by_no_later_change_either(brand, charlie):
    challenge = make_challenge(
        brand, mode=Mode.POINTS, max_points=10, budget=10, budget_period=Period.MONTH
    )
    idea = make_idea(challenge)
    vote(idea, charlie, 5)
    with connection.cursor() as cursor:  # a month goes by
        cursor.execute("UPDATE ideas_vote SET cost_period = cost_period - interval '1 month'")
        cursor.execute("UPDATE ideas_votebudget SET period = period - interval '1 month'")
    used = [vote(idea, charlie, points).budget.used for points in (7, 8, 6, 3, 4)]
    assert used == [2, 3, 1, 0, 1]


@pytest.mark.parametrize(
    ("period", "days"), [(Period.WEEK, 7), (Period.MONTH, 31), (Period.QUARTER, 92)]
)
def test_a_budget_says_when_it_fills_up_again(brand, charlie, period, days):
    challenge = make_challenge(brand, budget=1, budget_period=period)
    until = vote(make_idea(challenge), charlie).budget.until
    assert timezone.now() < until <= timezone.now() + timedelta(days=days)
    assert (until.hour, until.minute) == (0, 0)


def test_a_closed_idea_takes_no_vote_change_or_withdrawal_but_answers_a_retry(
    idea, charlie, mallory
):
    vote(idea, charlie)
    set_closed(idea, closed=True)
    assert vote(idea, charlie).outcome == "unchanged"
    for user, value in [(charlie, 0), (mallory, 1)]:
        with pytest.raises(votes.IdeaClosed):
            vote(idea, user, value)
    assert events_on(idea) == ["cast"]


def test_outside_a_voting_phase_nothing_is_cast(brand, charlie):
    tomorrow = timezone.now() + timedelta(days=1)
    phases = [
        {"title": "Collect", "closes_at": tomorrow, "verbs": ["submit"]},
        {"title": "Choose", "opens_at": tomorrow, "verbs": ["vote"]},
    ]
    idea = make_idea(make_challenge(brand, phases=phases))
    with pytest.raises(votes.PhaseClosed):
        vote(idea, charlie)


def test_phases_may_overlap_and_one_that_allows_voting_is_enough(brand, charlie):
    phases = [{"title": "Collect", "verbs": ["submit"]}, {"title": "Choose", "verbs": ["vote"]}]
    assert vote(make_idea(make_challenge(brand, phases=phases)), charlie).outcome == "new"


def test_hidden_counts_are_hidden_from_the_voter_too_but_not_their_own_vote(brand, charlie):
    phases = [{"title": "Blind", "verbs": ["submit", "vote"], "hides_counts": True}]
    cast = vote(make_idea(make_challenge(brand, phases=phases, budget=2)), charlie)
    assert (cast.support, cast.oppose, cast.points) == (None, None, None)
    assert (cast.value, cast.hidden, cast.budget.left) == (1, True, 1)


def test_unknown_hidden_and_foreign_ideas_are_all_not_found(idea, brand, charlie, make_secret_key):
    with pytest.raises(NotFound):
        cast_as_user(code="nothing", user_id=charlie.pk, value=1)
    foreign = make_secret_key(make_brand("other"))
    with pytest.raises(NotFound):
        cast_on_behalf(code=idea.code, key=foreign, value=1, external_id="x", email=None)
    ideas.set_hidden(idea=idea, hidden=True, actor=None)
    with pytest.raises(NotFound):
        vote(idea, charlie)
    assert Participant.objects.filter(external_id="x").count() == 0


def test_a_members_only_brand_lets_the_admitted_and_the_team_vote_and_nobody_else(alice, charlie):
    brand = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    idea = make_idea(make_challenge(brand))
    assert vote(idea, alice).outcome == "new"
    with pytest.raises(NotFound):
        vote(idea, charlie)
    assert not Participant.objects.filter(user=charlie).exists()
    participant = of_user(brand=brand, user=charlie)
    participant.admitted = True
    participant.save(update_fields=["admitted"])
    assert vote(idea, charlie).outcome == "new"


def test_a_suspended_participant_may_not_vote(idea, charlie):
    participant = make_participant(idea.brand, charlie)
    participant.active = False
    participant.save(update_fields=["active"])
    with pytest.raises(NotAllowed):
        vote(idea, charlie)


def test_v15_the_vote_of_an_unproved_mailbox_waits_and_is_not_counted(idea):
    cast = vote(idea, make_user(verified=False))
    assert (cast.outcome, cast.state, cast.support) == ("new", "pending", 0)


def test_v08_a_key_votes_for_somebody_and_the_ledger_names_the_key(idea, make_secret_key):
    key = make_secret_key(idea.brand)
    cast = cast_on_behalf(
        code=idea.code, key=key, value=1, external_id="crm-7", email=None, name="Zoë"
    )
    assert (cast.outcome, cast.support) == ("new", 1)
    event = VoteEvent.objects.get()
    assert (event.source, event.actor) == ("on_behalf", f"key:{key.prefix}")
    assert Participant.objects.get(external_id="crm-7").display_name == "Zoë"


def test_a_key_must_name_somebody(idea, make_secret_key):
    with pytest.raises(Invalid) as refusal:
        cast_on_behalf(
            code=idea.code, key=make_secret_key(idea.brand), value=1, external_id=None, email=""
        )
    assert refusal.value.fields["voter"][0][0] == "voter_required"


def test_v16_spellings_of_one_mailbox_are_one_person(idea, make_secret_key):
    key = make_secret_key(idea.brand)
    for email in ["a.b+1@gmail.com", "A.B@Gmail.com", "ab@googlemail.com", "ＡＢ@gmail.com"]:
        cast = cast_on_behalf(code=idea.code, key=key, value=1, external_id=None, email=email)
    assert (cast.outcome, cast.support) == ("unchanged", 1)


def test_a_vote_on_behalf_never_replaces_ones_own_not_even_a_withdrawal(
    brand, make_secret_key, charlie
):
    idea = make_idea(make_challenge(brand, mode=Mode.UP_DOWN))
    vote(idea, charlie, -1)
    participant = Participant.objects.get(user=charlie)
    participant.external_id = "crm-1"
    participant.save(update_fields=["external_id"])
    key = make_secret_key(brand)
    cast = cast_on_behalf(code=idea.code, key=key, value=1, external_id="crm-1", email=None)
    assert (cast.outcome, cast.value) == ("unchanged", None)  # nor does the key learn it
    vote(idea, charlie, 0)
    assert (
        cast_on_behalf(code=idea.code, key=key, value=1, external_id="crm-1", email=None).value
        is None
    )


def test_ones_own_vote_replaces_one_cast_on_behalf(idea, make_secret_key, charlie):
    cast_on_behalf(
        code=idea.code, key=make_secret_key(idea.brand), value=1, external_id="crm-1", email=None
    )
    Participant.objects.filter(external_id="crm-1").update(user=charlie)
    assert vote(idea, charlie).outcome == "changed"
    assert Vote.objects.get(idea=idea).source == "self"
    assert list(VoteEvent.objects.order_by("seq").values_list("was_source", "source")) == [
        (None, "on_behalf"),
        ("on_behalf", "self"),
    ]


@pytest.mark.parametrize("value", [1, -1, 0])
def test_an_imported_vote_replaces_none_that_was_cast_here(brand, idea, charlie, value):
    challenges.change_rules(challenge=idea.challenge, actor=None, mode=Mode.UP_DOWN)
    own, theirs = make_participant(brand, charlie), make_participant(brand)
    cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome FROM cast_vote(%s, NULL, %s, 1::smallint, 'on_behalf', 'key:x')",
            [idea.code, theirs.pk],
        )
    for voter in (own, theirs):
        cast_imported(code=idea.code, participant_id=voter.pk, value=value, at=timezone.now())
    assert {(vote.value, vote.source) for vote in Vote.objects.all()} == {
        (1, "self"), (1, "on_behalf"),
    }  # fmt: skip


def test_v22_an_imported_vote_keeps_its_date_and_every_other_is_dated_by_the_database(
    idea, charlie
):
    at = datetime(2016, 5, 4, 12, tzinfo=UTC)
    voter = claimed(brand=idea.brand, key=None, external_id="polis:1", email=None)
    cast_imported(code=idea.code, participant_id=voter.pk, value=1, at=at)
    vote(idea, charlie)
    imported, own = Vote.objects.order_by("at")
    assert (imported.at, imported.source) == (at, "imported")
    assert abs(own.at - timezone.now()) < timedelta(seconds=30)


def test_a_vote_sent_to_a_merged_idea_is_a_vote_on_its_target(challenge, charlie):
    source, target = make_idea(challenge), make_idea(challenge)
    Idea.objects.filter(pk=source.pk).update(merged_into=target)
    assert vote(source, charlie).support == 1
    assert votes_on(target) == [1]
    assert votes_on(source) == []
