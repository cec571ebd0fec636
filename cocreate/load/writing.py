"""Titles, texts and tags of made-up ideas, and the vectors that search reads.

The database would take a millisecond and more for the vector of one idea. Every word of ours is
known beforehand, so the database is asked once for the stems of each, and what its functions would
make of a text is put together here (ideas/sql/search.sql; a test compares both).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from django.db import connection

from cocreate.load.words import LANGUAGES, SLOT, decks_of, lists_of

# As bare_words() of search.sql; our texts have no other characters that its parser would join.
BLANK = str.maketrans(dict.fromkeys("./\\@_-+~:%&=#<>", " "))
WORD = re.compile(r"[^\W_]+")
BEGIN = re.compile(r"(?:^|(?<=[.?!] ))\w")  # of a sentence
BITS = 13  # of a deck's size
MARKS = {weight: [f"{place}{weight}" for place in range(1_000)] for weight in "ABC"}

STEMS = """
    SELECT word, coalesce((tsvector_to_array(stems(%s, word)))[1], ''), lower(unaccented(word))
      FROM unnest(%s::text[]) AS word
"""
PLAIN_LETTERS = "SELECT letter, unaccented(letter) FROM unnest(%s::text[]) AS letter"

Word = tuple[str, str]  # its stem ("" for a small word) and itself, small and without accents
Phrase = tuple[str, tuple[Word, ...]]
Template = list[list[Phrase]]
Known = dict[str, dict[str, Word]]


@dataclass(frozen=True)
class Text:
    text: str
    words: list[Word]


@dataclass
class Dictionary:
    """What the database says of every word that may be said, by language."""

    words: Known
    plain_letters: dict[int, str]


def words_in(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text.translate(BLANK))]


def look_up() -> Dictionary:
    """One query a language."""
    known: Known = {}
    letters: set[str] = set()
    with connection.cursor() as cursor:
        for language in LANGUAGES:
            said = {word for text in _everything_said(language) for word in words_in(text)}
            cursor.execute(STEMS, [language, sorted(said)])
            known[language] = {word: (stem, plain) for word, stem, plain in cursor.fetchall()}
            letters |= {letter for text in _everything_said(language) for letter in text}
        cursor.execute(PLAIN_LETTERS, [sorted(letters | {letter.upper() for letter in letters})])
        plain = {ord(letter): plain for letter, plain in cursor.fetchall()}
    return Dictionary(known, plain)


def _everything_said(language: str) -> Iterable[str]:
    for texts in (decks_of(language), lists_of(language)):
        for phrases in texts.values():
            yield from phrases


@dataclass
class Writer:
    """Writes in one language. Whoever gives the same `Random` gets the same texts."""

    language: str
    dictionary: Dictionary
    templates: dict[str, list[Template]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.words = self.dictionary.words[self.language]
        self.lists = lists_of(self.language)
        self.decks = {
            slot: [self._phrase(text) for text in texts]
            for slot, texts in decks_of(self.language).items()
        }
        for kind in ("titles", "sentences", "comments", "answers", "messages", "questions"):
            self.templates[kind] = [self._template(text) for text in self.lists[kind]]
        self.tags = [self._phrase(tag) for tag in self.lists["tags"]]
        self.tag_weights = [1 / (rank + 3) for rank in range(len(self.tags))]

    def _phrase(self, text: str) -> Phrase:
        return text, tuple(self.words[word] for word in words_in(text))

    def _template(self, text: str) -> Template:
        """Its fixed parts are decks of one."""
        parts = SLOT.split(text)
        return [
            self.decks[part] if place % 2 else [self._phrase(part)]
            for place, part in enumerate(parts)
            if part
        ]

    def write(self, kind: str, chance: Random) -> Text:
        """One title, sentence, comment …"""
        templates = self.templates[kind]
        text, words = "", list[Word]()
        for deck in templates[int(chance.random() * len(templates))]:
            phrase = deck[chance.getrandbits(BITS)] if len(deck) > 1 else deck[0]
            text += phrase[0]
            words.extend(phrase[1])
        return Text(BEGIN.sub(lambda found: found[0].upper(), text), words)

    def body(self, chance: Random) -> Text:
        """One to eight sentences, in paragraphs."""
        count = min(1 + int(chance.expovariate(0.35)), 8)
        said = [self.write("sentences", chance) for _n in range(count)]
        breaks = ["\n\n" if place % 3 == 2 else " " for place in range(count)]
        pieces = [one.text + gap for one, gap in zip(said, breaks, strict=True)]
        return Text("".join(pieces).rstrip(), [word for one in said for word in one.words])

    def tags_of(self, chance: Random) -> list[Phrase]:
        drawn = chance.choices(self.tags, self.tag_weights, k=chance.choice([0, 1, 1, 2, 3]))
        return list(dict.fromkeys(drawn))


def plain(text: str, dictionary: Dictionary) -> str:
    """As lower(unaccented(…))."""
    return text.translate(dictionary.plain_letters).lower()


def vector(title: list[Word], tags: list[Word], body: list[Word], labels: Iterable[str]) -> str:
    """As words_of() || labels_of()."""
    found: dict[str, str] = {}
    end = _add(found, title, MARKS["A"], 0)
    end = _add(found, tags, MARKS["B"], end)
    _add(found, body, MARKS["C"], end)
    lexemes = [f"'{lexeme}':{places}" for lexeme, places in found.items()]
    return " ".join([*lexemes, *(f"'{label}'" for label in labels)])


def _add(found: dict[str, str], words: list[Word], marks: list[str], end: int) -> int:
    """As two_vectors(): the stems, and behind the last of them the words themselves."""
    last = place = end
    for stem, _word in words:
        place += 1
        if stem:
            found[stem] = f"{found[stem]},{marks[place]}" if stem in found else marks[place]
            last = place
    place = last
    for _stem, word in words:
        place += 1
        found[word] = f"{found[word]},{marks[place]}" if word in found else marks[place]
    return place
