"""The experiment of docs/ranking.md: what it draws, what it measures."""

from random import Random

import pytest

from cocreate.bench import feed
from cocreate.bench.feed import Idea, Moment, Run, gini, pages
from cocreate.management.commands.simulate_feed import approval_rates
from ideas.importers.polis_files import read
from tests.ideas.test_import_polis import TINY

APPEALS = [n / 100 for n in range(1, 100)]


def run(order="best", *, seed=1, **over):
    return Run(feed.ORDERS[order], APPEALS, True, seed, **over)


@pytest.fixture(autouse=True)
def few_visitors(monkeypatch):
    monkeypatch.setattr(feed, "VISITORS", 150)


def test_the_same_seed_gives_the_same_outcome_and_another_a_different_one():
    assert run(seed=1).outcome() == run(seed=1).outcome()
    assert run(seed=1).outcome() != run(seed=2).outcome()


def test_people_look_at_the_first_place_always_and_at_later_ones_by_the_law():
    looked = run("random")
    for visit in range(150):
        looked.visit(visit)
    looks = sum(idea.seen for idea in looked.ideas)
    law = sum(place**-0.7 for place in range(1, feed.PAGE + 1))
    assert looks / 150 == pytest.approx(law, rel=0.1)


def test_the_server_counts_what_it_renders_and_no_more():
    counted = run("random")
    counted.visit(0)
    page = sum(place**-0.7 for place in range(1, feed.PAGE + 1))
    assert sum(idea.counted for idea in counted.ideas) == pytest.approx(page)


def test_whoever_opens_further_pages_finds_ideas_that_one_page_hides():
    first, all_pages = run("top").outcome(), run("top", deep=True).outcome()
    assert all_pages.unseen < first.unseen


def test_an_order_that_knew_the_truth_would_find_it_all(monkeypatch):
    known = Run(lambda idea, now: idea.appeal, APPEALS, True, 1)
    assert known.outcome().own_top == 1
    blind = Run(lambda idea, now: -idea.appeal, APPEALS, True, 1)
    assert blind.outcome().own_top == 0


def test_visible_counts_draw_votes_to_what_is_liked():
    def votes_for(*, visible):
        liked = Run(feed.by_best, [0.5] * 99, visible, 1)
        idea, total = Idea(0, 0.5, 0), 0
        for _n in range(2_000):
            idea.ups, idea.downs = 5, 0
            liked.look(idea, 0)
            total += idea.ups - 5
        return total

    assert votes_for(visible=True) > votes_for(visible=False) * 1.05


def test_a_vote_weighs_half_after_one_half_life():
    idea = Idea(0, 0.5, 0)
    idea.vote(is_for=True, day=0)
    assert idea.hot(feed.HALF_LIFE_DAYS) == pytest.approx(0.5)
    idea.vote(is_for=False, day=feed.HALF_LIFE_DAYS)
    assert idea.hot(feed.HALF_LIFE_DAYS) == pytest.approx(-0.5)


def test_wilson_trusts_many_votes_more_than_few():
    now = Moment(10, 0.5, Random(1))
    few, many = Idea(0, 0.5, 0, ups=2), Idea(1, 0.5, 0, ups=40, downs=2)
    assert 0 < feed.wilson(few, now) < feed.wilson(many, now) < 1


def test_pages_are_counted_from_one_and_gini_from_equal_to_all_for_one():
    assert [(start, len(page)) for start, page in pages([None] * 45)] == [
        (1, 20),
        (21, 20),
        (41, 5),
    ]
    assert gini([3, 3, 3]) == pytest.approx(0)
    assert gini([0, 0, 0, 9]) == pytest.approx(0.75)
    assert gini([0, 0]) == 0


def test_rates_are_of_the_last_vote_of_each_person_and_a_pass_is_none(monkeypatch):
    monkeypatch.setattr("cocreate.management.commands.simulate_feed.FEWEST_VOTES", 1)
    assert approval_rates(read(TINY)) == [0.5, 0.0, 1.0]
