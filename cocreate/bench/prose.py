"""Texts that look like French and English to an index: words of a made-up vocabulary, used as often
as words are (Zipf's law), with endings that stemmers take off and accents that readers leave out.
"""

from bisect import bisect
from functools import cache
from itertools import accumulate
from random import Random

VOCABULARY = 20_000
ZIPF = 1.0
SMALL = {
    "fr": ("le", "la", "les", "de", "des", "un", "une", "et", "à", "pour", "dans", "sur", "que"),
    "en": ("the", "a", "an", "of", "to", "and", "in", "for", "on", "with", "is", "that", "not"),
}
SYLLABLES = {
    "fr": ("ré", "vé", "tra", "plan", "lu", "cha", "pon", "sta", "jar", "din", "voi", "éco", "né"),
    "en": ("ro", "ga", "lan", "wa", "ter", "bri", "se", "par", "mo", "shel", "cro", "han", "nor"),
}
ENDINGS = {"fr": ["", "s", "e", "es", "ement"], "en": ["", "s", "ed", "ing", "ly"]}
SMALL_SHARE = 0.4


@cache
def vocabulary(language: str) -> list[str]:
    """Its words, the most frequent first; the same in every run."""
    chance = Random(language)  # noqa: S311 - made-up data
    found: dict[str, bool] = {}
    while len(found) < VOCABULARY:
        word = "".join(chance.choices(SYLLABLES[language], k=chance.choice([2, 3, 3, 4, 5])))
        found[word] = True
    return list(found)


@cache
def _sums() -> list[float]:
    return list(accumulate(1 / (rank + 10) ** ZIPF for rank in range(VOCABULARY)))


def word(language: str, chance: Random) -> str:
    if chance.random() < SMALL_SHARE:
        return chance.choice(SMALL[language])
    sums = _sums()
    rank = min(bisect(sums, chance.random() * sums[-1]), VOCABULARY - 1)
    return vocabulary(language)[rank] + chance.choice(ENDINGS[language])


def text(language: str, words: int, chance: Random) -> str:
    return " ".join(word(language, chance) for _n in range(words)).capitalize()


def mistyped(title: str, chance: Random) -> str:
    """As somebody says the same a second time: a word less, two letters swapped."""
    words = title.split()
    if len(words) > 3:
        words.pop(chance.randrange(len(words)))
    place = chance.randrange(len(words))
    letters = list(words[place])
    if len(letters) > 3:
        at = chance.randrange(len(letters) - 1)
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    words[place] = "".join(letters)
    return " ".join(words)
