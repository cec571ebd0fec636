"""What became of ideas: the latest that their brands have planned, are building or have made. As
mails do, it waits until a decision can no longer be undone.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from accounts.enums import Visibility
from cocreate.lib import grace, prepared
from ideas.domain.answers import latest_answers
from ideas.domain.faces import Face, behind_ideas
from ideas.domain.lists import Row, rows_of
from ideas.enums import Tone
from ideas.models.graph import DEFAULT
from ideas.models.status import NOT_TAKEN_UP

SHOWN, OF_ONE_BRAND = 6, 3
MADE = 3  # of those that are shown, where there are as many: what is planned comes far more often
CANDIDATES = 18
# Decisions that are looked at, of brands that everybody sees: the page costs no more.
LOOKED_AT = 200
GOOD = (Tone.SKY, Tone.LEAF)  # on its way, and there


def _quoted(statuses: list[str]) -> str:
    """As the index has them: of a parameter PostgreSQL would not know that it serves."""
    return ", ".join(f"'{status}'" for status in statuses)


# A brand by its key for each, or PostgreSQL might read them all. How many are looked at is a value:
# of a number it knows, a plan for any visibility thinks that there are fewer, and sorts every
# decision of the install (145 ms at 700,000 ideas; so 4).
LATEST = f"""
    SELECT id, brand_id, look, at, is_made FROM (
    SELECT told.*, row_number() OVER (PARTITION BY brand_id, is_made
                                      ORDER BY at DESC, decision DESC) AS nth FROM (
    SELECT i.id, i.brand_id,
           (SELECT coalesce(nullif(colour, ''), hue::text) FROM accounts_brand
             WHERE id = i.brand_id) AS look,
           d.at, d.id AS decision,
           coalesce(st.tone = 'leaf', i.status = ANY (%(made)s)) AS is_made
      FROM (SELECT t.id, t.idea_id, t.after, t.at FROM ideas_decision t
             WHERE t.undone_at IS NULL AND NOT t.after IN ({_quoted(NOT_TAKEN_UP)})
                   AND t.at <= statement_timestamp() - %(grace)s::interval
                   AND (SELECT visibility FROM accounts_brand WHERE id = t.brand_id) = %(public)s
             ORDER BY t.at DESC, t.id DESC LIMIT %(looked_at)s::bigint) d
      JOIN ideas_idea i ON i.id = d.idea_id AND i.status = d.after
      LEFT JOIN ideas_statusstep st ON st.brand_id = i.brand_id AND st.key = i.status
     WHERE NOT i.hidden AND i.merged_into_id IS NULL
           AND CASE WHEN st.tone IS NULL THEN i.status = ANY (%(statuses)s)
                    ELSE st.tone = ANY (%(tones)s) END
           AND d.id = (SELECT l.id FROM ideas_decision l
                        WHERE l.idea_id = i.id AND l.undone_at IS NULL ORDER BY l.id DESC LIMIT 1)
    ) told) found WHERE nth <= {SHOWN} ORDER BY at DESC, decision DESC LIMIT {CANDIDATES}
"""  # noqa: S608 - a constant


@dataclass(frozen=True)
class Outcome:
    """`row` as in ideas.domain.lists; `look` of its brand; `words`: the beginning of what the brand
    says of it.
    """

    row: Row
    look: str
    at: datetime | None
    words: str
    people: tuple[Face, ...]


class Decided(NamedTuple):
    """`look` of the brand; `at`: when it decided, None where that came with an import."""

    look: str
    at: datetime | None


def latest_outcomes(*, user_id: int | None) -> list[Outcome]:
    """Of public brands, the latest: what is made, then what is on its way. At most four queries."""
    found = [_Found(*row) for row in prepared.rows(LATEST, values())]
    chosen = {one.idea: Decided(one.look, one.at) for one in _some_of_each(found)}
    return outcomes_of(chosen, user_id=user_id)


def outcomes_of(decided: Mapping[int, Decided], *, user_id: int | None) -> list[Outcome]:
    """Of those of these ideas, by id, that are listed, in this order. Three queries, or none."""
    if not decided:
        return []
    ids = list(decided)
    words, people = latest_answers(ids), behind_ideas(ids)
    return [
        Outcome(
            row=row,
            look=decided[row["id"]].look,
            at=decided[row["id"]].at,
            words=words.get(row["id"], ""),
            people=tuple(people.get(row["id"], ())),
        )
        for row in rows_of(ids=ids, user_id=user_id, in_challenge=True)
    ]


def statuses_of(*tones: Tone) -> list[str]:
    """Of the graph that every brand starts with."""
    return [step.key for step in DEFAULT.steps.values() if step.tone in tones]


class _Found(NamedTuple):
    idea: int
    brand: int
    look: str
    at: datetime
    is_made: bool


def values() -> dict[str, object]:
    """What LATEST asks with."""
    return {
        "grace": grace.to_tell() or timedelta(),
        "public": Visibility.PUBLIC,
        "statuses": statuses_of(*GOOD),
        "made": statuses_of(Tone.LEAF),
        "tones": list(GOOD),
        "looked_at": LOOKED_AT,
    }


def _some_of_each(found: list[_Found]) -> list[_Found]:
    """What is made first, then what is on its way. A brand that decides on many at once does not
    fill the page, unless it is alone there.
    """
    found = _in_turn(found)
    made = [one for one in found if one.is_made]
    coming = [one for one in found if not one.is_made]
    chosen = made[: max(MADE, SHOWN - len(coming))]
    return [*chosen, *coming[: SHOWN - len(chosen)]]


def _in_turn(found: list[_Found]) -> list[_Found]:
    """As they are, but those of one brand behind the first few are behind all others."""
    taken = Counter[int]()
    late: dict[int, bool] = {}
    for one in found:
        taken[one.brand] += 1
        late[one.idea] = taken[one.brand] > OF_ONE_BRAND
    return sorted(found, key=lambda one: late[one.idea])
