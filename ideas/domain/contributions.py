"""How much somebody has given, and what became of it, for the pages about them."""

from dataclasses import dataclass

from cocreate.lib import prepared
from ideas.domain.outcomes import statuses_of
from ideas.enums import Tone

MOST = 1000  # of a kind that are counted: who has given more is told of so many

OF_PERSON = f"""
    WITH me AS MATERIALIZED (
        SELECT id FROM accounts_participant
         WHERE user_id = %(user)s AND brand_id = ANY (%(brands)s::bigint[])
    ), behind AS (
        (SELECT i.id, true AS own FROM me JOIN ideas_idea i ON i.author_id = me.id LIMIT {MOST})
        UNION ALL
        (SELECT w.idea_id, false FROM me JOIN ideas_coauthor w ON w.participant_id = me.id
          WHERE w.answer = 'accepted' LIMIT {MOST})
    ), told AS (
        SELECT behind.own, coalesce(st.tone, CASE WHEN i.status = ANY (%(made)s) THEN 'leaf'
                                                  WHEN i.status = ANY (%(coming)s) THEN 'sky' END)
               AS tone
          FROM behind JOIN ideas_idea i ON i.id = behind.id
          LEFT JOIN ideas_statusstep st ON st.brand_id = i.brand_id AND st.key = i.status
         WHERE NOT i.hidden AND i.merged_into_id IS NULL
    ), said AS (
        SELECT c.id FROM me JOIN ideas_comment c ON c.author_id = me.id
          JOIN ideas_idea i ON i.id = c.idea_id AND NOT i.hidden AND i.merged_into_id IS NULL
         WHERE NOT c.hidden AND c.deleted_at IS NULL LIMIT {MOST}
    )
    SELECT count(*) FILTER (WHERE own), count(*) FILTER (WHERE NOT own),
           count(*) FILTER (WHERE tone = 'sky'), count(*) FILTER (WHERE tone = 'leaf'),
           (SELECT count(*) FROM said)
      FROM told
"""  # noqa: S608 - a constant


@dataclass(frozen=True)
class Contributions:
    """`coming` and `made` are of their own ideas and of those that they sign with others."""

    ideas: int
    signed: int
    coming: int
    made: int
    comments: int


def contributions_of(*, user_id: int, brand_ids: list[int]) -> Contributions:
    """What everybody who sees these brands can read there. One query."""
    values = {
        "user": user_id,
        "brands": brand_ids,
        "made": statuses_of(Tone.LEAF),
        "coming": statuses_of(Tone.SKY),
    }
    row = prepared.one(OF_PERSON, values)
    return Contributions(*(row or (0, 0, 0, 0, 0)))
