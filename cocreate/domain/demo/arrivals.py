"""Who comes when, and what they vote for: chance with a seed, so that a demo looks like a
community. docs/decisions/0061 has the model and why it is so.

Pure: no database, no clock but `now`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from math import exp
from random import Random

from ideas.domain.exposure import weight

# How busy an hour is (UTC; people of many zones, most of them around Europe), and a day.
HOURS = (
    *(0.30, 0.22, 0.18, 0.16, 0.20, 0.32, 0.60, 0.95, 1.15, 1.20, 1.20, 1.25),
    *(1.45, 1.35, 1.15, 1.10, 1.20, 1.40, 1.65, 1.90, 2.00, 1.75, 1.20, 0.65),
)
DAYS = (1.10, 1.10, 1.05, 1.05, 0.95, 0.80, 0.95)  # Monday first
MAIL, FADES = 6.0, timedelta(hours=9)  # a letter brings seven times as many at once, then e-fold
LONGEST_WAIT = timedelta(days=4)  # after which a letter brings nobody
SPREAD = 1.1  # of a lognormal: a few come every day, most came once or twice
LOOKS = 0.6  # the place r of a list is looked at with the chance r ** -LOOKS
BY_VOTES = 0.65  # of the visits read the list by votes, the rich get richer; the others by date
HERD = 0.3  # the leader's votes make a vote 30 % likelier, none 30 % less: no more than that
REGRETS = 0.012  # of those who see again what they voted for take the vote back
READING = timedelta(seconds=70)  # at most, for an idea
ONLOOKERS = 0.5  # for each who could vote so many come who only read


@dataclass
class Offer:
    """An idea as visitors meet it. `appeal`: the chance that who looks at it votes; `against`:
    that the vote is one against. `times` and `views`: how often lists have shown it
    (ideas.domain.exposure), `shown_at`: when they last did.
    """

    code: str
    posted: datetime
    until: datetime | None
    appeal: float
    against: float
    votes: int = 0
    times: int = 0
    views: float = 0.0
    shown_at: datetime | None = None

    def show(self, place: int, at: datetime) -> None:
        self.times += 1
        self.views += weight(place)
        self.shown_at = at


@dataclass
class Room:
    """A question, and how one votes there. `weight`: how many come for this one."""

    offers: list[Offer]
    opens: datetime
    closes: datetime | None
    largest: int  # value of a vote
    is_signed: bool  # one may vote against
    budget: int | None
    weight: float
    visits: int = 0

    def open_offers(self, at: datetime) -> list[Offer]:
        return [one for one in self.offers if self.takes(one, at)]

    def takes(self, offer: Offer, at: datetime) -> bool:
        if not self.opens <= at < (self.closes or at + READING):
            return False
        return offer.posted < at < (offer.until or at + READING)


@dataclass(frozen=True)
class Ballot:
    """`value` 0 takes back."""

    person: int
    code: str
    value: int
    at: datetime


@dataclass
class Site:
    """A brand's place, from its first day: `visits` a day where nothing happens, `mails` when it
    wrote to everybody. Who only reads has a chance of their own, so that they change no vote.
    """

    rooms: list[Room]
    people: Sequence[int]
    begins: datetime
    visits: float
    mails: list[datetime]
    chance: Random
    onlookers: Random
    values: dict[tuple[int, str], int] = field(default_factory=dict)
    spent: dict[tuple[int, int], int] = field(default_factory=dict)
    shown: set[tuple[int, int | str, date]] = field(default_factory=set)


def simulated(site: Site, *, now: datetime) -> list[Ballot]:
    """All votes until now, by time."""
    weights = [*accumulate(site.chance.lognormvariate(0, SPREAD) for _ in site.people)]
    found = []
    for at in _visits(site, now):
        person = site.chance.choices(site.people, cum_weights=weights)[0]
        found += [ballot for ballot in _visit(site, person, at) if ballot.at < now]
    return sorted(found, key=lambda ballot: ballot.at)


def rate(site: Site, at: datetime) -> float:
    """Visits a day, as it is at this moment."""
    age = [at - mail for mail in site.mails]
    drawn = sum(exp(-one / FADES) for one in age if timedelta() <= one < LONGEST_WAIT)
    return site.visits * HOURS[at.hour] * DAYS[at.weekday()] * (1 + MAIL * drawn)


def _visits(site: Site, now: datetime) -> Iterator[datetime]:
    """A Poisson process, hour by hour at the rate of the hour's end."""
    hour = timedelta(hours=1)
    begins = site.begins
    while begins < now:
        at, ends, busy = begins, begins + hour, rate(site, begins + hour)
        while (at := at + timedelta(days=site.chance.expovariate(busy))) < min(ends, now):
            yield at
        begins = ends


