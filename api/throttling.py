"""How often somebody may ask. With the store away each process counts for itself."""

import math

from api.callers import Caller
from cocreate.lib.errors import TooMany
from cocreate.lib.ratelimit import seconds_to_wait

VOTES, VOTES_PER_SECONDS = 60, 60.0


def limit_requests(caller: Caller) -> None:
    """A secret key's own requests a second; 0 is no limit. Raises TooMany."""
    key = caller.key
    if key is not None and key.rate and not caller.is_widget:
        take(f"key:{key.pk}", key.rate, 1.0)


def limit_votes(voter: str) -> None:
    """60 votes a minute. `voter` names a person, whoever votes for them. Raises TooMany."""
    take(f"vote:{voter}", VOTES, VOTES_PER_SECONDS)


def take(key: str, limit: int, per_seconds: float) -> None:
    wait = seconds_to_wait(key, limit=limit, per_seconds=per_seconds)
    if wait > 0:
        raise TooMany(retry_after=max(1, math.ceil(wait)))
