"""Answers to widgets, kept in the store: one of them costs a look into it, whoever asks.

A second after somebody looked, the next reader looks whether what it shows has another stamp by now
(ideas/domain/stamps.py), and alone makes it anew. Meanwhile the others get what is there, but never
what nobody has looked at for two seconds: they wait, until it is there or that reader has given up.
Ten seconds after an answer was made that reader makes it anew, whatever its stamp says; the store
forgets it much later, or the others would wait for an answer that has just ended. What is refused
is not kept, nor is what names an unknown parameter, or one twice. With the store away everybody
makes their own.

Each process has a copy of what it got from the store for a fifth of a second, so that a page that
everybody reads costs five looks a second and no more. Nobody gets what is older than 2.2 seconds.
"""

import hashlib
import json
import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest

from cocreate.lib.store import Away, store

log = logging.getLogger(__name__)

PREFIX = "kept2"  # another one whenever Kept is packed in another way: two versions share the store
FRESH_MS = 1000
RECENT_MS = 2000
KEPT_SECONDS, FORGOTTEN_SECONDS = 10, 30
COPY_SECONDS = 0.2
MOST_COPIES = 256  # of up to some 50 KB
WAIT_SECONDS, LOOK_EVERY = 0.5, 0.02  # for whoever makes it


@dataclass(frozen=True)
class Kept:
    """`body` is the same for all; who may read it, and what it shows, is known beside it."""

    body: bytes
    etag: str
    origins: list[str]
    ideas: list[int] = field(default_factory=list)
    challenges: list[int] = field(default_factory=list)
    by_chance: bool = False  # an order that is drawn anew each second, whatever happened

    def packed(self, stamp: str) -> bytes:
        stamp = "" if self.by_chance else stamp
        about = [
            stamp, time.time(), self.etag, self.origins, self.ideas, self.challenges, self.by_chance
        ]  # fmt: skip
        return json.dumps(about).encode() + b"\n" + self.body

    @classmethod
    def unpacked(cls, raw: bytes) -> tuple[str, float, "Kept"]:
        """With its stamp, and how many seconds ago it was made."""
        about, _line, body = raw.partition(b"\n")
        stamp, made_at, *rest = json.loads(about)
        return stamp, time.time() - made_at, cls(body, *rest)


class Found(NamedTuple):
    raw: bytes | None
    is_recent: bool  # somebody looked a moment ago, and it held
    turn: bytes | None  # of whoever looks after it

    @property
    def given(self) -> bytes | None:
        return self.raw if self.is_recent else None


@dataclass(frozen=True)
class Place:
    """Where one answer is kept: `parts` are all that it depends on, but for the stamp."""

    parts: tuple[str, ...]

    @cached_property
    def name(self) -> str:
        return f"{PREFIX}:{hashlib.sha256(repr(self.parts).encode()).hexdigest()[:40]}"

    @property
    def turn(self) -> str:
        """Whoever sets it looks after the answer; for a second it needs nobody."""
        return f"{self.name}:turn"

    @property
    def recent(self) -> str:
        return f"{self.name}:recent"

    def look(self) -> Found:
        client: Any = store().client
        raw, recent, turn = store().ask(lambda: client.mget(self.name, self.recent, self.turn))
        return Found(raw, recent is not None, turn)

    def take_turn(self) -> bool:
        client, mine = store().client, secrets.token_hex(8)
        return bool(store().ask(lambda: client.set(self.turn, mine, nx=True, px=FRESH_MS)))

    def put(self, raw: bytes | None, since: float) -> None:
        """`since`: when whoever made it, or found that it still holds (None), began to look."""
        left = max(1, RECENT_MS - int(1000 * (time.monotonic() - since)))
        both: Any = store().client.pipeline()
        if raw is not None:
            both.set(self.name, raw, ex=FORGOTTEN_SECONDS)
        both.set(self.recent, 1, px=left)
        store().ask(both.execute)

    def forget(self) -> None:
        client = store().client
        store().ask(lambda: client.delete(self.name, self.recent, self.turn))

    def wait(self) -> Found:
        """For what somebody else is making; no longer than they do."""
        give_up = time.monotonic() + WAIT_SECONDS
        found = self.look()
        turn = found.turn
        while found.given is None and turn is not None and time.monotonic() < give_up:
            time.sleep(LOOK_EVERY)
            found = self.look()
            if found.turn != turn:
                break
        return found


class Copies:
    """What this process got from the store a moment ago, by name."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, tuple[float, Kept]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, name: str) -> Kept | None:
        until, answer = self._answers.get(name, (0.0, None))
        return answer if time.monotonic() < until else None

    def take(self, name: str, answer: Kept) -> None:
        with self._lock:
            self._answers[name] = time.monotonic() + COPY_SECONDS, answer
            self._answers.move_to_end(name)
            while len(self._answers) > MOST_COPIES:  # the oldest goes first
                self._answers.popitem(last=False)


copies = Copies()


def place_of(request: HttpRequest, language: str, names: Collection[str]) -> Place | None:
    """None for what is not kept: of these parameters, each may be sent once."""
    try:
        sent = dict(request.GET.lists())
    except TooManyFieldsSent:  # whoever reads them says so
        return None
    if any(name not in names or len(values) != 1 for name, values in sent.items()):
        return None
    return Place((request.path, urlencode(sorted(request.GET.items())), language))


def kept(place: Place, stamp: Callable[[], str | None], make: Callable[[], Kept]) -> Kept:
    """What is kept there, or what `make` returns. Raises what both raise."""
    return copies.of(place.name) or from_store(place, stamp, make)


def from_store(place: Place, stamp: Callable[[], str | None], make: Callable[[], Kept]) -> Kept:
    try:
        found = place.look()
        if found.turn is not None or not place.take_turn():
            if found.given is None:
                found = place.wait()
            if found.given is not None:
                answer = Kept.unpacked(found.given)[-1]
                copies.take(place.name, answer)
                return answer
    except Away:
        return make()
    return looked_after(place, found.raw, stamp, make)


def looked_after(
    place: Place, raw: bytes | None, stamp: Callable[[], str | None], make: Callable[[], Kept]
) -> Kept:
    """The stamp is read first: what changes while the answer is made shows at the next look."""
    since = time.monotonic()
    try:
        now = stamp()
        if raw is not None and now is not None:
            before, age, answer = Kept.unpacked(raw)
            if before == now and age < KEPT_SECONDS:
                put_back(place, None, since)
                return answer
        answer = make()
    except Exception:
        put_away(place)
        raise
    if now is not None:
        put_back(place, answer.packed(now), since)
    return answer


def put_back(place: Place, raw: bytes | None, since: float) -> None:
    try:
        place.put(raw, since)
    except Away:
        log.debug("an answer was made, and is kept by nobody")


def put_away(place: Place) -> None:
    """It is refused by now; nobody else gets what was there."""
    try:
        place.forget()
    except Away:
        log.debug("an answer that is refused goes by itself")
