"""Which ideas a list shows: conditions that only narrow, whatever its order."""

import re
from dataclasses import dataclass
from typing import Any

from accounts.models import Brand
from ideas.enums import Sort
from ideas.models import Challenge

SHOWS_COUNTS = {Sort.HOT, Sort.TOP}

# Not `<> ALL`: where a brand has one challenge, PostgreSQL would expect no row to be left, and sort
# the whole brand.
SHOWS_ITS_COUNTS = """
    (ARRAY(SELECT challenge_id FROM hiding_challenge WHERE brand_id = %(brand)s)
        @> ARRAY[s.challenge_id]) IS NOT TRUE
"""


@dataclass(frozen=True)
class Filters:
    """What the team narrows its list to. `words`: each is in the title, the text or the author's
    name, or is the idea's code.
    """

    status: str = ""
    tag: str = ""
    words: tuple[str, ...] = ()
    unanswered: bool = False
    reported: bool = False
    hidden: bool = False  # these ideas alone; for the team


HIDDEN = ["i.hidden", "i.merged_into_id IS NULL"]
# An answer is the brand's pinned comment, where people can read it.
UNANSWERED = """
    NOT EXISTS (SELECT FROM ideas_comment t WHERE t.idea_id = i.id AND t.pinned AND NOT t.hidden
                       AND t.deleted_at IS NULL)
"""
REPORTED = "EXISTS (SELECT FROM ideas_report t WHERE t.idea_id = i.id AND t.state = 'open')"
# %(patterns)s are for ILIKE, %(codes)s the same words as they are.
WITH_WORDS = """
    NOT EXISTS (
        SELECT FROM unnest(%(patterns)s::text[], %(codes)s::text[]) AS word (pattern, code)
         WHERE i.code <> word.code AND i.title NOT ILIKE word.pattern
           AND i.body NOT ILIKE word.pattern
           AND NOT EXISTS (SELECT FROM accounts_participant a
                             LEFT JOIN accounts_user u ON u.id = a.user_id
                            WHERE a.id = i.author_id
                              AND coalesce(u.display_name, a.display_name) ILIKE word.pattern))
"""


def narrowed(
    brand: Brand, challenge: Challenge | None, sort: Sort, filters: Filters, listed: str
) -> tuple[list[str], dict[str, Any]]:
    """Conditions on both tables, so that an index of either can serve the order, and their values.
    `listed`: what the order's index knows of being in a list.
    """
    where = HIDDEN if filters.hidden else [listed]
    where = [*where, "i.brand_id = %(brand)s", "s.brand_id = %(brand)s"]
    if challenge is not None:
        where += ["i.challenge_id = %(challenge)s", "s.challenge_id = %(challenge)s"]
    elif sort in SHOWS_COUNTS:  # a place in the list would tell what a phase hides
        where.append(SHOWS_ITS_COUNTS)
    asked = {
        "i.status = %(status)s": filters.status,
        "%(tag)s = ANY (i.tags)": filters.tag,
        WITH_WORDS: filters.words,
        UNANSWERED: filters.unanswered,
        REPORTED: filters.reported,
    }
    where += [condition for condition, is_asked in asked.items() if is_asked]
    values = {
        "brand": brand.pk,
        "challenge": challenge.pk if challenge else None,
        "in_challenge": challenge is not None,
        "status": filters.status,
        "tag": filters.tag,
        "patterns": [f"%{_escaped(word)}%" for word in filters.words],
        "codes": [word.lower() for word in filters.words],
    }
    return where, values


def _escaped(word: str) -> str:
    """What it says and nothing else: in a pattern these three mean something."""
    return re.sub(r"([\\%_])", r"\\\1", word)