def _visit(site: Site, person: int, at: datetime) -> Iterator[Ballot]:
    """One question, read from above; the further down, the fewer look."""
    rooms = [(room, offers) for room in site.rooms if (offers := room.open_offers(at))]
    if not rooms:
        return
    room, offers = site.chance.choices(rooms, [one.weight for one, _offers in rooms])[0]
    chance = site.chance
    if site.onlookers.random() < ONLOOKERS:
        _show(site, room, None, _in_order(offers, site.onlookers), at)
    offers = _in_order(offers, chance)
    _show(site, room, person, offers, at)
    most = max(one.votes for one in offers)
    for place, offer in enumerate(offers, start=1):
        at += READING * chance.uniform(0.2, 1)
        if room.takes(offer, at) and chance.random() < place**-LOOKS:
            value = _answer(site, room, person, offer, most)
            if value is not None:
                yield Ballot(person, offer.code, value, at)


def _in_order(offers: list[Offer], chance: Random) -> list[Offer]:
    by_votes = chance.random() < BY_VOTES
    return sorted(offers, key=lambda one: (one.votes if by_votes else 0, one.posted), reverse=True)


def _show(site: Site, room: Room, person: int | None, offers: list[Offer], at: datetime) -> None:
    """Counted as every list is: once for each visitor, idea and day. None: who only reads."""
    room.visits += _is_first(site, person, id(room), at)
    for place, offer in enumerate(offers, start=1):
        if _is_first(site, person, offer.code, at):
            offer.show(place, at)


def _is_first(site: Site, person: int | None, what: int | str, at: datetime) -> bool:
    if person is None:
        return True
    key = (person, what, at.date())
    is_first = key not in site.shown
    site.shown.add(key)
    return is_first


def _answer(site: Site, room: Room, person: int, offer: Offer, most: int) -> int | None:
    """What they say to what they look at; None: nothing."""
    chance, key = site.chance, (person, offer.code)
    if site.values.get(key):
        return _take_back(site, room, key, offer) if chance.random() < REGRETS else None
    herd = 1 + HERD * (2 * max(offer.votes, 0) / most - 1) if most > 0 else 1
    if chance.random() >= offer.appeal * herd:
        return None
    return _cast(site, room, key, offer, _value(chance, room, offer))


def _value(chance: Random, room: Room, offer: Offer) -> int:
    if room.is_signed and chance.random() < offer.against:
        return -1
    return 1 + sum(chance.random() < offer.appeal for _ in range(room.largest - 1))


def _cast(site: Site, room: Room, key: tuple[int, str], offer: Offer, value: int) -> int | None:
    purse = (key[0], id(room))
    left = room.budget - site.spent.get(purse, 0) if room.budget is not None else abs(value)
    value = min(value, left)
    if not value or not left:
        return None
    site.spent[purse] = site.spent.get(purse, 0) + abs(value)
    site.values[key] = value
    offer.votes += value
    return value


def _take_back(site: Site, room: Room, key: tuple[int, str], offer: Offer) -> int:
    value = site.values.pop(key)
    offer.votes -= value
    site.spent[(key[0], id(room))] -= abs(value)
    return 0
