"""Figures and tags for people, a minute old at most: a crowd must not count every idea again and
again.
"""

from django.core.cache import cache

from accounts.models import Brand
from ideas.domain.figures import Figures, figures_of
from ideas.domain.tags import most_used

KEPT_SECONDS = 60


def recent_tags(brand: Brand) -> list[str]:
    key = f"tags:{brand.pk}"
    kept = cache.get(key)
    if kept is None:
        kept = most_used(brand)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def recent_figures(brand: Brand) -> dict[int, Figures]:
    key = f"figures:{brand.pk}"
    kept = cache.get(key)
    if kept is None:
        kept = figures_of(brand)
        cache.set(key, kept, KEPT_SECONDS)
    return kept
