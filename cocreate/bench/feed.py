"""Which order finds the good ideas? Visitors read a list under a law of attention, and vote.

The experiment of Discover (docs/ranking.md) on the approval rates of real conversations: up to a
hundred ideas arrive over time, each with the share of people who really agreed with it; visitors
come one after the other, look at place r of the list with probability r^-bias, and vote on a part
of what they look at. What is varied is the order, and how well the product knows what was seen:
exactly, which it cannot, or as the server counts it when it renders a page.

Chance is seeded: the same arguments print the same table.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import exp, log, log10, sqrt
from random import Random
from statistics import fmean, stdev

from ideas.domain.scoring import PRIOR, best, mean, ucb

COUNTED_BIAS = 0.7  # place r of a page counts r^-0.7 (ideas.domain.exposure)
MOST_IDEAS, FEWEST_IDEAS, VISITORS = 100, 45, 1_500
FEWEST_VOTES = 10  # of an idea whose approval rate is taken for true
ARRIVE_WITHIN = 0.8  # of the visits: the last idea comes then
VOTES_PER_LOOK = 0.5
HERDING = 1.32  # odds of a vote for what others are seen to like (Muchnik, Aral, Taylor 2013)
PAGE = 20
FEW_VIEWS = 10
DAYS = 14.0
HALF_LIFE_DAYS = 3.5
Z_95 = 1.96


@dataclass
class Idea:
    """One idea of a run. `seen` is what was looked at, `counted` what a server counts."""

    number: int
    appeal: float
    born: int  # how many visitors came before it
    ups: int = 0
    downs: int = 0
    seen: int = 0
    counted: float = 0.0
    decayed: float = 0.0  # votes for minus against, each fading by half per half-life
    decayed_at: float = 0.0

    def vote(self, *, is_for: bool, day: float) -> None:
        self.ups += is_for
        self.downs += not is_for
        self.decayed = self.hot(day) + (1 if is_for else -1)
        self.decayed_at = day

    def hot(self, day: float) -> float:
        return float(self.decayed * exp((self.decayed_at - day) / HALF_LIFE_DAYS * log(2)))


@dataclass(frozen=True)
class Moment:
    """What an order may know of the whole list."""

    visits: int
    mean: float
    chance: Random

    @property
    def day(self) -> float:
        return self.visits / VISITORS * DAYS


Key = Callable[[Idea, Moment], float]


def discover(views: Callable[[Idea], float]) -> Key:
    def key(idea: Idea, now: Moment) -> float:
        return ucb(best(idea.ups, idea.downs, now.mean), views(idea), now.visits)

    return key


def by_best(idea: Idea, now: Moment) -> float:
    return best(idea.ups, idea.downs, now.mean)


def thompson(idea: Idea, now: Moment) -> float:
    """A draw from what is believed of the idea: R1 with its uncertainty."""
    return now.chance.betavariate(idea.ups + PRIOR * now.mean, idea.downs + PRIOR * (1 - now.mean))


def wilson(idea: Idea, now: Moment) -> float:
    """Lower end of the 95 % interval of the share of votes for."""
    votes = idea.ups + idea.downs
    if not votes:
        return 0.0
    share, z2 = idea.ups / votes, Z_95**2
    margin = Z_95 * sqrt(share * (1 - share) / votes + z2 / (4 * votes**2))
    return (share + z2 / (2 * votes) - margin) / (1 + z2 / votes)


def hacker_news(idea: Idea, now: Moment) -> float:
    hours = (now.visits - idea.born) / VISITORS * DAYS * 24
    points = max(idea.ups - idea.downs, 0)
    return float(points**0.8 / (hours + 2) ** 1.8)


def reddit(idea: Idea, now: Moment) -> float:
    net = idea.ups - idea.downs
    sign = (net > 0) - (net < 0)
    return sign * log10(max(abs(net), 1)) + idea.born / VISITORS * DAYS * 24 / 12.5


ORDERS: dict[str, Key] = {
    "discover, counted by the server": discover(lambda idea: idea.counted),
    "discover, every look known": discover(lambda idea: idea.seen),
    "thompson": thompson,
    "best": by_best,
    "hot": lambda idea, now: idea.hot(now.day),
    "reddit": reddit,
    "hacker news": hacker_news,
    "top": lambda idea, now: idea.ups - idea.downs,
    "wilson 95": wilson,
    "random": lambda idea, now: now.chance.random(),
}


@dataclass(frozen=True)
class Outcome:
    """Of one run. Shares of 1; `gini` of the looks that ideas got."""

    own_top: float  # how much of the truly best tenth stands in the order's own first tenth
    best_top: float  # and in those of `best`, once all have voted
    shown: float  # mean appeal of what people looked at
    unseen: float  # part of the ideas with fewer than ten looks
    gini: float


@dataclass
class Run:
    """One order, one conversation, one seed."""

    key: Key
    appeals: Sequence[float]
    counts_visible: bool
    seed: int
    bias: float = COUNTED_BIAS  # of the visitors; the server always counts by COUNTED_BIAS
    deep: bool = False  # whether people open the second page and further ones
    chance: Random = field(init=False)
    ideas: list[Idea] = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)  # noqa: S311 - an experiment
        count = min(len(self.appeals), MOST_IDEAS)
        drawn = self.chance.sample(list(self.appeals), count)
        last = int(VISITORS * ARRIVE_WITHIN)
        born = sorted(self.chance.randrange(last) for _n in range(count))
        born[:PAGE] = [0] * PAGE  # a list to begin with
        self.ideas = [Idea(n, *pair) for n, pair in enumerate(zip(drawn, born, strict=True))]

    def outcome(self) -> Outcome:
        for visits in range(VISITORS):
            self.visit(visits)
        now = self.now(VISITORS)
        looks = [idea.seen for idea in self.ideas]
        return Outcome(
            own_top=self.found(self.key, now),
            best_top=self.found(by_best, now),
            shown=sum(i.appeal * i.seen for i in self.ideas) / max(sum(looks), 1),
            unseen=fmean(look < FEW_VIEWS for look in looks),
            gini=gini(looks),
        )

    def now(self, visits: int) -> Moment:
        ups, downs = sum(i.ups for i in self.ideas), sum(i.downs for i in self.ideas)
        return Moment(visits, mean(ups, downs), self.chance)

    def ordered(self, key: Key, now: Moment) -> list[Idea]:
        there = [idea for idea in self.ideas if idea.born <= now.visits]
        keys = {idea.number: key(idea, now) for idea in there}
        return sorted(there, key=lambda idea: (-keys[idea.number], idea.born, idea.number))

    def visit(self, visits: int) -> None:
        """A page is rendered as a whole; one behind the first is opened as often as its first place
        would be looked at.
        """
        now = self.now(visits)
        reach = self.chance.random()
        for start, page in pages(self.ordered(self.key, now)):
            opened = start**-self.bias
            if reach >= opened or (start > 1 and not self.deep):
                return
            for place, idea in enumerate(page, start):
                idea.counted += (place - start + 1) ** -COUNTED_BIAS  # places of the page
                if place == start or self.chance.random() < place**-self.bias / opened:
                    self.look(idea, now.day)

    def look(self, idea: Idea, day: float) -> None:
        idea.seen += 1
        if self.chance.random() >= VOTES_PER_LOOK:
            return
        odds = idea.appeal / max(1 - idea.appeal, 1e-9)
        if self.counts_visible and idea.ups > idea.downs:
            odds *= HERDING
        idea.vote(is_for=self.chance.random() < odds / (1 + odds), day=day)

    def found(self, key: Key, now: Moment) -> float:
        tenth = round(len(self.ideas) / 10)
        truly = sorted(self.ideas, key=lambda idea: -idea.appeal)[:tenth]
        wanted = {idea.number for idea in truly}
        return fmean(idea.number in wanted for idea in self.ordered(key, now)[:tenth])


def pages(ideas: list[Idea]) -> Iterator[tuple[int, list[Idea]]]:
    """Each with the place of its first idea, counted from one."""
    for start in range(0, len(ideas), PAGE):
        yield start + 1, ideas[start : start + PAGE]


def gini(values: Sequence[float]) -> float:
    """0: all alike; 1: one has it all."""
    total, count = sum(values), len(values)
    if not total:
        return 0.0
    weighted = sum(place * value for place, value in enumerate(sorted(values), 1))
    return 2 * weighted / (count * total) - (count + 1) / count


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """The mean and its standard error."""
    return fmean(values), stdev(values) / sqrt(len(values)) if len(values) > 1 else 0.0
