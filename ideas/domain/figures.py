"""How much has come together in each challenge of a brand."""

import time
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection, transaction

from accounts.models import Brand

PER_CHALLENGE = """
    SELECT s.challenge_id, count(*),
           CASE WHEN h.challenge_id IS NULL THEN sum(s.support + s.oppose) END
      FROM ideas_score s LEFT JOIN hiding_challenge h ON h.challenge_id = s.challenge_id
     WHERE s.brand_id = %s AND s.listed GROUP BY s.challenge_id, h.challenge_id
"""

KEPT_SECONDS = 60  # whoever keeps figures does so no longer


@dataclass(frozen=True)
class Figures:
    """`votes` is None while a phase hides them."""

    ideas: int = 0
    votes: int | None = 0


def figures_of(brand: Brand) -> dict[int, Figures]:
    """By challenge id; a challenge without ideas is not in it. Reads every idea of the brand:
    keep the answer a while.
    """
    with connection.cursor() as cursor:
        cursor.execute(PER_CHALLENGE, [brand.pk])
        return {challenge: Figures(ideas, votes) for challenge, ideas, votes in cursor.fetchall()}


def stir(brand_id: int) -> None:
    """So much of a brand changes at once that kept figures are old from the commit on."""
    transaction.on_commit(lambda: cache.set(stirred_key(brand_id), time.time(), KEPT_SECONDS))


def stirred_key(brand_id: int) -> str:
    """Where the cache has that moment, as time.time(); nothing there: it is so long ago that nobody
    keeps anything from before.
    """
    return f"stirred:{brand_id}"
