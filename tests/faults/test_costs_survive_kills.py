"""Budgets are given back and taken again by processes that die in the middle: each cost once."""

import random
import subprocess
import sys
import time

import pytest

from cocreate.embedded.places import ROOT
from ideas.domain import costs
from ideas.domain.votes import cast_as_user
from ideas.models import Unsettled, Vote, VoteEvent
from tests.factories import make_challenge, make_idea, make_user, set_closed
from tests.ideas.ledger import all_is_true, counters, spent
from tests.notifications.children import environment

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

VOTERS, KILLS = 300, 12
SETTLE = """
import django; django.setup()
from django.conf import settings
from ideas.domain import costs
settings.UNDO_SECONDS, costs.AT_ONCE = 0, 2
print("ready", flush=True)
costs.settle()
"""


def settle_and_die(chance):
    """A process that settles two voters at a time, killed somewhere on its way."""
    child = subprocess.Popen(
        [sys.executable, "-c", SETTLE], cwd=ROOT, env=environment(), stdout=subprocess.PIPE
    )
    assert child.stdout
    assert child.stdout.readline() == b"ready\n"
    time.sleep(chance.uniform(0, 0.15))
    child.kill()
    return child.wait()


def settled_votes():
    return VoteEvent.objects.filter(kind__in=["refund", "reclaim"]).count()


def test_r14_a_settler_killed_again_and_again_returns_and_takes_each_cost_once(brand, settings):
    settings.UNDO_SECONDS = 0
    challenge = make_challenge(brand, budget=1)
    idea = make_idea(challenge)
    for _n in range(VOTERS):
        cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    chance, died_on_the_way = random.Random(2009), 0
    for round_ in range(KILLS):
        set_closed(idea, closed=round_ % 2 == 0)
        before = settled_votes()
        settle_and_die(chance)
        died_on_the_way += before < settled_votes() and Unsettled.objects.exists()
        assert all_is_true()
    assert died_on_the_way > KILLS / 3
    set_closed(idea, closed=True)
    costs.settle()
    assert (spent(challenge.pk), counters(idea)) == (0, (VOTERS, 0, VOTERS))
    assert sum(Vote.objects.values_list("returned", flat=True)) == VOTERS
    assert all_is_true()
