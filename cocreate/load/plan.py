"""How many of what, where and when: the same for the same seed and day, without a database."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from cocreate.lib.errors import DomainError

YEARS = 3
BIG, MIDDLE = 50 / 700, 5 / 700  # shares of all ideas that two brands have
TAIL = -0.375  # of the other brands' sizes: the median of 40,000 brands with 645,000 ideas is 14
ZIPF = 2 / 3  # votes of an idea by its rank
DRAW = 0.15  # how much more often a large brand has the popular ideas
UNVERIFIED = 97  # every so many of the people never confirmed their address
PRIMES = (15_485_863, 32_452_843, 49_979_687, 67_867_967)  # larger than any number of people
# How busy the hours of a day are.
HOURS = (2, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 15, 16, 14, 13, 13, 14, 15, 16, 17, 16, 13, 9, 5)
QUANTILES = 256
HEX, LETTERS = "0123456789abcdef", "23456789bcdfghjk"  # of cocreate.lib.tokens
ALPHABET = str.maketrans(HEX, LETTERS)
# Odd, so that no two numbers have one name; 39 bits, so that eight million times that is a bigint.
IDEAS, COMMENTS, DECISIONS, PEOPLE = 0x4F1BBCDCBB, 0x5851F42D4D, 0x6C078965A1, 0x41C64E6D35

STATUSES = {
    "submitted": 78, "under_review": 8, "planned": 4, "in_progress": 2, "implemented": 2.5,
    "partly_implemented": 0.5, "already_offered": 1, "declined": 3.5, "archived": 0.5,
}  # fmt: skip
CLOSED = {"implemented", "partly_implemented", "already_offered", "declined", "archived"}
OPEN = [name for name in STATUSES if name not in CLOSED]


class CannotPlan(DomainError):
    code, status = "cannot_plan", 400


@dataclass(frozen=True)
class Size:
    brands: int
    ideas: int
    users: int
    votes: int

    def scaled(self, share: float) -> "Size":
        names = ("brands", "ideas", "users", "votes")
        return Size(*(max(1, round(getattr(self, name) * share)) for name in names))


FULL = Size(40_000, 700_000, 500_000, 8_000_000)


@dataclass
class Challenge:
    """`closes` None: the permanent one of its brand."""

    id: int
    brand: int
    opens: datetime
    closes: datetime | None = None
    mode: str = "up_down"
    max_points: int = 1
    budgeted: bool = False
    hides: bool = False
    half_life: int = 30

    @property
    def collects_until(self) -> datetime:
        assert self.closes is not None  # noqa: S101 - only asked of those that end
        return self.opens + (self.closes - self.opens) * 0.6


@dataclass
class Brand:
    """`people` participants with the ids from `first` on; the one with number `n` is the user
    `user(n)`, and number 0 owns the brand.
    """

    id: int
    language: str
    born: datetime
    users: int
    offset: int = 0
    first: int = 0
    people: int = 0
    votes: int = 0
    most: int = 0
    ideas: int = 0
    challenges: list[Challenge] = field(default_factory=list)

    def user(self, number: int) -> int:
        return (self.offset + number * PRIMES[0]) % self.users + 1

    @property
    def core(self) -> int:
        """So many of the people cast half of the votes."""
        return self.people // 5


@dataclass(slots=True)
class Idea:
    id: int
    brand: Brand
    challenge: Challenge
    language: str
    at: datetime
    votes: int = 0
    author: int = 0  # number among the brand's people; below 0: the brand itself
    status: str = "submitted"
    hidden: bool = False

    @property
    def closed(self) -> bool:
        return self.status in CLOSED


class Plan:
    """All brands, questions and ideas of a size."""

    def __init__(self, size: Size, seed: int, end: datetime) -> None:
        self.size, self.seed, self.end = size, seed, end
        self.begin = end - timedelta(days=365 * YEARS)
        self.chance = Random(f"plan/{seed}")  # noqa: S311 - made-up data
        self.brands = [self._brand(n + 1) for n in range(size.brands)]
        self.challenges = [brand.challenges[0] for brand in self.brands]
        self.ideas = self._ideas()
        self._share_votes()
        self._invite_people()
        for idea in self.ideas:
            self._finish(idea)

    def _brand(self, number: int) -> Brand:
        """Its permanent challenge has its number."""
        language = "fr" if self.chance.random() < 0.5 else "en"
        brand = Brand(number, language, self.end, self.size.users)
        brand.challenges.append(Challenge(number, number, self.end))
        return brand

    def _ideas(self) -> list[Idea]:
        """In the order of time, and so are their ids."""
        deck = brand_deck(self.size, self.chance)
        moments = list(self._moments(len(deck)))
        for number, at in zip(deck, moments, strict=True):
            brand = self.brands[number - 1]
            brand.ideas += 1
            brand.born = min(brand.born, at - timedelta(days=3))
        for brand in self.brands:
            self._ask_questions(brand)
        return [
            self._idea(place + 1, self.brands[number - 1], at)
            for place, (number, at) in enumerate(zip(deck, moments, strict=True))
        ]

    def _moments(self, count: int) -> Iterator[datetime]:
        """More and more as the years go by, and by the hours of the day."""
        days, chance = (self.end - self.begin).days, self.chance.random
        for number in range(count):
            day, rest = divmod(((number + chance()) / count) ** 0.75 * days, 1)
            yield self.begin + timedelta(days=day, seconds=seconds_at(rest))

    def _ask_questions(self, brand: Brand) -> None:
        """A large brand asks more often; one question after another, the last one runs."""
        brand.challenges[0].opens = brand.born
        count = bisect([8, 40, 400], brand.ideas)
        each = (self.end - brand.born) / max(count, 1)
        for turn in range(count):
            last = turn == count - 1
            closes = self.end + timedelta(days=self.chance.randrange(10, 40)) if last else None
            question = Challenge(len(self.challenges) + 1, brand.id, brand.born + each * turn)
            question.closes = closes or question.opens + each
            self._set_rules(question, running=last)
            self.challenges.append(question)
            brand.challenges.append(question)

    def _set_rules(self, question: Challenge, *, running: bool) -> None:
        chance = self.chance.random()
        question.mode = "up" if chance < 0.5 else "up_down" if chance < 0.8 else "points"
        question.max_points = 5 if question.mode == "points" else 1
        question.budgeted = chance < 0.15
        question.half_life = (7, 14, 30)[int(chance * 300) % 3]
        question.hides = running and 0.5 <= chance < 0.53

    def _idea(self, number: int, brand: Brand, at: datetime) -> Idea:
        other = {"fr": "en", "en": "fr"}[brand.language]
        language = other if self.chance.random() < 0.1 else brand.language
        return Idea(number, brand, self._question_at(brand, at), language, at)

    def _question_at(self, brand: Brand, at: datetime) -> Challenge:
        """The timed one that collects then, mostly; else the permanent one."""
        if self.chance.random() < 0.7:
            for question in brand.challenges[1:]:
                if question.opens <= at < question.collects_until:
                    return question
        return brand.challenges[0]

    def _share_votes(self) -> None:
        """By rank, exactly as many as were asked for."""
        chance = self.chance.random
        by_rank = sorted(self.ideas, key=lambda idea: chance() / idea.brand.ideas**DRAW)
        sums = list(accumulate((rank + 1) ** -ZIPF for rank in range(len(by_rank))))
        given = 0
        for idea, reached in zip(by_rank, sums, strict=True):
            idea.votes = round(self.size.votes * reached / sums[-1]) - given
            given += idea.votes
            idea.brand.votes += idea.votes
            idea.brand.most = max(idea.brand.most, idea.votes)

    def _invite_people(self) -> None:
        """As many as a brand's most popular idea needs, and its votes keep busy."""
        first = 1
        for brand in self.brands:
            brand.people = max(int(brand.most * 1.05) + 5, brand.votes // 6)
            if brand.people > self.size.users:
                raise CannotPlan(
                    f"So many votes need at least {brand.people:,} people: each has one per idea."
                )
            brand.first, first = first, first + brand.people
            brand.offset = self.chance.randrange(self.size.users)
            while brand.user(0) % UNVERIFIED == 0 and self.size.users >= UNVERIFIED:
                brand.offset += 1

    def _finish(self, idea: Idea) -> None:
        """A budget is given back where voting ends: there nothing has been decided yet."""
        chance = self.chance
        idea.author = chance.randrange(idea.brand.people) if chance.random() < 0.95 else -1
        keys = OPEN if idea.challenge.budgeted else list(STATUSES)
        idea.status = chance.choices(keys, [STATUSES[key] for key in keys])[0]
        idea.hidden = not idea.challenge.budgeted and chance.random() < 0.004

    @property
    def participants(self) -> int:
        return self.brands[-1].first + self.brands[-1].people - 1

    def until(self, idea: Idea) -> datetime:
        """When its last vote can have come."""
        return min(self.end, idea.challenge.closes or self.end)


def brand_deck(size: Size, chance: Random) -> list[int]:
    """The brand of each idea, in random order: two large ones, the rest by a power law."""
    big, middle = round(size.ideas * BIG), round(size.ideas * MIDDLE)
    if size.brands < 3:  # noqa: PLR2004 - there is no rest
        return [1] * size.ideas
    rest = range(3, size.brands + 1)
    sums = list(accumulate(((n + 0.5) / len(rest)) ** TAIL for n in range(len(rest))))
    others = chance.choices(rest, cum_weights=sums, k=size.ideas - big - middle)
    deck = [1] * big + [2] * middle + others
    chance.shuffle(deck)
    return deck


def quantiles() -> Sequence[int]:
    """Second of the day at which so many 256ths of a day's acts are over."""
    sums = list(accumulate(HOURS, initial=0))
    found = []
    for step in range(QUANTILES):
        part = step / QUANTILES * sums[-1]
        hour = bisect(sums, part) - 1
        found.append(int(3600 * (hour + (part - sums[hour]) / HOURS[hour])))
    return found


SECONDS = quantiles()


def seconds_at(share: float) -> float:
    """The second of the day at which a share of the day's acts is over."""
    place, rest = divmod(share * QUANTILES, 1)
    after = SECONDS[int(place) + 1] if place + 1 < QUANTILES else 86_400
    return SECONDS[int(place)] + rest * (after - SECONDS[int(place)])


def code_of(spread: int, number: int, length: int = 10) -> str:
    """A public name; other numbers have other names."""
    return f"{number * spread % (1 << 4 * length):0{length}x}".translate(ALPHABET)
