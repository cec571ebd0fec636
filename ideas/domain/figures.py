"""How much has come together in each challenge of a brand."""

from dataclasses import dataclass

from django.db import connection

from accounts.models import Brand

PER_CHALLENGE = """
    SELECT s.challenge_id, count(*),
           CASE WHEN h.challenge_id IS NULL THEN sum(s.support + s.oppose) END
      FROM ideas_score s LEFT JOIN hiding_challenge h ON h.challenge_id = s.challenge_id
     WHERE s.brand_id = %s AND s.listed GROUP BY s.challenge_id, h.challenge_id
"""


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
