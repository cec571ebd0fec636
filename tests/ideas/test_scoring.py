"""The formulas of the orders: what must hold for any votes."""

from datetime import timedelta
from math import comb

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ideas.domain import scoring

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

votes = st.integers(0, 100_000)
few_votes = st.integers(0, 300)
views = st.floats(0, 1e7)
visits = st.integers(0, 10**9)
shares = st.floats(0.01, 0.99)


@given(ups=votes, downs=votes)
def test_the_mean_lies_between_nobody_and_everybody(ups, downs):
    assert 0 < scoring.mean(ups, downs) < 1
    assert scoring.mean(ups, downs) == pytest.approx(1 - scoring.mean(downs, ups))


def test_without_a_vote_the_mean_is_one_half_and_every_idea_stands_at_it():
    assert scoring.mean(0, 0) == 0.5
    assert scoring.best(0, 0, 0.5) == 0.5


@given(ups=votes, downs=votes, m=shares)
def test_best_lies_between_the_mean_and_the_ideas_own_share(ups, downs, m):
    assume(ups + downs > 0)
    low, high = sorted([m, ups / (ups + downs)])
    assert low - 1e-12 <= scoring.best(ups, downs, m) <= high + 1e-12


@given(ups=votes, downs=votes, m=shares)
def test_a_vote_for_raises_best_and_a_vote_against_lowers_it(ups, downs, m):
    score = scoring.best(ups, downs, m)
    assert scoring.best(ups + 1, downs, m) > score > scoring.best(ups, downs + 1, m)


@given(m=shares)
def test_the_first_vote_moves_an_idea_by_an_eleventh_of_the_gap(m):
    assert scoring.best(1, 0, m) - m == pytest.approx((1 - m) / 11)


def test_best_by_hand():
    assert scoring.best(30, 10, 0.6) == pytest.approx(36 / 50)


@given(ups=few_votes, downs=few_votes, m=shares)
def test_the_interval_holds_nine_tenths_and_the_score(ups, downs, m):
    low, high = scoring.interval(ups, downs, m)
    assert 0 <= low < high <= 1
    a, b = ups + 10 * m, downs + 10 * (1 - m)
    held = scoring.beta_cdf(high, a, b) - scoring.beta_cdf(low, a, b)
    assert held == pytest.approx(0.9, abs=1e-9)


@given(times=st.integers(2, 50), m=st.floats(0.05, 0.95))
def test_of_two_equal_scores_the_one_with_more_votes_is_surer(times, m):
    ups, downs = 10 * m, 10 * (1 - m)
    assert scoring.best(ups, downs, m) == pytest.approx(scoring.best(times * ups, times * downs, m))
    many = scoring.quantile(scoring.TIE, times * ups, times * downs, m)
    assert many > scoring.quantile(scoring.TIE, ups, downs, m)


@given(x=shares, a=st.integers(1, 60), b=st.integers(1, 60))
def test_the_beta_distribution_is_the_binomial_one_for_whole_numbers(x, a, b):
    n = a + b - 1
    binomial = sum(comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert scoring.beta_cdf(x, a, b) == pytest.approx(binomial, abs=1e-11)


@given(share=shares, a=st.floats(0.5, 1e4), b=st.floats(0.5, 1e4))
def test_a_quantile_is_where_its_share_lies_below(share, a, b):
    x = scoring.beta_quantile(share, a, b)
    assert scoring.beta_cdf(x, a, b) == pytest.approx(share, abs=1e-7)


def test_quantiles_that_are_known():
    assert scoring.beta_quantile(0.05, 1, 1) == pytest.approx(0.05)
    assert scoring.beta_quantile(0.1, 19, 1) == pytest.approx(0.1 ** (1 / 19))
    assert scoring.beta_cdf(0.5, 2, 3) == pytest.approx(11 / 16)
    assert (scoring.beta_cdf(0, 2, 3), scoring.beta_cdf(1, 2, 3)) == (0, 1)


def test_two_ideas_are_told_apart_only_where_their_intervals_are():
    sure, unsure, bad = (scoring.interval(*of, 0.5) for of in [(900, 100), (60, 5), (100, 900)])
    assert scoring.are_separable(sure, bad)
    assert scoring.are_separable(bad, sure)
    assert not scoring.are_separable(sure, unsure)


@given(ups=votes, seen=views, m=shares)
def test_a_rate_is_never_more_than_one_wherever_the_votes_came_from(ups, seen, m):
    assert 0 < scoring.rate(ups, seen, m) <= 1


@given(ups=few_votes, m=shares)
def test_showing_an_idea_that_nobody_then_votes_for_lowers_its_rate(ups, m):
    assert scoring.rate(ups, ups + 50, m) < scoring.rate(ups, ups, m)


@given(score=shares, seen=views, t=visits)
def test_the_bonus_fades_with_showings_and_grows_with_visits(score, seen, t):
    value = scoring.ucb(score, seen, t)
    assert value > score
    assert scoring.ucb(score, seen + 10, t) < value < scoring.ucb(score, seen, 2 * t + 1)


def test_ucb_by_hand():
    assert scoring.ucb(0.5, 3, 98) == pytest.approx(0.5 + 0.5 * (4.605170186 / 4) ** 0.5)


@given(before=few_votes, others=few_votes, all_recent=st.floats(0, 1e4))
def test_what_is_expected_of_all_ideas_is_less_than_there_was_by_ten_earlier_votes(
    before, others, all_recent
):
    both = [scoring.expected(part, before + others, all_recent) for part in (before, others)]
    share = (before + others) / (before + others + 10)
    assert sum(both) == pytest.approx(all_recent * share)


def test_nothing_is_expected_where_nothing_was_before():
    assert scoring.expected(0, 0, 12) == 0


def test_the_first_votes_of_a_challenge_rise_although_they_are_a_moment_old():
    ups, moment = [4, 1], 1e-5
    surplus = [
        scoring.rise(n, scoring.expected(n * moment, sum(ups) * moment, sum(ups))) for n in ups
    ]
    assert surplus == pytest.approx(ups, abs=0.01)


@given(now=views, usual=views)
def test_rising_is_more_than_expected_and_falling_less(now, usual):
    value = scoring.rise(now, usual)
    assert (value > 0) == (now > usual)
    assert scoring.rise(now + 1, usual) > value
    assert scoring.rise(now, usual + 1) < value or now == 0


def test_the_same_surplus_says_more_where_little_was_expected():
    assert scoring.rise(8, 3) == 2.5
    assert scoring.rise(5, 0) > scoring.rise(8, 3) > scoring.rise(105, 100)


def test_a_vote_is_half_as_recent_after_a_half_life():
    hours = [timedelta(hours=h) for h in (0, 24, 48)]
    assert scoring.recent(hours, timedelta(hours=24)) == pytest.approx(1.75)


@pytest.mark.parametrize(("days", "hours"), [(1, 24), (14, 24), (14.01, 72), (300, 72), (None, 72)])
def test_a_short_challenge_rises_by_a_day_and_others_by_three(days, hours):
    length = None if days is None else timedelta(days=days)
    assert scoring.half_life_of_rising(length) == timedelta(hours=hours)
