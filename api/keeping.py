"""Answers to widgets, kept in the store: one of them costs a look into it, whoever asks.

An answer is as old as a second at most, and the time it takes to make: after that one reader looks
whether what it shows has another stamp by now (ideas/domain/stamps.py), while all others get what
is there. That reader alone makes it anew, however many wait. What is refused is not kept. With the
store away everybody makes their own.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cocreate.lib.store import Away, store

log = logging.getLogger(__name__)

FRESH_MS = 1000
KEPT_SECONDS = 60
WAIT_SECONDS, LOOK_EVERY = 0.5, 0.02  # for whoever makes the first one


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
        about = [stamp, self.etag, self.origins, self.ideas, self.challenges, self.by_chance]
        return json.dumps(about).encode() + b"\n" + self.body

    @classmethod
    def unpacked(cls, raw: bytes) -> tuple[str, "Kept"]:
        about, _line, body = raw.partition(b"\n")
        stamp, *rest = json.loads(about)
        return stamp, cls(body, *rest)


@dataclass(frozen=True)
class Place:
    """Where one answer is kept: `parts` are all that it depends on, but for the stamp."""

    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"kept:{hashlib.sha256(repr(self.parts).encode()).hexdigest()[:40]}"

    @property
    def turn(self) -> str:
        """Whoever sets it looks after the answer; for a second it needs nobody."""
        return f"{self.name}:turn"

    def look(self) -> tuple[bytes | None, bool]:
        """What is there, and whether it is fresh."""
        client: Any = store().client
        raw, turn = store().ask(lambda: client.mget(self.name, self.turn))
        return raw, turn is not None

    def take_turn(self) -> bool:
        client = store().client
        return bool(store().ask(lambda: client.set(self.turn, 1, nx=True, px=FRESH_MS)))

    def put(self, raw: bytes) -> None:
        client = store().client
        store().ask(lambda: client.set(self.name, raw, ex=KEPT_SECONDS))

    def forget(self) -> None:
        client = store().client
        store().ask(lambda: client.delete(self.name, self.turn))

    def wait(self) -> bytes | None:
        """For the first answer, which somebody else is making."""
        give_up = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < give_up:
            time.sleep(LOOK_EVERY)
            raw, _is_fresh = self.look()
            if raw is not None:
                return raw
        return None


def kept(place: Place, stamp: Callable[[], str | None], make: Callable[[], Kept]) -> Kept:
    """What is kept there, or what `make` returns. Raises what both raise."""
    try:
        raw, is_fresh = place.look()
        if raw is None and is_fresh:
            raw = place.wait()
        elif not (is_fresh or place.take_turn()):
            is_fresh = True  # somebody else looks after it
        if raw is not None and is_fresh:
            return Kept.unpacked(raw)[1]
    except Away:
        return make()
    return looked_after(place, raw, stamp, make)


def looked_after(
    place: Place, raw: bytes | None, stamp: Callable[[], str | None], make: Callable[[], Kept]
) -> Kept:
    """The stamp is read first: what changes while the answer is made shows at the next look."""
    try:
        now = stamp()
        if raw is not None and now is not None:
            before, answer = Kept.unpacked(raw)
            if before == now:
                put_back(place, raw)
                return answer
        answer = make()
    except Exception:
        put_away(place)
        raise
    if now is not None:
        put_back(place, answer.packed(now))
    return answer


def put_back(place: Place, raw: bytes) -> None:
    try:
        place.put(raw)
    except Away:
        log.debug("an answer was made, and is kept by nobody")


def put_away(place: Place) -> None:
    """It is refused by now; nobody else gets what was there."""
    try:
        place.forget()
    except Away:
        log.debug("an answer that is refused goes by itself")
