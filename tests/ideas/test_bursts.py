"""How far above the usual is far: the formula alone."""

from math import exp, sin, tau
from random import Random

import pytest

from ideas.domain.bursts import is_burst, is_over, usual


@pytest.mark.parametrize(
    ("week", "lived", "needed"),
    [
        (0, 500, 10),  # a quiet idea: the floor
        (0, 1, 10),  # nobody knows it yet
        (168, 500, 17),  # one an hour
        (1_680, 500, 64),  # ten an hour
        (16_800, 500, 396),  # a hundred an hour
    ],
)
def test_votes_that_make_a_burst(week, lived, needed):
    rate = usual(week, lived)
    assert min(n for n in range(10_000) if is_burst(n, rate, 10)) == needed


def test_a_burst_ends_below_half_of_what_makes_one():
    rate = usual(1_680, 500)
    assert min(n for n in range(100) if is_burst(n, rate, 10)) == 64
    assert [is_over(31, rate, 10), is_over(32, rate, 10)] == [True, False]


def test_the_bound_is_above_the_true_chance():
    """Summed term by term, for a rate of 3: seventeen votes are rarer than one in a million."""
    term, chance = exp(-3.0), 1.0
    for n in range(17):
        chance -= term
        term *= 3.0 / (n + 1)
    assert chance < 1e-6


def test_a_year_of_days_and_nights_is_no_burst():
    """Votes by chance, three times as many at noon as on average and none at night."""
    chance, hours, alarms = Random(7), [], 0  # noqa: S311 - made-up data
    for hour in range(24 * 365):
        mean = 6 * max(0.0, sin(tau * hour / 24)) ** 2 * 1.8
        hours.append(sum(chance.random() < mean / 1000 for _n in range(1000)))
        alarms += is_burst(hours[-1], usual(sum(hours[-169:-1]), hour), 10)
    assert sum(hours) > 20_000
    assert alarms == 0
