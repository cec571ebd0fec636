"""Searching: what a text asks for, and the ideas that have it.

Two ways to one list. Where few ideas have the words, the index of words names them and they are
sorted; where thousands do, the order's own index is read until enough of them have the words.
Neither reads a whole brand (docs/decisions/0052-a-search-is-read-from-two-sides.md).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cocreate.lib import prepared
from cocreate.lib.text import one_line
from ideas.domain.frequencies import frequencies

LONGEST_SEARCH, MOST_PARTS = 200, 12
# More ideas than this that have the words are not all looked at.
MOST_CANDIDATES = 2_000
# Where so many ideas have a word that begins so, the index is not asked for it: it would write down
# every idea, once for each such word, before it names the first.
EVERYWHERE = 0.1

WORD, BEGINS, PHRASE, WITHOUT, LABEL = "word", "begins", "phrase", "without", "label"

Part = tuple[str, str]

QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))
PARTS = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')


@dataclass(frozen=True)
class Search:
    """What to look for and what hits are ranked by, as PostgreSQL's queries. `finds` is None where
    there is no word in the text.
    """

    finds: str | None
    ranks: str | None

    @property
    def is_empty(self) -> bool:
        return self.finds is None


def parts_of(text: str) -> Iterator[Part]:
    """`"these words together"`, `-without`, `begin*`, and words, MOST_PARTS of them. Anything is a
    search: what is neither letter nor digit says nothing.
    """
    return islice(_all_parts_of(text), MOST_PARTS)


def _all_parts_of(text: str) -> Iterator[Part]:
    for found in PARTS.finditer(one_line(text)[:LONGEST_SEARCH].translate(QUOTES)):
        phrase, word = found["phrase"], found["word"]
        content = word if phrase is None else phrase
        if not any(map(str.isalnum, content)):
            continue
        if found["minus"] and not content[0].isdigit():
            yield WITHOUT, content
        elif phrase is not None:
            yield PHRASE, content
        elif content.endswith("*"):
            yield BEGINS, content.rstrip("*")
        else:
            yield WORD, content


def labels(*, status: str = "", language: str = "", tag: str = "") -> Iterator[Part]:
    """As labels_of() in ideas/sql/search.sql writes them."""
    for sign, value in (("=", status), ("@", language), ("#", tag)):
        if value:
            yield LABEL, sign + value


READ = """
    SELECT finds::text, ranks::text FROM search_of(%(kinds)s::text[], %(parts)s::text[])
"""


def read(parts: Sequence[Part]) -> Search:
    """One round trip; in PostgreSQL, because stems are its own."""
    if not parts:
        return Search(None, None)
    kinds, contents = zip(*parts, strict=True)
    row = prepared.one(READ, {"kinds": list(kinds), "parts": list(contents)})
    assert row is not None  # noqa: S101 - a function with OUT parameters always answers
    return Search(*row)


# The same without small words, which no text needs to have beside a beginning.
READ_BESIDE_A_BEGINNING = """
    SELECT finds::text
      FROM (SELECT array_agg(kind) AS kinds, array_agg(piece) AS pieces
              FROM unnest(%(kinds)s::text[], %(parts)s::text[]) AS given (kind, part)
             CROSS JOIN LATERAL (
                   SELECT part AS piece WHERE kind <> 'word'
                    UNION ALL
                   SELECT word FROM words_in(part) AS word
                    WHERE kind = 'word' AND NOT is_small(word)) pieces) kept
     CROSS JOIN LATERAL search_of(kinds, pieces)
"""


def read_beside_a_beginning(parts: Sequence[Part]) -> str | None:
    """What the index is asked for where a beginning stands beside these that it is not asked for:
    it makes small words as needless as any other word does.
    """
    if not parts:
        return None
    kinds, contents = zip(*parts, strict=True)
    values = {"kinds": list(kinds), "parts": list(contents)}
    row = prepared.one(READ_BESIDE_A_BEGINNING, values)
    return row[0] if row else None


# No order: whichever the index names first. The type is said, because a number that is sent as a
# smaller one is nothing to this index: it would name the words of every brand.
CANDIDATES = """
    SELECT array_agg(idea_id) FROM (
        SELECT idea_id FROM ideas_searchable
         WHERE brand_id = %(brand)s::bigint AND words @@ %(finds)s::tsquery LIMIT %(most)s) found
"""


def is_everywhere(part: Part) -> bool:
    kind, content = part
    return kind == BEGINS and frequencies().of_beginning(content.lower()) >= EVERYWHERE


def candidates(
    *, brand_id: int, finds: str | None, most: int = MOST_CANDIDATES
) -> list[int] | None:
    """Ids of all the brand's ideas that have the words, hidden ones too; None: more than `most`, or
    there is no word.
    """
    if finds is None:
        return None
    row = prepared.one(CANDIDATES, {"brand": brand_id, "finds": finds, "most": most + 1})
    found: list[int] = (row and row[0]) or []
    return found if len(found) <= most else None
