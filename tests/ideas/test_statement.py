"""The statement of a member's budget adds up to what is stored, whatever has happened."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.domain import keys, mailboxes
from accounts.enums import Scope
from cocreate.lib.errors import DomainError
from cocreate.lib.pages import BadCursor
from ideas.domain import challenges, costs
from ideas.domain.ideas import set_hidden
from ideas.domain.statement import EVER, statement_of
from ideas.domain.votes import cast_as_user, cast_imported, cast_on_behalf
from ideas.enums import Mode, Period
from ideas.models import VoteBudget
from tests.factories import (
    make_brand,
    make_challenge,
    make_idea,
    make_participant,
    make_user,
    set_closed,
)

ADDRESS = "zoe@example.org"
IDEAS, MOST_POINTS = 3, 3
places = st.integers(0, IDEAS - 1)
values = st.integers(0, MOST_POINTS)

# As if everything had happened a week earlier. Two steps: periods are unique at every moment.
A_WEEK_PASSES = """
    UPDATE ideas_voteevent SET at = at - interval '7 days';
    UPDATE ideas_rules SET created_at = created_at - interval '7 days';
    UPDATE ideas_vote SET cost_period = cost_period - 7 WHERE cost_period > '1970-01-01';
    UPDATE ideas_votebudget SET period = period - 7007 WHERE period > '1970-01-01';
    UPDATE ideas_votebudget SET period = period + 7000 WHERE period > '1970-01-01';
