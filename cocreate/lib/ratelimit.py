"""Limits that let exactly N pass: buckets in Valkey, taken from by one atomic script.

With Valkey away `take` goes on with buckets of this process: looser (one set per process), and it
never waits. `guard` refuses then: it stands before what could be guessed.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.utils.translation import ngettext

from cocreate.lib.errors import RETRY_AFTER_SECONDS, TooMany, Unavailable
from cocreate.lib.store import Away, Script, Store, store

# The store's own clock: two web servers whose clocks differ share one bucket.
TAKE = Script("""
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
local wait, found = 0, {}
for n, key in ipairs(KEYS) do
    local amount, seconds = tonumber(ARGV[4 * n - 3]), tonumber(ARGV[4 * n - 2])
    local refills, cost = ARGV[4 * n - 1] == '1', tonumber(ARGV[4 * n])
    local kept = redis.call('HMGET', key, 'left', 'at')
    local left, at = tonumber(kept[1]) or amount, tonumber(kept[2]) or now
    local passed = math.max(0, now - at)
    if refills then
        left, at = math.min(amount, left + passed * amount / seconds), now
    elseif passed >= seconds then
        left, at = amount, now
    end
    local lacking = math.max(cost, 1) - left
    if lacking > 0 and refills then
        wait = math.max(wait, lacking * seconds / amount)
    elseif lacking > 0 then
        wait = math.max(wait, at + seconds - now)
    end
    found[n] = {left, at, seconds, cost}
end
local answer = {tostring(wait), tostring(now)}
for n, key in ipairs(KEYS) do
    local left, at, seconds, cost = unpack(found[n])
    if wait == 0 and cost > 0 then
        left = left - cost
        redis.call('HSET', key, 'left', tostring(left), 'at', tostring(at))
        redis.call('PEXPIRE', key, math.ceil(seconds * 1000) + 1000)
    end
    answer[#answer + 1] = tostring(left)
    answer[#answer + 1] = tostring(at)
end
return answer
""")
MOST_LOCAL_BUCKETS = 10_000


@dataclass(frozen=True)
class Bucket:
    """`amount` of something in `seconds`. `name` says of what and for whom, and holds nothing
    personal in the clear.

    It refills drop by drop; a window (`refills=False`) gives everything back at its end and nothing
    before. `cost` 0 only asks whether anything is left.
    """

    name: str
    amount: int
    seconds: float
    refills: bool = True
    cost: int = 1


@dataclass(frozen=True)
class Standing:
    """What a bucket has left, and in how many seconds it gives more; 0: it is full."""

    bucket: Bucket
    left: float
    more_in: float


Taking = tuple[float, list[Standing]]  # the seconds to wait, and how all buckets stand

_noted: ContextVar[list[Standing] | None] = ContextVar("noted", default=None)


@contextmanager
def noted() -> Iterator[list[Standing]]:
    """The list fills with how the buckets stand that are taken from meanwhile, also where they
    refuse.
    """
    standings: list[Standing] = []
    token = _noted.set(standings)
    try:
        yield standings
    finally:
        _noted.reset(token)


def take(*buckets: Bucket) -> None:
    """Take from each bucket, or from none. Raises TooMany."""
    _refuse_or_note(_take(buckets))


def guard(*buckets: Bucket) -> None:
    """As `take`, for what could be guessed. Raises TooMany, and Unavailable where nobody counts."""
    try:
        _refuse_or_note(_take_from_store(store(), buckets))
    except Away as error:
        raise Unavailable(retry_after=RETRY_AFTER_SECONDS) from error


def seconds_to_wait(*buckets: Bucket) -> float:
    """Take from each bucket, or from none, and tell nobody. 0: it may pass; else the seconds until
    it may.
    """
    return _take(buckets)[0]


def _take(buckets: Sequence[Bucket]) -> Taking:
    if not buckets:
        return 0.0, []
    try:
        return _take_from_store(store(), buckets)
    except Away:
        return _take_here(buckets)


def _refuse_or_note(taking: Taking) -> None:
    wait, standings = taking
    found = _noted.get()
    if found is not None:
        found += standings
    refuse_if(wait)


def refuse_if(wait: float) -> None:
    """Raises TooMany, in words that fit the wait."""
    if wait > 0:
        raise TooMany(_words(wait), retry_after=max(1, math.ceil(wait)))


def _words(wait: float) -> str | None:
    """When to come back, where that is no mere moment."""
    minutes, hours = math.ceil(wait / 60), math.ceil(wait / 3600)
    if minutes < 2:
        return None
    if minutes <= 90:
        many: str = ngettext(
            "That was too often. Try again in {n} minute.",
            "That was too often. Try again in {n} minutes.",
            minutes,
        ).format(n=minutes)
        return many
    long: str = ngettext(
        "That was too often. Try again in {n} hour.",
        "That was too often. Try again in {n} hours.",
        hours,
    ).format(n=hours)
    return long


def _take_from_store(from_store: Store, buckets: Sequence[Bucket]) -> Taking:
    keys = [f"limit:{bucket.name}" for bucket in buckets]
    figures: list[float] = []
    for bucket in buckets:
        figures += [bucket.amount, bucket.seconds, int(bucket.refills), bucket.cost]
    wait, now, *rest = map(float, from_store.run(TAKE, keys, figures))
    pairs = zip(buckets, rest[::2], rest[1::2], strict=True)
    return wait, [_standing(bucket, left, since, now) for bucket, left, since in pairs]


# --- Buckets of this process --------------------------------------------------------------------

_here: OrderedDict[str, tuple[float, float]] = OrderedDict()  # name: what is left, and since when
_here_lock = threading.Lock()


def take_here(*buckets: Bucket) -> float:
    """What `seconds_to_wait` does, counted by this process alone."""
    return _take_here(buckets)[0]


def _take_here(buckets: Sequence[Bucket]) -> Taking:
    now = time.monotonic()
    with _here_lock:
        found = [(bucket, *_left_here(bucket, now)) for bucket in buckets]
        wait = max(_wait(*one, now) for one in found)
        if wait == 0:
            found = [(bucket, left - bucket.cost, since) for bucket, left, since in found]
            for bucket, left, since in found:
                _here[bucket.name] = left, since
                _here.move_to_end(bucket.name)
            while len(_here) > MOST_LOCAL_BUCKETS:  # the least used goes first
                _here.popitem(last=False)
    return wait, [_standing(*one, now) for one in found]


def _left_here(bucket: Bucket, now: float) -> tuple[float, float]:
    left, since = _here.get(bucket.name, (float(bucket.amount), now))
    if bucket.refills:
        return min(bucket.amount, left + (now - since) * bucket.amount / bucket.seconds), now
    return (left, since) if now - since < bucket.seconds else (float(bucket.amount), now)


def _standing(bucket: Bucket, left: float, since: float, now: float) -> Standing:
    if not bucket.refills:
        more_in = since + bucket.seconds - now
    else:
        more_in = (math.floor(left) + 1 - left) * bucket.seconds / bucket.amount
    return Standing(bucket, left, more_in if left < bucket.amount else 0.0)


def _wait(bucket: Bucket, left: float, since: float, now: float) -> float:
    lacking = max(bucket.cost, 1) - left
    if lacking <= 0:
        return 0.0
    return (
        lacking * bucket.seconds / bucket.amount if bucket.refills else since + bucket.seconds - now
    )
