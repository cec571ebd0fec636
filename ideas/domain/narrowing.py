"""Which ideas a list shows: conditions that only narrow, whatever its order."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Brand
from cocreate.lib import prepared
from cocreate.lib.text import one_line
from ideas.domain import search
from ideas.enums import Sort
from ideas.models import Challenge

SHOWS_COUNTS = {Sort.HOT, Sort.BEST, Sort.TOP, Sort.RISING, Sort.DISCOVER, Sort.UNSEEN}

# Not `<> ALL`: where a brand has one challenge, PostgreSQL would expect no row to be left, and sort
# the whole brand.
SHOWS_ITS_COUNTS = """
    (ARRAY(SELECT challenge_id FROM hiding_challenge WHERE brand_id = %(brand)s)
        @> ARRAY[s.challenge_id]) IS NOT TRUE
"""


@dataclass(frozen=True)
class Filters:
    """What somebody narrows a list to. `text` is a search (ideas.domain.search); `author` the id of
    a participant; `until` is the first moment that is too late.
    """

    text: str = ""
    status: str = ""
    tag: str = ""
    language: str = ""
    author: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    # for the team
    owner: int | None = None  # a place in the team
    unowned: bool = False
    unanswered: bool = False
    reported: bool = False
    hidden: bool = False  # these ideas alone
    with_names: bool = False  # the text may be an author's name or an idea's code, too


HIDDEN = ["i.hidden", "i.merged_into_id IS NULL"]
# An official answer is the brand's pinned comment, where people can read it.
UNANSWERED = """
    NOT EXISTS (SELECT FROM ideas_comment t WHERE t.idea_id = i.id AND t.pinned AND NOT t.hidden
                       AND t.deleted_at IS NULL)
"""
REPORTED = "EXISTS (SELECT FROM ideas_report t WHERE t.idea_id = i.id AND t.state = 'open')"

AMONG = "i.id = ANY (%(found)s::bigint[])"
BY_AUTHOR = "i.author_id = %(author)s"
BY_OWNER = "i.owner_id = %(owner)s"
# A value and no EXISTS, which PostgreSQL would turn round: it would find all ideas with these words
# and sort them, and there are thousands.
HAS_WORDS = """
    (SELECT w.words @@ %(finds)s::tsquery FROM ideas_searchable w WHERE w.idea_id = i.id)
"""
NAMED_BESIDE = "i.id = ANY (%(named)s::bigint[])"
NOTHING = "false"

# Names first, by their trigrams, then who of them has posted here. In one step PostgreSQL would
# expect few people in any brand, and read the names of all.
NAMED = """
    WITH member AS MATERIALIZED (
        SELECT id FROM accounts_user WHERE display_name ILIKE %(pattern)s
    ), guest AS MATERIALIZED (
        SELECT id, brand_id FROM accounts_participant
         WHERE user_id IS NULL AND display_name ILIKE %(pattern)s
    )
    SELECT array_agg(id) FROM (
        SELECT i.id FROM ideas_idea i WHERE i.brand_id = %(brand)s AND i.code = %(code)s
         UNION ALL
        SELECT i.id FROM member CROSS JOIN LATERAL (
               SELECT id FROM accounts_participant
                WHERE brand_id = %(brand)s AND user_id = member.id OFFSET 0) a
          JOIN ideas_idea i ON i.author_id = a.id
         UNION ALL
        SELECT i.id FROM guest JOIN ideas_idea i ON i.author_id = guest.id
         WHERE guest.brand_id = %(brand)s
         LIMIT %(most)s) named
"""
# A short text that has no trigrams to go by may still be a whole name (李): all names in the brand.
NAMED_IN_BRAND = """
    WITH author AS MATERIALIZED (
        SELECT a.id FROM accounts_participant a LEFT JOIN accounts_user u ON u.id = a.user_id
         WHERE a.brand_id = %(brand)s
               AND coalesce(u.display_name, a.display_name) ILIKE %(pattern)s
    )
    SELECT array_agg(id) FROM (
        SELECT i.id FROM author JOIN ideas_idea i ON i.author_id = author.id LIMIT %(most)s) named
"""
# Three letters are looked for anywhere in a name; of a to z and digits, two at its beginning. One
# of those says nothing.
ANYWHERE, BEGINNING = 3, 2


def narrowed(
    brand: Brand, challenge: Challenge | None, sort: Sort, filters: Filters, listed: str
) -> tuple[list[str], dict[str, Any]]:
    """Conditions, and their values. `listed`: what the order's index knows of being in a list."""
    where, values = narrowed_anywhere(brand, challenge, sort, filters, listed)
    return [*belonging(challenge, filters, listed, where), *where], values


