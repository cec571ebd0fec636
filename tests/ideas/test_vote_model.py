"""Any sequence of votes, withdrawals, closings, settlings and changed rules ends where a model of
some lines ends.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cocreate.lib.errors import DomainError
from ideas.domain import challenges, costs, tally
from ideas.domain.votes import cast_as_user
from ideas.enums import Mode
from ideas.models import Rules, Score, Vote, VoteBudget
from tests.factories import make_brand, make_challenge, make_idea, make_user, set_closed

PEOPLE, IDEAS, MOST_POINTS = 3, 3, 3

people = st.integers(0, PEOPLE - 1)
places = st.integers(0, IDEAS - 1)


class Votes(RuleBasedStateMachine):
    """`held` is the model: (person, idea) -> points; `costs` what each holds of its owner's budget,
    `returned` what it held before its idea closed, `void` the votes that could not be paid again.
    """

    @initialize(budget=st.none() | st.integers(1, 6))
    def begin(self, budget):
        self.challenge = make_challenge(make_brand(), mode=Mode.POINTS, max_points=MOST_POINTS)
        self.set_budget(budget)
        self.users = [make_user() for _n in range(PEOPLE)]
        self.ideas = [make_idea(self.challenge) for _n in range(IDEAS)]
        self.budget, self.held, self.costs = budget, {}, {}
        self.returned, self.void = {}, set()
        self.closed, self.all_closed = set(), False

    def spent(self, person):
        return sum(cost for (owner, _idea), cost in self.costs.items() if owner == person)

    def expected(self, person, idea, value):
        """The outcome, and what the vote then costs."""
        place = (person, idea)
        before, cost = self.held.get(place, 0), self.costs.get(place, 0)
        if value == before and (place not in self.void or not value):
            return "unchanged", cost
        if self.all_closed or idea in self.closed:
            return "idea_closed", cost
        if self.budget is None:
            return ("new" if before == 0 else "changed"), 0
        pays_whole = cost or not before or place in self.void
        wanted = value if pays_whole else max(value - before, 0)
        if wanted > cost and self.spent(person) + wanted - cost > self.budget:
            return "no_budget", cost
        return ("new" if before == 0 else "changed"), wanted

    @rule(person=people, idea=places, value=st.integers(0, MOST_POINTS))
    def vote(self, person, idea, value):
        expected, cost = self.expected(person, idea, value)
        try:
            outcome = cast_as_user(
                code=self.ideas[idea].code, user_id=self.users[person].pk, value=value
            ).outcome
        except DomainError as refusal:
            outcome = refusal.code
        assert outcome == expected
        if outcome in {"new", "changed"}:
            self.held[person, idea], self.costs[person, idea] = value, cost
            self.void.discard((person, idea))
            if not value:
                self.returned.pop((person, idea), None)

    @rule(idea=places, closed=st.booleans())
    def close(self, idea, closed):
        set_closed(self.ideas[idea], closed=closed)
        (self.closed.add if closed else self.closed.discard)(idea)

    @rule(idea=places)
    def settle(self, idea):
        assert costs.settle_idea(self.ideas[idea].pk)
        for person in range(PEOPLE):
            self.settle_one((person, idea))

    def settle_one(self, place):
        """What the rules of docs/decisions/0041 say, for one vote."""
        if place[1] in self.closed:
            if cost := self.costs.get(place, 0):
                self.returned[place] = self.returned.get(place, 0) + cost
                self.costs[place] = 0
            return
        owed = self.returned.pop(place, 0)
        if not owed or self.budget is None:
            return
        if self.spent(place[0]) + owed <= self.budget:
            self.costs[place] = self.costs.get(place, 0) + owed
        else:
            self.void.add(place)
            self.costs[place] = 0

    @rule(closed=st.booleans())
    def close_all(self, closed):
        challenges.set_closed(challenge=self.challenge, closed=closed, actor=None)
        self.all_closed = closed

    @rule(budget=st.none() | st.integers(1, 6))
    def change_budget(self, budget):
        self.set_budget(budget)
        self.budget = budget

    def set_budget(self, budget):
        """Also one that the desk would not take: so small that nobody can give all the points."""
        Rules.objects.filter(challenge=self.challenge).update(budget=budget)

    @rule()
    def fold(self):
        tally.fold()

    @invariant()
    def ledger_votes_and_counters_agree(self):
        assert tally.verify() == []

    def teardown(self):
        tally.fold_until_settled()
        for n, idea in enumerate(self.ideas):
            counted = {key: held for key, held in self.held.items() if key not in self.void}
            points = [held for (_person, place), held in counted.items() if place == n and held]
            score = Score.objects.get(pk=idea.pk)
            assert (score.support, score.points) == (len(points), sum(points))
        mine = Vote.objects.filter(idea__in=self.ideas)
        assert sum(mine.values_list("cost", flat=True)) == sum(self.costs.values())
        assert sum(mine.values_list("returned", flat=True)) == sum(self.returned.values())
        used = VoteBudget.objects.filter(challenge=self.challenge).values_list("used", flat=True)
        assert sum(used) == sum(self.costs.values())


@pytest.mark.django_db(transaction=True)
def test_any_sequence_of_acts_keeps_ledger_votes_counters_and_budgets_equal():
    checks = settings(
        max_examples=30,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Votes, settings=checks)
