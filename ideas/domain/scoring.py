"""What an idea is worth in the orders `best`, `discover` and `rising`: pure functions.

SQL computes the same for whole lists (ideas/sql/orders.sql); a test holds the two together. What
the numbers mean to people stands in docs/ranking.md.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from math import exp, exp2, isclose, lgamma, log, log1p, sqrt

PRIOR = 10  # C of R1: how many votes at the mean an idea begins with
EXPLORATION = 0.5
SHORT_CHALLENGE = timedelta(days=14)
SHORT_HALF_LIFE, LONG_HALF_LIFE = timedelta(hours=24), timedelta(hours=72)
LOWER, UPPER = 0.05, 0.95  # the interval that is shown
TIE = 0.10  # the quantile that decides between equal scores
SAME = 1e12  # scores that differ beyond their twelfth digit are equal: that is the rounding's

LAST_BIT = 1e-15
BISECTIONS = 200


def mean(ups: float, downs: float) -> float:
    """m of R1: the share of votes for among all votes of a list, drawn towards one half by four
    votes (Agresti and Coull, Approximate is better than exact, The American Statistician 52, 1998).
    """
    return (ups + 2) / (ups + downs + 4)


def best(ups: float, downs: float, m: float) -> float:
    """R1, the official score between 0 and 1: the share of votes for, as if PRIOR votes at the
    list's mean had been cast before. The mean of a Beta distribution whose prior is worth C votes
    (Gelman and others, Bayesian Data Analysis, 3rd edition, section 2.4).
    """
    return (ups + PRIOR * m) / (ups + downs + PRIOR)


def rate(ups: float, views: float, m: float) -> float:
    """In place of R1 for `discover` where nobody can say no: votes for per showing. Whoever voted
    has seen the idea, wherever that was: votes from elsewhere never make it more than 1.
    """
    return best(ups, max(views - ups, 0), m)


def quantile(share: float, ups: float, downs: float, m: float) -> float:
    """Where this share of the Beta distribution of R1 lies below."""
    return beta_quantile(share, ups + PRIOR * m, downs + PRIOR * (1 - m))


def interval(ups: float, downs: float, m: float) -> tuple[float, float]:
    """Between these the true share lies with 90%, as far as the votes tell."""
    return quantile(LOWER, ups, downs, m), quantile(UPPER, ups, downs, m)


def best_keys(
    counts: Iterable[tuple[int, int]], m: float
) -> dict[tuple[int, int], tuple[float, float]]:
    """By what the order `best` stands, largest first: the score for these votes for and against,
    and where other votes have the same score, how sure it is.
    """
    scores = {pair: round(best(*pair, m) * SAME) for pair in set(counts)}
    having = Counter(scores.values())
    return {
        pair: (score, quantile(TIE, *pair, m) if having[score] > 1 else 0)
        for pair, score in scores.items()
    }


def are_separable(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two intervals lie apart, so that one idea is better and not only luckier."""
    return one[1] < other[0] or other[1] < one[0]


def bonus(views: float, visits: float) -> float:
    """What R2 adds for an idea that was seldom shown (UCB1: Auer, Cesa-Bianchi, Fischer,
    Finite-time Analysis of the Multiarmed Bandit Problem, Machine Learning 47, 2002).
    """
    return EXPLORATION * sqrt(log(visits + 2) / (views + 1))


def ucb(score: float, views: float, visits: float) -> float:
    """R2: `score` is best() or rate(); `views` those of the idea, `visits` those of the list."""
    return score + bonus(views, visits)


def half_life_of_rising(length: timedelta | None) -> timedelta:
    """h of R3 for a challenge of this length; None: it has no end, or it is a brand."""
    is_short = length is not None and length <= SHORT_CHALLENGE
    return SHORT_HALF_LIFE if is_short else LONG_HALF_LIFE


def recent(ages: list[timedelta], half_life: timedelta) -> float:
    """V of R3: votes for, each halved once per half-life."""
    return sum(exp2(-(age / half_life)) for age in ages)


def expected(before: float, all_before: float, all_recent: float) -> float:
    """E of R3: what the idea would have of all recent votes if they fell as the earlier ones did.
    A vote that is recent by 0.3 is earlier by 0.7. PRIOR earlier votes that no idea has: a share of
    nearly nothing says nothing.
    """
    return all_recent * before / (all_before + PRIOR)


def rise(recent: float, expected: float) -> float:
    """R3: how far votes are above what was expected, in units of a Poisson count's own spread (the
    1 keeps an idea that nobody expected from soaring by a single vote).
    """
    return (recent - expected) / sqrt(expected + 1)


def beta_quantile(share: float, a: float, b: float) -> float:
    """x with beta_cdf(x, a, b) = share, by halving."""
    low, high = 0.0, 1.0
    for _n in range(BISECTIONS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        if beta_cdf(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, as a continued fraction (Abramowitz and Stegun,
    Handbook of Mathematical Functions, 26.5.8), on the side where it converges fast.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    """By the method of Lentz (Applied Optics 15, 1976): numerator and denominator as ratios."""
    upper, lower = 1.0, _apart_from_zero(1 - (a + b) * x / (a + 1))
    lower = value = 1 / lower
    for step in range(1, 10_000):
        for term in _terms(step, x, a, b):
            lower = 1 / _apart_from_zero(1 + term * lower)
            upper = _apart_from_zero(1 + term / upper)
            value *= lower * upper
        if isclose(lower * upper, 1, rel_tol=LAST_BIT):
            break
    return value


def _terms(step: int, x: float, a: float, b: float) -> tuple[float, float]:
    """The even and the odd coefficient of one step."""
    even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
    odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
    return even, odd


def _apart_from_zero(number: float) -> float:
    return number if abs(number) > 1e-30 else 1e-30
