"""How much has come together in each challenge of a brand, and how far its ideas have come."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.core.cache import cache
from django.db import connection, transaction

from accounts.models import Brand
from ideas.domain.statuses import DEFAULT, Step, step_in

# Ideas and scores are read apart, each once whatever PostgreSQL expects of them: joined, it reads
# all ideas of the install for a large brand, or one side again for each row of the other. No index
# for it: one that has the status leads lists astray that are narrowed by one.
PER_STATUS = """
    WITH found AS MATERIALIZED (
         SELECT challenge_id, status, count(*) AS ideas,
                count(*) FILTER (WHERE cover <> '') AS pictured
           FROM ideas_idea WHERE brand_id = %(brand)s AND NOT hidden AND merged_into_id IS NULL
          GROUP BY challenge_id, status),
    voted AS MATERIALIZED (
         SELECT challenge_id, sum(support + oppose) AS votes
           FROM ideas_score WHERE brand_id = %(brand)s AND listed GROUP BY challenge_id)
    SELECT found.challenge_id, CASE WHEN h.challenge_id IS NULL THEN voted.votes END,
           found.status, st.place, st.labels, st.tone, found.ideas, found.pictured
      FROM found JOIN voted USING (challenge_id)
      LEFT JOIN hiding_challenge h ON h.brand_id = %(brand)s AND h.challenge_id = found.challenge_id
      LEFT JOIN ideas_statusstep st ON st.brand_id = %(brand)s AND st.key = found.status
"""

KEPT_SECONDS = 60  # whoever keeps figures does so no longer
USUAL_PLACES = {key: place for place, key in enumerate(DEFAULT.steps)}


@dataclass(frozen=True)
class Standing:
    """How many ideas have a status. No vote changes it, so no phase hides it."""

    step: Step
    place: int
    ideas: int


@dataclass(frozen=True)
class Figures:
    """`votes` is None while a phase hides them; `pictured` ideas have a picture of their own. Only
    statuses that occur, in the brand's order.
    """

    ideas: int = 0
    votes: int | None = 0
    pictured: int = 0
    standings: tuple[Standing, ...] = ()


def figures_of(brand: Brand) -> dict[int, Figures]:
    """By challenge id; a challenge without ideas is not in it. One query, which reads every idea
    of the brand: keep the answer a while.
    """
    found: dict[int, Figures] = {}
    with connection.cursor() as cursor:
        cursor.execute(PER_STATUS, {"brand": brand.pk})
        for challenge, votes, *row in cursor.fetchall():
            ideas = sum_of([found.get(challenge, Figures()), _of_status(*row)])
            found[challenge] = replace(ideas, votes=votes)
    return found


def _of_status(
    key: str, place: int | None, labels: str | None, tone: str | None, ideas: int, pictured: int
) -> Figures:
    usual = USUAL_PLACES.get(key, len(USUAL_PLACES))
    standing = Standing(step_in(key, labels, tone), usual if place is None else place, ideas)
    return Figures(ideas, 0, pictured, (standing,))


def sum_of(parts: Iterable[Figures]) -> Figures:
    """Of several questions of one brand."""
    parts = list(parts)
    votes = [part.votes for part in parts]
    numbers: dict[str, Standing] = {}
    for one in (one for part in parts for one in part.standings):
        before = numbers[one.step.key].ideas if one.step.key in numbers else 0
        numbers[one.step.key] = Standing(one.step, one.place, before + one.ideas)
    return Figures(
        ideas=sum(part.ideas for part in parts),
        votes=None if None in votes else sum(n for n in votes if n is not None),
        pictured=sum(part.pictured for part in parts),
        standings=tuple(sorted(numbers.values(), key=lambda one: (one.place, one.step.key))),
    )


def stir(brand_id: int) -> None:
    """So much of a brand changes at once that kept figures are old from the commit on."""
    transaction.on_commit(lambda: cache.set(stirred_key(brand_id), time.time(), KEPT_SECONDS))


def stirred_key(brand_id: int) -> str:
    """Where the cache has that moment, as time.time(); nothing there: it is so long ago that nobody
    keeps anything from before.
    """
    return f"stirred:{brand_id}"
