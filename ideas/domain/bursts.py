"""Is this far more than usual? A Poisson tail against an idea's own week.

Votes of an idea come at its usual rate u an hour. By Chernoff's bound (Mitzenmacher and Upfal,
Probability and Computing, 2nd edition, theorem 5.4) the chance of n > u or more of them in an
hour is at most exp(n - u - n ln(n / u)). Where that is below one in a million it is a burst: a
thousand ideas looked at every hour for a month are fewer tests than that.

u is three times the mean of the week before: people sleep, so busy hours have about three times
the mean (the factor of the item burst test in our own measurements). A week without a vote counts
as one vote, and an idea younger than a day as a day old: nothing is known of it yet.
"""

from math import log

WEEK_HOURS, DAY_HOURS = 168, 24
PEAK = 3
RARE = log(1_000_000)


def usual(votes: int, hours_lived: float) -> float:
    """Votes an hour, at a busy time of day; `votes` are those of the week before this hour."""
    return PEAK * max(votes, 1) / min(max(hours_lived, DAY_HOURS), WEEK_HOURS)


def is_burst(votes: int, rate: float, least: int) -> bool:
    """Whether so many votes in an hour, `least` or more, are far above the usual rate."""
    if votes < least or votes <= rate:
        return False
    return votes * log(votes / rate) - votes + rate > RARE


def is_over(votes: int, rate: float, least: int) -> bool:
    """Whether a burst has ended: even twice as many votes would be none."""
    return not is_burst(2 * votes, rate, least)