"""


def stored(challenge, user):
    """What each period has spent, by the budgets of a person and of the names that joined them."""
    found = Counter()
    for budget in VoteBudget.objects.filter(challenge=challenge).select_related("participant"):
        person = budget.participant.joined_into or budget.participant
        if person.user_id == user.pk:
            found[budget.period] += budget.used
    return {period: used for period, used in found.items() if used}


def told(challenge, user):
    totals = statement_of(challenge=challenge, user_id=user.pk).totals
    return {total.period: total.used for total in totals if total.used}


class Budgets(RuleBasedStateMachine):
    @initialize(period=st.sampled_from([Period.CHALLENGE, Period.WEEK]))
    def begin(self, period):
        brand = make_brand()
        self.challenge = make_challenge(
            brand, mode=Mode.POINTS, max_points=MOST_POINTS, budget=6, budget_period=period
        )
        self.key = keys.create_key(
            brand=brand, scopes=[Scope.VOTE], origins=[], rate=0, actor=None
        )[0]
        self.address = f"n{brand.pk}-{ADDRESS}"
        self.zoe = make_user("Zoe")
        self.ideas = [make_idea(self.challenge) for _n in range(IDEAS)]
        self.joined = False

    @rule(idea=places, value=values)
    def vote(self, idea, value):
        self.attempt(cast_as_user, code=self.ideas[idea].code, user_id=self.zoe.pk, value=value)

    @rule(idea=places, value=values)
    def vote_in_her_name(self, idea, value):
        self.attempt(
            cast_on_behalf, code=self.ideas[idea].code, key=self.key, value=value,
            external_id=None, email=self.address,
        )  # fmt: skip

    def attempt(self, cast, **names):
        try:
            cast(**names)
        except DomainError as refusal:
            assert refusal.code in {"no_budget", "idea_closed", "value_not_allowed"}

    @rule(idea=places, closed=st.booleans())
    def close_or_open(self, idea, closed):
        set_closed(self.ideas[idea], closed=closed)

    @rule()
    def settle(self):
        for idea in self.ideas:
            costs.settle_idea(idea.pk)

    @rule(budget=st.none() | st.integers(3, 9))
    def change_the_budget(self, budget):
        challenges.change_rules(challenge=self.challenge, actor=None, budget=budget)

    @rule(period=st.sampled_from([Period.CHALLENGE, Period.WEEK]))
    def change_the_period(self, period):
        challenges.change_rules(challenge=self.challenge, actor=None, budget_period=period)

    @rule()
    def a_week_passes(self):
        with connection.cursor() as cursor:
            cursor.execute(A_WEEK_PASSES)

    @precondition(lambda self: not self.joined)
    @rule()
    def the_names_are_joined(self):
        self.joined = True
        mailboxes.prove(user=self.zoe, email=self.address)

    @invariant()
    def the_statement_adds_up_in_every_period(self):
        assert told(self.challenge, self.zoe) == stored(self.challenge, self.zoe)


@pytest.mark.django_db(transaction=True)
def test_any_sequence_of_acts_adds_up_to_what_is_stored():
    run_state_machine_as_test(
        Budgets,
        settings=settings(
            max_examples=40, stateful_step_count=20, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


@pytest.fixture
def few(brand):
    return make_challenge(brand, slug="few", mode=Mode.POINTS, max_points=3, budget=9)


def vote(idea, user, value):
    return cast_as_user(code=idea.code, user_id=user.pk, value=value)


def test_every_debit_and_credit_is_told_latest_first(few, charlie):
    first, second = make_idea(few, title="First idea"), make_idea(few, title="Second idea")
    vote(first, charlie, 2)
    vote(second, charlie, 3)
    vote(first, charlie, 1)
    vote(second, charlie, 0)
    lines = statement_of(challenge=few, user_id=charlie.pk).lines.items
    assert [(line.kind, line.title, line.cost, line.used) for line in lines] == [
        ("withdraw", "Second idea", -3, 1),
        ("change", "First idea", -1, 4),
        ("cast", "Second idea", 3, 5),
        ("cast", "First idea", 2, 2),
    ]
    (total,) = statement_of(challenge=few, user_id=charlie.pk).totals
    assert (total.period, total.paid, total.returned, total.used) == (EVER, 5, 4, 1)


def test_what_an_ended_idea_gave_back_and_took_again_is_told(few, charlie, settings):
    settings.UNDO_SECONDS = 0
    idea = make_idea(few)
    vote(idea, charlie, 2)
    for closed in (True, False):
        set_closed(idea, closed=closed)
        costs.settle_idea(idea.pk)
    set_closed(idea, closed=True)
    costs.settle_idea(idea.pk)
    vote(make_idea(few), charlie, 3)
    vote(make_idea(few), charlie, 3)
    vote(make_idea(few), charlie, 2)
    set_closed(idea, closed=False)
    costs.settle_idea(idea.pk)
    lines = statement_of(challenge=few, user_id=charlie.pk).lines.items
    assert [(line.kind, line.cost) for line in reversed(lines)] == [
        ("cast", 2), ("refund", -2), ("reclaim", 2), ("refund", -2),
        ("cast", 3), ("cast", 3), ("cast", 2), ("void", 0),
    ]  # fmt: skip


def test_a_name_that_was_joined_is_part_of_the_statement(few, charlie, make_secret_key):
    idea = make_idea(few)
    key = make_secret_key(few.brand)
    cast_on_behalf(code=idea.code, key=key, value=2, external_id=None, email=ADDRESS)
    assert statement_of(challenge=few, user_id=charlie.pk).lines.items == []
    mailboxes.prove(user=charlie, email=ADDRESS)
    lines = statement_of(challenge=few, user_id=charlie.pk).lines.items
    assert [(line.kind, line.source, line.cost) for line in reversed(lines)] == [
        ("cast", "on_behalf", 2), ("join", "on_behalf", -2), ("join", "on_behalf", 2),
    ]  # fmt: skip


def test_nobody_reads_of_others_or_of_another_question(few, brand, charlie, bob):
    vote(make_idea(few), bob, 2)
    vote(make_idea(make_challenge(brand, budget=3)), charlie, 1)
    assert statement_of(challenge=few, user_id=charlie.pk).lines.items == []


def test_a_hidden_idea_is_told_without_its_title(few, charlie, alice):
    idea = make_idea(few, title="Shouted at the neighbour")
    vote(idea, charlie, 2)
    set_hidden(idea=idea, hidden=True, actor=alice)
    (line,) = statement_of(challenge=few, user_id=charlie.pk).lines.items
    assert (line.title, line.cost) == ("", 2)


def test_pages_follow_each_other_without_a_gap(few, charlie):
    idea = make_idea(few)
    for n in range(7):
        vote(idea, charlie, 1 + n % 2)
    seen, cursor = [], ""
    while True:
        page = statement_of(challenge=few, user_id=charlie.pk, cursor=cursor, limit=3).lines
        seen += page.items
        if page.next is None:
            break
        cursor = page.next
    assert [line.cost for line in seen] == [-1, 1, -1, 1, -1, 1, 1]
    assert len({line.seq for line in seen}) == 7
    with pytest.raises(BadCursor):
        statement_of(challenge=few, user_id=charlie.pk, cursor="nonsense")


def test_a_new_period_begins_at_nothing(brand, charlie):
    week = make_challenge(brand, slug="week", budget=3, budget_period=Period.WEEK)
    idea, other = make_idea(week), make_idea(week)
    vote(idea, charlie, 1)
    with connection.cursor() as cursor:
        cursor.execute(A_WEEK_PASSES)
    vote(other, charlie, 1)
    vote(idea, charlie, 0)  # an earlier week has paid: nothing comes back
    found = statement_of(challenge=week, user_id=charlie.pk)
    this, last = found.totals
    assert [(total.paid, total.returned) for total in (this, last)] == [(1, 0), (1, 0)]
    assert this.period - last.period == timedelta(days=7)
    assert last.period.isoweekday() == 1
    assert [line.used for line in found.lines.items] == [1, 1]
    assert this.period >= date.today() - timedelta(days=7)  # noqa: DTZ011 - a day is enough


def test_imported_votes_are_told_in_the_period_that_paid_for_them(brand, charlie):
    week = make_challenge(
        brand, slug="week", mode=Mode.POINTS, max_points=3, budget=9, budget_period=Period.WEEK
    )
    idea, owner = make_idea(week), make_participant(brand, charlie)
    for value, day in ((1, 4), (3, 5)):
        moment = datetime(2025, 3, day, tzinfo=UTC)
        cast_imported(code=idea.code, participant_id=owner.pk, value=value, at=moment)
    assert told(week, charlie) == stored(week, charlie) != {}
    vote(make_idea(week), charlie, 2)
    assert told(week, charlie) == stored(week, charlie)
