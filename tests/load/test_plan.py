"""How many of what: shares, ranks and hours, without a database."""

from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from statistics import median

import pytest

from cocreate.load import rows
from cocreate.load.plan import FULL, CannotPlan, Plan, Size, code_of, seconds_at
from cocreate.load.words import LANGUAGES, decks_of

END = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def plan():
    return Plan(FULL.scaled(0.01), seed=1, end=END)


def test_two_brands_are_large_and_the_others_follow_a_power_law(plan):
    sizes = [brand.ideas for brand in plan.brands]
    assert sizes[:2] == [500, 50]
    assert sum(sizes) == len(plan.ideas) == 7_000
    assert 12 <= median(sizes[2:]) <= 15
    assert max(sizes[2:]) > 2 * median(sizes[2:])


def test_votes_are_as_many_as_asked_for_and_fall_with_the_rank(plan):
    votes = sorted((idea.votes for idea in plan.ideas), reverse=True)
    assert sum(votes) == 80_000
    assert votes[0] / votes[7] == pytest.approx(8 ** (2 / 3), rel=0.02)
    assert votes[100] / votes[800] == pytest.approx(8 ** (2 / 3), rel=0.05)


def test_no_idea_has_more_votes_than_its_brand_has_people(plan):
    assert all(idea.votes < idea.brand.people <= 5_000 for idea in plan.ideas)
    assert all(idea.author < idea.brand.people for idea in plan.ideas)


def test_people_who_could_not_give_so_many_votes_are_refused():
    with pytest.raises(CannotPlan) as refused:
        Plan(Size(brands=3, ideas=10, users=20, votes=1_000), seed=1, end=END)
    assert "each has one per idea" in refused.value.message


def test_a_single_brand_takes_all_ideas():
    assert Plan(Size(1, 20, 50, 100), seed=1, end=END).brands[0].ideas == 20


def test_ids_rise_with_time_and_nothing_is_later_than_the_end(plan):
    moments = [idea.at for idea in plan.ideas]
    assert moments == sorted(moments)
    assert moments[-1] < END
    assert all(idea.at >= idea.brand.born for idea in plan.ideas)


def test_ideas_are_posted_while_their_question_collects(plan):
    timed = [idea for idea in plan.ideas if idea.challenge.closes]
    assert len(timed) > 1_000
    assert all(i.challenge.opens <= i.at < i.challenge.collects_until for i in timed)


def test_a_question_with_a_budget_has_no_idea_that_returns_it(plan):
    budgeted = [idea for idea in plan.ideas if idea.challenge.budgeted]
    assert budgeted
    assert not [idea for idea in budgeted if idea.closed or idea.hidden]


def test_evenings_are_busier_than_nights(plan):
    by_hour = [sum(idea.at.hour == hour for idea in plan.ideas) for hour in range(24)]
    assert by_hour[19] > 8 * max(by_hour[3], 1)


def test_a_day_runs_from_its_first_to_its_last_second():
    seconds = [seconds_at(n / 10_000) for n in range(10_000)]
    assert seconds[0] == 0
    assert 86_000 < seconds[-1] < 86_400
    assert all(before <= after for before, after in pairwise(seconds))


def test_the_same_seed_gives_the_same_plan_and_another_seed_another():
    def facts(seed):
        made = Plan(Size(5, 50, 100, 400), seed=seed, end=END)
        return [(i.brand.id, i.at, i.votes, i.status, i.author, i.language) for i in made.ideas]

    assert facts(3) == facts(3) != facts(4)


def test_names_are_unique_and_do_not_show_the_number():
    codes = [code_of(0x4F1BBCDCBB, number) for number in range(100_000)]
    assert len(set(codes)) == 100_000
    assert {len(code) for code in codes} == {10}
    assert len({code[:2] for code in codes[:2_000]}) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_few_words_are_said_often_and_many_rarely(language):
    names = decks_of(language)["name"]
    counts = sorted((names.count(name) for name in set(names)), reverse=True)
    assert counts[0] > 20 * counts[len(counts) // 2]
    assert len(counts) > 500


def test_the_fourth_reply_stands_beside_the_third(plan):
    talk = [rows.Talk(plan.ideas[0], END)] * 300
    lines = list(rows._comment_lines(talk, ["text"] * 300, Random(1)))
    paths = [line.split("\t")[8] for line in lines]
    depths = [path.count(",") + 1 for path in paths]
    assert set(depths) == {1, 2, 3, 4}
    assert all(path.endswith(f"{n}}}") for n, path in enumerate(paths, 1))
