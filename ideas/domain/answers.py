"""What a brand has said about ideas, for pages that show many of them in short."""

from collections.abc import Collection

from cocreate.lib import prepared

BEGINNING = 600  # signs: as many as a card may need, Markdown included
# Of each idea what was said last, by the decision that holds (an earlier one may say no beside a
# status that says yes) or in a pinned answer.
LATEST = f"""
    SELECT DISTINCT ON (idea_id) idea_id, left(words, {BEGINNING}) AS words FROM (
        (SELECT DISTINCT ON (idea_id) idea_id, message AS words, at FROM ideas_decision
          WHERE idea_id = ANY (%s) AND undone_at IS NULL ORDER BY idea_id, at DESC, id DESC)
        UNION ALL
        SELECT idea_id, body, created_at FROM ideas_comment
         WHERE idea_id = ANY (%s) AND pinned AND deleted_at IS NULL AND NOT hidden
    ) said WHERE words <> '' ORDER BY idea_id, at DESC
"""  # noqa: S608 - a constant


def latest_answers(ideas: Collection[int]) -> dict[int, str]:
    """The beginning of what the brand said last about each of these that it has answered."""
    ids = list(ideas)
    return {row["idea_id"]: row["words"] for row in prepared.dicts(LATEST, [ids, ids])}
