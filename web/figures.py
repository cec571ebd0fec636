"""Figures and tags for people, a minute old at most: a crowd must not count every idea again and
again. While an import comes or goes, and its votes are folded, somebody counts each second, and
whoever comes meanwhile gets what was counted before.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

from accounts.models import Brand
from ideas.domain.figures import KEPT_SECONDS, Figures, figures_of, last_stirred
from ideas.domain.tags import most_used

SHAPE = 2  # of what is kept: another number for another shape, as two versions may run at once
TURN_SECONDS = 1
SETTLED_SECONDS = 10  # after the last step of an import all its votes are folded

Kept = TypeVar("Kept")


def recent_tags(brand: Brand) -> list[str]:
    return _recent("tags", brand, most_used)


def recent_figures(brand: Brand) -> dict[int, Figures]:
    return _recent("figures", brand, figures_of)


def _recent(name: str, brand: Brand, count: Callable[[Brand], Kept]) -> Kept:
    key = f"{name}:{SHAPE}:{brand.pk}"
    made_at, kept = cache.get(key) or (0, None)
    if made_at > last_stirred(brand.pk) + SETTLED_SECONDS:
        return kept
    if not cache.add(f"{key}:turn", 1, TURN_SECONDS) and made_at:
        return kept
    now = time.time()
    kept = count(brand)
    cache.set(key, (now, kept), KEPT_SECONDS)
    return kept
