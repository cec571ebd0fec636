"""Ideas that say nearly the same, looked for while somebody types a title.

Two signs, shown together and never mixed into one number: how much of the title's rare words an
idea has, and how alike the letters of the two titles are. No sign is proof; people decide.

Trigrams are compared with few titles only: those which the index of words names. Words that
thousands of ideas have name nothing by themselves, so two of them must meet.

Beside an idea that is posted (like()) stand also those of its question that share its tags.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import log

from django.core.cache import cache

from accounts.models import Brand
from cocreate.lib import prepared
from cocreate.lib.text import one_line
from ideas.domain.frequencies import frequencies
from ideas.domain.lists import Row, rows_of
from ideas.domain.search import labels
from ideas.models import Idea
from ideas.models.idea import TITLE_LENGTH

NEAR_COPY = 0.6  # trigrams of the two titles; above it they are nearly always the same idea
ALIKE = 0.35
SHARED = 0.5  # of what the title's words are worth
SHOWN = 3
SHORTEST_TEXT, MOST_WORDS = 3, 8
MOST_CANDIDATES = 400
MOST_LEADING = 400  # of a question, whose tags are compared
LIKE_KEPT_SECONDS = 3600

# The words of a title that are worth looking for, each in all its forms.
WORDS = """
    SELECT DISTINCT word, forms_of(word) FROM words_in(%(text)s) AS word WHERE NOT is_small(word)
"""
# The words of other titles that are one of these, in whatever form.
SHARED_WORDS = """
    SELECT DISTINCT word FROM unnest(%(titles)s::text[]) AS title, words_in(title) AS word
     WHERE forms_of(word) && %(forms)s::text[]
"""
# Being listed is asked before the limit: hidden ideas must not crowd out the others. A word of the
# text counts half of one in the title or the tags.
CANDIDATES = """
    WITH candidate AS (
        SELECT w.idea_id, w.title, w.words
          FROM ideas_searchable w
         WHERE w.brand_id = %(brand)s::bigint AND w.words @@ %(finds)s::tsquery
               AND (SELECT s.listed AND s.code <> %(but)s FROM ideas_score s
                     WHERE s.idea_id = w.idea_id)
         LIMIT %(most)s
    ), judged AS MATERIALIZED (
        SELECT idea_id, similarity(title, lower(unaccented(%(text)s))) AS alike,
               (SELECT sum(worth * ((words @@ anywhere)::int + (words @@ above)::int) / 2)
                  FROM unnest(%(anywhere)s::tsquery[], %(above)s::tsquery[], %(worths)s::float8[])
                       AS one (anywhere, above, worth)) AS shared
          FROM candidate
    ), placed AS (
        SELECT *, row_number() OVER (ORDER BY alike DESC, shared DESC, idea_id) AS by_letters,
               row_number() OVER (ORDER BY shared DESC, alike DESC, idea_id) AS by_words
          FROM judged WHERE alike >= %(alike)s OR shared >= %(shared)s
    )
    SELECT idea_id, alike FROM placed WHERE least(by_letters, by_words) <= %(limit)s
     ORDER BY alike >= %(near)s DESC, least(by_letters, by_words), by_letters LIMIT %(limit)s
"""
# Those that lead in the question, by the index of that list, and those with its rare tags, by the
# index of words: tags that thousands have are among the first, and need no other way. The number
# of rows is a value: of one that it knows, a plan for any question sorts all of a large one.
TAGGED = """
    SELECT i.id
      FROM (SELECT idea_id FROM (
                SELECT s.idea_id FROM ideas_score s
                 WHERE s.brand_id = %(brand)s AND s.challenge_id = %(challenge)s AND s.listed
                 ORDER BY {first} LIMIT %(leading)s::bigint) first
             UNION
            SELECT idea_id FROM (
                SELECT w.idea_id FROM ideas_searchable w
                 WHERE w.brand_id = %(brand)s::bigint AND w.words @@ %(finds)s::tsquery
                       AND (SELECT s.listed AND s.challenge_id = %(challenge)s FROM ideas_score s
                             WHERE s.idea_id = w.idea_id)
                 LIMIT %(leading)s::bigint) rare) found
     CROSS JOIN LATERAL (SELECT * FROM ideas_idea WHERE id = found.idea_id OFFSET 0) i
     CROSS JOIN LATERAL (SELECT * FROM ideas_score WHERE idea_id = found.idea_id OFFSET 0) s
     WHERE i.tags && %(tags)s::varchar[] AND i.id <> ALL (%(but)s::bigint[])
     ORDER BY cardinality(ARRAY(SELECT unnest(i.tags) INTERSECT SELECT unnest(%(tags)s::varchar[])))
              DESC, {first} LIMIT %(limit)s
"""
# A place would tell a count, so where counts are hidden the lists of votes are not asked.
BY_VOTES = "s.points DESC, s.created_at, s.code"
BY_TALK = "s.comments DESC, s.created_at, s.code"


@dataclass(frozen=True)
class Word:
    """A word in all its forms, and the share of ideas that have one of them."""

    forms: tuple[str, ...]
    share: float

    def query(self, weights: str = "") -> str:
        """Any of its forms; `weights` as in words_of(): A is the title, B the tags."""
        ending = f":{weights}" if weights else ""
        return "(" + " | ".join(_quoted(form) + ending for form in self.forms) + ")"

    @property
    def worth(self) -> float:
        """More than nothing even for a word that every idea has: a new brand's words are such."""
        return log(1 + 1 / self.share)


