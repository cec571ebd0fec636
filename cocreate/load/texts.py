"""Texts of many ideas and comments, written in processes of their own where they are many."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import NamedTuple

from cocreate.load.tables import escaped
from cocreate.load.words import LANGUAGES
from cocreate.load.writing import Dictionary, Writer, plain, vector

CHUNK, AHEAD = 2_000, 12  # texts written at a time, and chunks waiting to be read
FEW = 10 * CHUNK  # ideas for which no process is worth its start
PROCESSES = 2


class IdeaText(NamedTuple):
    """In COPY's form."""

    title: str
    body: str
    tags: str
    plain: str
    vector: str


@dataclass
class Pen:
    """What a process needs to write."""

    dictionary: Dictionary
    seed: int

    def __post_init__(self) -> None:
        self.writers = {name: Writer(name, self.dictionary) for name in LANGUAGES}

    def ideas(self, chunk: int, asked: list[tuple[str, str]]) -> list[IdeaText]:
        """Of each a language and a status."""
        chance = Random(f"ideas/{self.seed}/{chunk}")  # noqa: S311 - made-up data
        return [self._idea(language, status, chance) for language, status in asked]

    def _idea(self, language: str, status: str, chance: Random) -> IdeaText:
        writer = self.writers[language]
        title, body = writer.write("titles", chance), writer.body(chance)
        tags = writer.tags_of(chance)
        said = [word for _tag, words in tags for word in words]
        labels = [f"={status}", f"@{language}", *(f"#{tag}" for tag, _words in tags)]
        return IdeaText(
            escaped(title.text), escaped(body.text), _array(tag for tag, _words in tags),
            escaped(plain(title.text, self.dictionary)),
            vector(title.words, said, body.words, labels),
        )  # fmt: skip

    def words(self, chunk: int, asked: list[tuple[str, str]]) -> list[str]:
        """Of each a language and a kind of text; a comment goes on as people do."""
        chance = Random(f"words/{self.seed}/{chunk}")  # noqa: S311 - made-up data
        found = []
        for language, kind in asked:
            said = self.writers[language].write(kind, chance).text
            if kind == "comments" and chance.random() < 0.5:
                said += " " + self.writers[language].write("sentences", chance).text
            found.append(escaped(said))
        return found


Pens = Callable[[str, Iterable[tuple[str, str]]], Iterator]  # type: ignore[type-arg]


@contextmanager
def pens(dictionary: Dictionary, seed: int, *, texts: int) -> Iterator[Pens]:
    """`write("ideas" or "words", asked)` yields what was asked for, in its order."""
    if texts <= FEW:
        pen = Pen(dictionary, seed)
        yield lambda kind, asked: (
            text for number, some in _chunks(asked) for text in getattr(pen, kind)(number, some)
        )
        return
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        PROCESSES, mp_context=fresh, initializer=_begin, initargs=(dictionary, seed)
    ) as pool:
        yield lambda kind, asked: _ahead(pool, kind, asked)
        pool.shutdown(cancel_futures=True)


_OWN: list[Pen] = []  # of a process that writes


def _begin(dictionary: Dictionary, seed: int) -> None:
    _OWN.append(Pen(dictionary, seed))


def _write(kind: str, chunk: int, asked: list[tuple[str, str]]) -> list[str]:
    found: list[str] = getattr(_OWN[0], kind)(chunk, asked)
    return found


def _ahead(pool: ProcessPoolExecutor, kind: str, asked: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The processes write on while the first texts are read."""
    waiting: deque[Future[list[str]]] = deque()
    for number, some in _chunks(asked):
        waiting.append(pool.submit(_write, kind, number, some))
        if len(waiting) > AHEAD:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _chunks(asked: Iterable[tuple[str, str]]) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    rest, number = iter(asked), 0
    while some := list(islice(rest, CHUNK)):
        yield number, some
        number += 1


def _array(items: Iterable[str]) -> str:
    """Our tags have letters and blanks alone."""
    return "{" + ",".join(f'"{item}"' for item in items) + "}"
