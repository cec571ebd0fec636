"""What people say: sentences made of word lists, each word as often as words are (Zipf's law)."""

import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "fr")
NAMES, DECK = 1_500, 8_192  # of made-up proper names; of what a slot draws from, a power of two
DESCRIBED = 0.35  # of the things have an adjective
VOWEL = re.compile(r"[aeiouhàâéèêëîïôûœ]", re.IGNORECASE)
SLOT = re.compile(r"\{([^}]+)\}")
PLAIN_SLOTS = ("month", "number", "verbs", "groups", "places", "times")
ENGLISH = ("a thing", "the thing", "things", "the things")
FRENCH = ("un nom", "le nom", "noms", "de noms", "des noms", "les noms")


@cache
def lists_of(language: str) -> dict[str, list[str]]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def decks_of(language: str) -> dict[str, list[str]]:
    """What may stand in each slot, as often as it is said; the same in every run."""
    lists, chance = lists_of(language), Random(language)  # noqa: S311 - made-up data
    decks = {"name": _drawn(_proper_names(lists, chance), chance)}
    for slot in PLAIN_SLOTS:
        drawn = _drawn(lists[slot], chance)
        decks[slot] = [_filled(text, decks, chance) for text in drawn]
    slots, form = (ENGLISH, _english) if language == "en" else (FRENCH, _french)
    for slot in slots:
        decks[slot] = _things(slot, form, lists, chance)
    return decks


def _drawn(items: list[str], chance: Random) -> list[str]:
    """A deck in which the item of rank r is as frequent as 1/(r + 3)."""
    weights = [1 / (rank + 3) for rank in range(len(items))]
    return chance.choices(items, weights, k=DECK)


def _filled(text: str, decks: dict[str, list[str]], chance: Random) -> str:
    return SLOT.sub(lambda found: chance.choice(decks[found[1]]), text)


def _proper_names(lists: dict[str, list[str]], chance: Random) -> list[str]:
    """Many and most of them rare, as the names of streets and villages are."""
    found: dict[str, bool] = {}
    while len(found) < NAMES:
        start = chance.choices(lists["syllables"], k=chance.choice([1, 2, 2, 3]))
        found["".join([*start, chance.choice(lists["endings"])]).capitalize()] = True
    return list(found)


def _things(
    slot: str, form: Callable[[str, str, str], str], lists: dict[str, list[str]], chance: Random
) -> list[str]:
    adjectives = _drawn(lists["adjectives"], chance)
    return [
        form(slot, noun, chance.choice(adjectives) if chance.random() < DESCRIBED else "")
        for noun in _drawn(lists["nouns"], chance)
    ]


def _english(slot: str, noun: str, adjective: str) -> str:
    word = noun.split("|")["things" in slot]
    word = f"{adjective} {word}" if adjective else word
    if slot == "a thing":
        return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
    return f"the {word}" if slot.startswith("the") else word


def _french(slot: str, noun: str, adjective: str) -> str:
    gender, *forms = noun.split("|")
    is_many = slot.endswith("noms")
    word = forms[is_many]
    if adjective:
        word += " " + adjective.split("|")[2 * is_many + (gender == "f")]
    match slot.split(" ")[0]:
        case "un":
            return f"{'une' if gender == 'f' else 'un'} {word}"
        case "le" | "de" as article if VOWEL.match(word):
            return f"{article[0]}’{word}"
        case "le":
            return f"{'la' if gender == 'f' else 'le'} {word}"
        case "noms":
            return word
        case article:
            return f"{article} {word}"