def similar_to(
    *,
    brand: Brand,
    text: str,
    but: str = "",
    limit: int = SHOWN,
    user_id: int | None = None,
) -> list[Row]:
    """Up to `limit` listed ideas of the brand as rows of a list, near copies first, each with
    `near_copy`. `but`: the code of the idea that the text is of.
    """
    alike = _found(brand.pk, text, but, limit)
    rows = rows_of(ids=list(alike), user_id=user_id) if alike else []
    for row in rows:
        row["near_copy"] = alike[row["id"]] >= NEAR_COPY
    return rows


def like(*, idea: Idea, hides_counts: bool, user_id: int | None = None) -> list[Row]:
    """Ideas like this one, for its page: what says nearly the same, then what shares its tags.
    Which they are is looked up now and then; those that were hidden since are left out.
    """
    key = f"like:{idea.pk}:{idea.revision}:{hides_counts:d}"
    ids = cache.get(key)
    if ids is None:
        ids = list(_found(idea.brand_id, idea.title, idea.code, SHOWN))
        if idea.tags and len(ids) < SHOWN:
            ids += _tagged(idea, but=[idea.pk, *ids], hides_counts=hides_counts)
        ids = ids[:SHOWN]
        cache.set(key, ids, LIKE_KEPT_SECONDS)
    return rows_of(ids=ids, user_id=user_id) if ids else []


def _tagged(idea: Idea, *, but: list[int], hides_counts: bool) -> list[int]:
    """Ideas of the question that share its tags, those with most of them first."""
    values = {
        "brand": idea.brand_id, "challenge": idea.challenge_id, "tags": idea.tags, "but": but,
        "finds": " | ".join(_few_have(_tags_of(idea))) or None,
        "leading": MOST_LEADING, "limit": SHOWN,
    }  # fmt: skip
    sql = TAGGED.format(first=BY_TALK if hides_counts else BY_VOTES)
    return [row["id"] for row in prepared.dicts(sql, values)]


def _tags_of(idea: Idea) -> list[Word]:
    """As words that the index knows, rare ones first."""
    known = frequencies()
    names = [name for tag in idea.tags for _kind, name in labels(tag=tag)]
    return sorted((Word((name,), known.of(name)) for name in names), key=lambda tag: tag.share)


def _found(brand_id: int, text: str, but: str, limit: int) -> dict[int, float]:
    """Ids in their order, each with how alike the letters of the titles are."""
    text = one_line(text)[:TITLE_LENGTH]
    words = words_of(text) if len(text) >= SHORTEST_TEXT else []
    if not words:
        return {}
    total = sum(word.worth for word in words)
    values = {
        "brand": brand_id, "text": text, "but": but, "limit": limit,
        "finds": " | ".join(combined(words)), "most": MOST_CANDIDATES,
        "anywhere": [word.query() for word in words],
        "above": [word.query("AB") for word in words],
        "worths": [word.worth / total for word in words],
        "alike": ALIKE, "shared": SHARED, "near": NEAR_COPY,
    }  # fmt: skip
    return {row["idea_id"]: row["alike"] for row in prepared.dicts(CANDIDATES, values)}


def shared_words(text: str, titles: list[str]) -> list[str]:
    """What the titles of similar ideas have of a text, in small letters, as it stands in them."""
    words = words_of(one_line(text)[:TITLE_LENGTH]) if titles else []
    if not words:
        return []
    forms = [form for word in words for form in word.forms]
    rows = prepared.dicts(SHARED_WORDS, {"titles": titles, "forms": forms})
    return [row["word"] for row in rows]


def words_of(text: str) -> list[Word]:
    """The words that say something, rare ones first."""
    known = frequencies()
    found = prepared.dicts(WORDS, {"text": text})
    words = [
        Word(tuple(row["forms_of"]), max(known.of(form) for form in row["forms_of"]))
        for row in found
    ]
    return sorted(words, key=lambda word: word.share)[:MOST_WORDS]


def combined(words: list[Word]) -> Iterable[str]:
    """What candidates must have: a rare word, or common ones together, rare combinations first,
    until there are enough candidates.
    """
    few = list(_few_have(words))
    return few or ["(" + " & ".join(word.query() for word in words) + ")"]


def _few_have(words: list[Word]) -> Iterator[str]:
    """Combinations that together have no more candidates than are looked at, as far as is known."""
    ideas = max(frequencies().ideas, 1.0)
    expected = 0.0
    for size in (1, 2, 3):
        for group in combinations(words[:6], size):
            share = 1.0
            for word in group:
                share *= word.share
            if expected + share * ideas <= MOST_CANDIDATES:
                expected += share * ideas
                yield "(" + " & ".join(word.query() for word in group) + ")"


def _quoted(form: str) -> str:
    return "'" + form.replace("\\", "\\\\").replace("'", "''") + "'"
