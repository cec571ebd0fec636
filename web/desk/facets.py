"""Numbers beside the filters of the desk's list: how many ideas each would find, the others left
as they are.

They are kept some seconds for the whole team, and counted anew by one of them, or by whoever comes
first after the team has decided something.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.cache import cache
from django.http import QueryDict
from django.utils.text import Truncator
from django.utils.translation import ngettext

from accounts.models import Brand
from ideas.domain import facets as counting
from ideas.domain import versions
from ideas.domain.facets import Facets, Number
from ideas.domain.matching import MOST_MATCHES, count_of
from ideas.domain.narrowing import SHOWS_COUNTS, Filters
from ideas.domain.statuses import FIRST, Graph
from ideas.enums import Sort
from ideas.models import Challenge
from web.desk.listing import NOBODY, Listing
from web.figures import TURN_SECONDS, recent

HEADER = "X-Facets"  # of the question for the numbers alone, once something was decided
SHAPE = 1  # of what is kept: another number for another shape, as two versions may run at once
FRESH_SECONDS = 10
MOST_SEARCHED = 1  # views with words of one page: others wait until somebody comes next
MOST_WRITTEN = counting.MOST - 1
LONGEST_TITLE = 80


@dataclass(frozen=True)
class Written:
    """A number as a page has it, and in words."""

    text: str
    words: str
    is_none: bool


@dataclass(frozen=True)
class Choice:
    """A status of the list; without `key` it is all of them. `name` says the number, too."""

    key: str
    label: str
    name: str
    number: Written | None
    query: str
    is_chosen: bool
    stays: bool  # though no idea has it


@dataclass(frozen=True)
class Option:
    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class Beside:
    """What stands beside the filters of one list."""

    listing: Listing
    graph: Graph
    facets: Facets

    @cached_property
    def statuses(self) -> list[Choice]:
        known = self.listing.statuses(self.graph)
        return [self._status(key, label, is_chosen) for key, label, is_chosen in known]

    @property
    def any_status(self) -> Choice:
        return self._status("", "", not self.listing.status)

    @property
    def questions(self) -> Iterator[Option]:
        for one in self.listing.challenges:
            title = Truncator(one.title).chars(LONGEST_TITLE)
            name = named(title, self._number(challenge=one))
            yield Option(one.slug, name, one == self.listing.challenge)

    @property
    def owners(self) -> Iterator[Option]:
        for value, name, is_chosen in self.listing.owners:
            number = self._number(owner=self.listing.place_of(value), unowned=value == NOBODY)
            yield Option(value, named(name, number), is_chosen)

    @property
    def unanswered(self) -> Written | None:
        return self._number(unanswered=True)

    @property
    def reported(self) -> Written | None:
        return self._number(reported=True)

    @property
    def hidden(self) -> Written | None:
        return self._number(hidden=True)

    @property
    def everything(self) -> Written | None:
        """What the link to all ideas opens."""
        return written(number_of(self.listing.opened_by(QueryDict()), self.facets))

    def _status(self, key: str, label: str, is_chosen: bool) -> Choice:
        number = self._number(status=key)
        return Choice(
            key, label, named(label, number), number, self.listing.query_with_status(key),
            is_chosen, stays=is_chosen or key in ("", FIRST),
        )  # fmt: skip

    def _number(self, *, challenge: Challenge | None = None, **changed: Any) -> Written | None:
        filters = replace(self.listing.filters, **changed)
        challenge = challenge or self.listing.challenge
        return written(_number(self.listing, self.facets, filters, challenge))


def named(label: str, number: Written | None) -> str:
    return f"{label}, {number.words}" if number else label


def written(number: Number | None) -> Written | None:
    if number is None:
        return None
    ideas, more = number.ideas, number.is_least
    if more:
        ideas = min(ideas, MOST_WRITTEN)
        words = ngettext("at least %(n)s idea", "at least %(n)s ideas", ideas)
    else:
        words = ngettext("%(n)s idea", "%(n)s ideas", ideas)
    text = str(intcomma(ideas))
    return Written(f"{text}+" if more else text, words % {"n": text}, ideas == 0)


def number_of(listing: Listing, facets: Facets) -> Number | None:
    return _number(listing, facets, listing.filters, listing.challenge)


def _number(
    listing: Listing, facets: Facets, filters: Filters, challenge: Challenge | None
) -> Number | None:
    sort = Sort(listing.sort)
    if filters.hidden and sort in versions.SORTS:
        sort = Sort.NEW  # as ideas.domain.lists has it
    if sort == Sort.UNSEEN:
        return None  # each of the team has voted on others
    if challenge is not None:
        return facets.number(filters, challenge.pk)
    return facets.number(filters, without=listing.hiding if sort in SHOWS_COUNTS else ())


def facets_of(brand: Brand) -> Facets:
    """One trip to the store, and a query where nobody has counted for a while."""
    key, decided = f"facets:{SHAPE}:{brand.pk}", counting.decided_key(brand.pk)
    found = cache.get_many([key, decided])
    counted_at, known = found.get(key, (0, None))
    if known and counted_at > found.get(decided, 0):
        is_fresh = time.time() - counted_at < FRESH_SECONDS
        if is_fresh or not cache.add(f"{key}:turn", 1, TURN_SECONDS):
            return known
    kept = (time.time(), _counted(brand))
    cache.set(key, kept, counting.KEPT_SECONDS)
    return kept[1]


def _counted(brand: Brand) -> Facets:
    facets = counting.facets_of(brand)
    if facets.are_all(counting.LISTED):
        return facets
    known = recent(brand)
    standing = {
        (challenge, one.step.key): one.ideas
        for challenge, figures in known.figures.items()
        for one in figures.standings
    }
    return replace(facets, standing=counting.moved_since(standing, brand, known.made_at))


def numbers_of(listings: Sequence[Listing], facets: Facets) -> list[Written | None]:
    """Of each of these lists. What is narrowed to words is counted for itself, and few of them at
    once.
    """
    searched = _searched([one for one in listings if one.search and one.sort != Sort.UNSEEN])
    return [written(searched.get(key_of(one)) or number_of(one, facets)) for one in listings]


def _searched(listings: Sequence[Listing]) -> dict[str, Number]:
    """By their keys."""
    if not listings:
        return {}
    decided = counting.decided_key(listings[0].brand.pk)
    found = cache.get_many([decided, *map(key_of, listings)])
    since = found.pop(decided, 0)
    old = [one for one in listings if found.get(key_of(one), (0, None))[0] <= since]
    for one in old[:MOST_SEARCHED]:
        found[key_of(one)] = (time.time(), _counted_words(one))
        cache.set(key_of(one), found[key_of(one)], counting.KEPT_SECONDS)
    return {key: number for key, (_counted_at, number) in found.items()}


def _counted_words(listing: Listing) -> Number:
    ideas = count_of(
        brand=listing.brand, filters=listing.filters, challenge=listing.challenge,
        sort=Sort(listing.sort),
    )  # fmt: skip
    return Number(ideas, is_least=ideas == MOST_MATCHES)


def key_of(listing: Listing) -> str:
    challenge = listing.challenge.pk if listing.challenge else None
    asked = repr((listing.filters, challenge, listing.sort))
    name = hashlib.sha256(asked.encode()).hexdigest()[:32]
    return f"facet:{SHAPE}:{listing.brand.pk}:{name}"
