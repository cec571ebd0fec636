"""Limits that let exactly N pass: buckets in Valkey, taken from by one atomic script.

With Valkey away `take` goes on with buckets of this process: looser (one set per process), and it
never waits. `guard` refuses then: it stands before what could be guessed.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import redis
from django.utils.translation import ngettext

from cocreate.lib.errors import RETRY_AFTER_SECONDS, TooMany, Unavailable
from cocreate.lib.store import Away, Store, store

# The store's own clock: two web servers whose clocks differ share one bucket.
TAKE = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
local wait, after = 0, {}
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
    after[n] = {left - cost, at, seconds}
end
if wait > 0 then return tostring(wait) end
for n, key in ipairs(KEYS) do
    if tonumber(ARGV[4 * n]) > 0 then
        redis.call('HSET', key, 'left', tostring(after[n][1]), 'at', tostring(after[n][2]))
        redis.call('PEXPIRE', key, math.ceil(after[n][3] * 1000) + 1000)
    end
end
return '0'
"""
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


def take(*buckets: Bucket) -> None:
    """Take from each bucket, or from none. Raises TooMany."""
    refuse_if(seconds_to_wait(*buckets))


def guard(*buckets: Bucket) -> None:
    """As `take`, for what could be guessed. Raises TooMany, and Unavailable where nobody counts."""
    try:
        refuse_if(_take_from_store(store(), buckets))
    except Away as error:
        raise Unavailable(retry_after=RETRY_AFTER_SECONDS) from error


def seconds_to_wait(*buckets: Bucket) -> float:
    """Take from each bucket, or from none. 0: it may pass; else the seconds until it may."""
    if not buckets:
        return 0.0
    try:
        return _take_from_store(store(), buckets)
    except Away:
        return take_here(*buckets)


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


def _take_from_store(from_store: Store, buckets: Sequence[Bucket]) -> float:
    keys = [f"limit:{bucket.name}" for bucket in buckets]
    figures: list[float] = []
    for bucket in buckets:
        figures += [bucket.amount, bucket.seconds, int(bucket.refills), bucket.cost]
    script = _script(from_store)
    return float(from_store.ask(lambda: script(keys=keys, args=figures)))


@cache
def _script(of_store: Store) -> "redis.commands.core.Script":
    return of_store.client.register_script(TAKE)


# --- Buckets of this process --------------------------------------------------------------------

_here: OrderedDict[str, tuple[float, float]] = OrderedDict()  # name: what is left, and since when
_here_lock = threading.Lock()


def take_here(*buckets: Bucket) -> float:
    """What `seconds_to_wait` does, counted by this process alone."""
    now = time.monotonic()
    with _here_lock:
        left = [_left_here(bucket, now) for bucket in buckets]
        wait = max(_wait(bucket, *one, now) for bucket, one in zip(buckets, left, strict=True))
        if wait > 0:
            return wait
        for bucket, (rest, since) in zip(buckets, left, strict=True):
            _here[bucket.name] = rest - bucket.cost, since
            _here.move_to_end(bucket.name)
        while len(_here) > MOST_LOCAL_BUCKETS:  # the least used goes first
            _here.popitem(last=False)
    return 0.0


def _left_here(bucket: Bucket, now: float) -> tuple[float, float]:
    left, since = _here.get(bucket.name, (float(bucket.amount), now))
    if bucket.refills:
        return min(bucket.amount, left + (now - since) * bucket.amount / bucket.seconds), now
    return (left, since) if now - since < bucket.seconds else (float(bucket.amount), now)


def _wait(bucket: Bucket, left: float, since: float, now: float) -> float:
    lacking = max(bucket.cost, 1) - left
    if lacking <= 0:
        return 0.0
    return (
        lacking * bucket.seconds / bucket.amount if bucket.refills else since + bucket.seconds - now
    )
