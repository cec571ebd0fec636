"""Figures and tags for people, a minute old: a crowd must not count every idea again and again. One
counts, and whoever comes meanwhile gets what was counted before. While an import comes or goes, and
its votes are folded, somebody counts each second. What a brand asks is as old.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache

from accounts.models import Brand
from ideas.domain.asking import Asked, asked_by
from ideas.domain.figures import KEPT_SECONDS, Figures, figures_of, stirred_key, sum_of
from ideas.domain.tags import most_used
from ideas.models import Challenge

SHAPE = 4  # of what is kept: another number for another shape, as two versions may run at once
TURN_SECONDS = 1
OLDEST_SECONDS = 600  # what others get while somebody counts, where a brand was read so long ago
MOST_COUNTED = 3  # brands of one page: others are shown without figures until somebody comes next
SETTLED_SECONDS = 10  # after the last step of an import all its votes are folded


@dataclass(frozen=True)
class Recent:
    """What was known of a brand at `made_at`: figures by the ids of its questions, and tags."""

    made_at: float
    figures: dict[int, Figures]
    tags: list[str]

    def of(self, challenge: Challenge | None) -> Figures:
        """Without a question: of them all."""
        return self.figures.get(challenge.pk, Figures()) if challenge else self.of_all

    @property
    def of_all(self) -> Figures:
        return sum_of(self.figures.values())

    @property
    def of_open(self) -> Figures:
        """Of questions whose votes nobody hides: no other has ideas in an order by votes."""
        return sum_of(one for one in self.figures.values() if one.votes is not None)


def recent(brand: Brand) -> Recent:
    """One trip to the store."""
    key, stirred = _key(brand), stirred_key(brand.pk)
    found = cache.get_many([key, stirred])
    known: Recent | None = found.get(key)
    if known and _is_fresh(known, found.get(stirred, 0)):
        return known
    if not cache.add(f"{key}:turn", 1, TURN_SECONDS) and known:
        return known
    known = Recent(time.time(), figures_of(brand), most_used(brand))
    cache.set(key, known, OLDEST_SECONDS)
    return known


def _is_fresh(known: Recent, stirred: float) -> bool:
    is_settled = known.made_at > stirred + SETTLED_SECONDS
    return is_settled and known.made_at > time.time() - KEPT_SECONDS


def recent_of(brands: Iterable[Brand]) -> dict[int, Figures]:
    """Of many brands in one trip to the store: figures by the ids of their questions."""
    keys = {_key(brand): brand for brand in brands}
    found = cache.get_many(keys)
    old = [key for key in keys if key not in found or not _is_fresh(found[key], stirred=0)]
    found |= {key: recent(keys[key]) for key in old[:MOST_COUNTED]}
    return {pk: figures for one in found.values() for pk, figures in one.figures.items()}


def asked(brand: Brand) -> list[Asked]:
    """For whoever reads one of its questions."""
    found: list[Asked] = cache.get_or_set(
        f"asked:{SHAPE}:{brand.pk}", lambda: asked_by(brand), KEPT_SECONDS
    )
    return found


def _key(brand: Brand) -> str:
    return f"recent:{SHAPE}:{brand.pk}"
