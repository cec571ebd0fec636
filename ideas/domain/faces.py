"""Who is behind ideas and questions, for pages that show their faces."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cocreate.lib import prepared
from ideas.models import Challenge

MOST_OF_QUESTION = 4
LATEST_IDEAS = 6  # of a question, among whose authors they are

BEHIND_IDEAS = """
    SELECT signed.idea_id, coalesce(u.display_name, a.display_name), coalesce(u.handle, ''),
           coalesce(u.avatar, ''), a.ref
      FROM (SELECT id AS idea_id, author_id AS who, 0 AS place
              FROM ideas_idea WHERE id = ANY (%(ideas)s::bigint[])
             UNION ALL
            SELECT idea_id, participant_id, id FROM ideas_coauthor
             WHERE idea_id = ANY (%(ideas)s::bigint[]) AND answer = 'accepted') signed
      JOIN accounts_participant a ON a.id = signed.who
      LEFT JOIN accounts_user u ON u.id = a.user_id
     ORDER BY signed.idea_id, signed.place
"""
# The newest ideas of each question stand at the beginning of its index.
BEHIND_QUESTIONS = f"""
    SELECT asked.id, u.display_name, u.handle, u.avatar, a.ref
      FROM unnest(%(brands)s::bigint[], %(challenges)s::bigint[]) WITH ORDINALITY
           AS asked (brand_id, id, place)
     CROSS JOIN LATERAL (
           SELECT i.author_id, i.created_at, i.code FROM ideas_idea i
            WHERE i.brand_id = asked.brand_id AND i.challenge_id = asked.id
                  AND NOT i.hidden AND i.merged_into_id IS NULL
            ORDER BY i.created_at DESC, i.code LIMIT {LATEST_IDEAS}) latest
      JOIN accounts_participant a ON a.id = latest.author_id
      JOIN accounts_user u ON u.id = a.user_id
     ORDER BY asked.place, latest.created_at DESC, latest.code
"""  # noqa: S608 - a constant


@dataclass(frozen=True)
class Face:
    """Somebody by name; no handle where they have no account. Without a name they were erased."""

    name: str
    handle: str
    avatar: str
    ref: str


def behind_ideas(ideas: Collection[int]) -> dict[int, list[Face]]:
    """Author first, then whoever signs with them. One query."""
    return _by_first(prepared.rows(BEHIND_IDEAS, {"ideas": list(ideas)}))


def behind_questions(challenges: Collection[Challenge]) -> dict[int, tuple[Face, ...]]:
    """A few members who have posted there lately. One query: some ideas of each question."""
    values = {
        "brands": [one.brand_id for one in challenges],
        "challenges": [one.pk for one in challenges],
    }
    found = _by_first(prepared.rows(BEHIND_QUESTIONS, values))
    return {pk: tuple(dict.fromkeys(faces))[:MOST_OF_QUESTION] for pk, faces in found.items()}


def _by_first(rows: Iterable[tuple[int, str, str, str, str]]) -> dict[int, list[Face]]:
    found: dict[int, list[Face]] = {}
    for key, *facts in rows:
        found.setdefault(key, []).append(Face(*facts))
    return found
