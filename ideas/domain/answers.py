"""What a brand has said about ideas, for pages that show many of them in short."""

from collections.abc import Collection

from cocreate.lib import prepared

BEGINNING = 600  # signs: as many as a card may need, Markdown included
# The words of its decisions and its pinned answers, of each idea those that it said last.
LATEST = f"""
    SELECT DISTINCT ON (idea_id) idea_id, left(words, {BEGINNING}) AS words FROM (
        SELECT idea_id, message AS words, at FROM ideas_decision
         WHERE idea_id = ANY (%s) AND undone_at IS NULL AND message <> ''
        UNION ALL
        SELECT idea_id, body, created_at FROM ideas_comment
         WHERE idea_id = ANY (%s) AND pinned AND deleted_at IS NULL AND NOT hidden
    ) said ORDER BY idea_id, at DESC
"""  # noqa: S608 - a constant


def latest_answers(ideas: Collection[int]) -> dict[int, str]:
    """The beginning of what the brand said last about each of these that it has answered."""
    ids = list(ideas)
    return {row["idea_id"]: row["words"] for row in prepared.dicts(LATEST, [ids, ids])}
