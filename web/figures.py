"""Figures for people, a minute old at most: a crowd must not count every idea again and again."""

import logging

from django.core.cache import cache

from accounts.models import Brand
from ideas.domain.figures import Figures, figures_of

log = logging.getLogger(__name__)

KEPT_SECONDS = 60


def recent_figures(brand: Brand) -> dict[int, Figures]:
    key = f"figures:{brand.pk}"
    try:
        kept = cache.get(key)
    except Exception as error:  # noqa: BLE001 - whatever the store's client raises: with the store away we count
        log.warning("figures are not kept: %s", error)
        return figures_of(brand)
    if kept is None:
        kept = figures_of(brand)
        cache.set(key, kept, KEPT_SECONDS)
    return kept
