"""Limits that let exactly N pass: a token bucket in Valkey, counted by one atomic script.

With Valkey away a bucket in this process takes over: it is looser (one per process) and never
waits.
"""

import logging
import threading
import time
from dataclasses import dataclass
from functools import cache

import redis
from django.conf import settings

log = logging.getLogger(__name__)

# The store's own clock: two web servers whose clocks differ share one bucket.
TAKE = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
local limit, rate = tonumber(ARGV[1]), tonumber(ARGV[1]) / tonumber(ARGV[2])
local bucket = redis.call('HMGET', KEYS[1], 'left', 'at')
local left, at = tonumber(bucket[1]) or limit, tonumber(bucket[2]) or now
left = math.min(limit, left + (now - at) * rate)
local wait = 0
if left >= 1 then left = left - 1 else wait = (1 - left) / rate end
redis.call('HSET', KEYS[1], 'left', tostring(left), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[2]) * 1000) + 1000)
return tostring(wait)
"""
MOST_LOCAL_BUCKETS = 10_000
RETRY_STORE_SECONDS = 2.0


@dataclass
class Bucket:
    left: float
    at: float


_local: dict[str, Bucket] = {}
_local_lock = threading.Lock()
_store_away_until = 0.0


def seconds_to_wait(key: str, *, limit: int, per_seconds: float) -> float:
    """Take one of `limit` per `per_seconds`. 0: it may pass; else the seconds until the next one
    may.
    """
    global _store_away_until  # noqa: PLW0603 - one memory per process is the point
    if time.monotonic() >= _store_away_until:
        try:
            return float(_script()(keys=[f"limit:{key}"], args=[limit, per_seconds]))
        except redis.RedisError as error:
            log.warning("limits fall back to this process: %s", error)
            _store_away_until = time.monotonic() + RETRY_STORE_SECONDS
    return _take_locally(key, limit, per_seconds)


def _take_locally(key: str, limit: int, per_seconds: float) -> float:
    now, rate = time.monotonic(), limit / per_seconds
    with _local_lock:
        if len(_local) > MOST_LOCAL_BUCKETS:
            _local.clear()
        bucket = _local.setdefault(key, Bucket(limit, now))
        bucket.left, bucket.at = min(limit, bucket.left + (now - bucket.at) * rate), now
        if bucket.left < 1:
            return (1 - bucket.left) / rate
        bucket.left -= 1
        return 0.0


@cache
def _script() -> "redis.commands.core.Script":
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, retry=None
    )
    return client.register_script(TAKE)