def belonging(
    challenge: Challenge | None, filters: Filters, listed: str, where: list[str]
) -> list[str]:
    """Both tables know where an idea belongs; the one whose index serves the order is asked. To ask
    the other as well makes PostgreSQL expect no row, and sort all of them.
    """
    table = "i" if filters.hidden else listed.removeprefix("NOT ")[0]
    belongs = [f"{table}.brand_id = %(brand)s"]
    if challenge is not None:
        belongs.append(f"{table}.challenge_id = %(challenge)s")
    return [unindexed(one) for one in belongs] if are_named(where) else belongs


def are_named(where: list[str]) -> bool:
    """Whether the conditions name few ideas, which are then read one by one."""
    return any(named in where for named in (AMONG, BY_AUTHOR, BY_OWNER))


def unindexed(condition: str) -> str:
    """The same, of no use to an index. A prepared plan expects few ideas of whichever brand and
    question, and would read all of them to find those that are named.
    """
    return condition.replace(" = ", " IS NOT DISTINCT FROM ")


def narrowed_anywhere(
    brand: Brand, challenge: Challenge | None, sort: Sort, filters: Filters, listed: str
) -> tuple[list[str], dict[str, Any]]:
    """As narrowed(), for who asks themselves which ideas belong to the brand or the challenge."""
    where = HIDDEN if filters.hidden else [listed]
    if challenge is None and sort in SHOWS_COUNTS:  # a place in the list would tell what is hidden
        where = [*where, SHOWS_ITS_COUNTS]
    asked = {
        "i.status = %(status)s": filters.status,
        "%(tag)s = ANY (i.tags)": filters.tag,
        "i.language = %(language)s": filters.language,
        BY_AUTHOR: filters.author,
        "i.created_at >= %(since)s": filters.since,
        "i.created_at < %(until)s": filters.until,
        BY_OWNER: filters.owner,
        "i.owner_id IS NULL": filters.unowned,
        UNANSWERED: filters.unanswered,
        REPORTED: filters.reported,
    }
    where = [*where, *(condition for condition, is_asked in asked.items() if is_asked)]
    condition, found = _found(brand, filters)
    values = {
        "brand": brand.pk,
        "challenge": challenge.pk if challenge else None,
        "in_challenge": challenge is not None,
        "status": filters.status,
        "tag": filters.tag,
        "language": filters.language,
        "author": filters.author,
        "owner": filters.owner,
        "since": filters.since,
        "until": filters.until,
    }
    return [*where, *condition], values | found


def _found(brand: Brand, filters: Filters) -> tuple[list[str], dict[str, Any]]:
    """What the words of a text, and of the labels beside it, narrow a list to."""
    label = search.labels(status=filters.status, language=filters.language, tag=filters.tag)
    parts = [*label, *search.parts_of(filters.text)]
    wanted = search.read(parts)
    named = _named(brand, filters.text) if filters.with_names and filters.text else []
    if filters.text and wanted.ranks is None:  # nothing in it is a word
        return [AMONG if named else NOTHING], {"found": named}
    if wanted.finds is None:
        return [], {}
    values = {"finds": wanted.finds, "ranks": wanted.ranks, "named": named}
    has_words = f"({HAS_WORDS} OR {NAMED_BESIDE})" if named else HAS_WORDS
    rare = [part for part in parts if not search.is_everywhere(part)]
    finds = wanted.finds if rare == parts else search.read_beside_a_beginning(rare)
    found = search.candidates(brand_id=brand.pk, finds=finds)
    if found is None:
        return [has_words], values
    where = [AMONG] if rare == parts else [AMONG, has_words]
    return where, values | {"found": found + named}


def _named(brand: Brand, text: str) -> list[int]:
    """Ideas whose author is called so, or which have this code."""
    text = one_line(text)[: search.LONGEST_SEARCH]
    is_short, is_latin = len(text) < ANYWHERE, text.isascii() and text.isalnum()
    if not text or (is_latin and len(text) < BEGINNING):
        return []
    pattern = re.sub(r"([\\%_])", r"\\\1", text) + "%"  # these three mean something there
    row = prepared.one(
        NAMED_IN_BRAND if is_short and not is_latin else NAMED,
        {
            "brand": brand.pk, "code": text.lower(), "most": search.MOST_CANDIDATES,
            "pattern": pattern if is_short and is_latin else "%" + pattern,
        },
    )  # fmt: skip
    return (row and row[0]) or []
