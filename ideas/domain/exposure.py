"""How often ideas are seen in lists, for `discover` (R2 in ideas.domain.scoring) and for people.

A showing at place r weighs r^-0.7: that is how often people look there (measured on our feeds, and
like the click models of search pages). Each counts once per visitor, idea and day, and a visitor's
day once per challenge.

The store collects, and a task adds it to the database each minute. Who visits is known by a keyed
hash under a key of the day (UTC) that lives in the store, until a few minutes after midnight, and
for seconds in a process that asked for it. Without it nobody can tell whose hash it was, today's
and yesterday's are never the same, and no address is ever kept.

What the store holds is bounded: so many visitors a day, so many of one network and so many ideas
for each, the others go uncounted. With the store away nobody is counted.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import connection, transaction

from cocreate.lib.store import Away, Script, Store, store

FADES_BY = 0.7
DAY_SECONDS = 86_400
GRACE_SECONDS = 300  # behind midnight: the clocks here and there may differ by so much
MOST_VISITORS = 100_000  # a day
MOST_OF_NETWORK = 200  # a school, an office; whoever makes up browsers gets no further
MOST_IDEAS = 500  # for each; the store keeps so many small numbers in a few bytes each

# A process asks for the day's key anew after so long; one that counts nothing more holds its last.
KEY_SECONDS = 5
_keys: WeakKeyDictionary[Store, tuple[str, float, bytes]] = WeakKeyDictionary()

COLLECTED, TAKEN = "seen:now", "seen:taken"

# KEYS: the visitor's set, the collecting hash, the day's count of visitors, that of the network.
# ARGV: when the day is forgotten, the limits, the number of challenges, their ids, then pairs of an
# idea's id and its weight. A challenge stands in the visitor's set as a negative number: sets of
# numbers are small.
SEE = Script("""
local known = redis.call('SCARD', KEYS[1])
if known == 0 then
    if tonumber(redis.call('GET', KEYS[3]) or '0') >= tonumber(ARGV[2]) then return 0 end
    if tonumber(redis.call('GET', KEYS[4]) or '0') >= tonumber(ARGV[4]) then return 0 end
    for n = 3, 4 do
        redis.call('INCR', KEYS[n])
        redis.call('EXPIREAT', KEYS[n], ARGV[1])
    end
end
local counted, first_idea = 0, 6 + ARGV[5]
for n = 6, first_idea - 1 do
    if redis.call('SADD', KEYS[1], '-' .. ARGV[n]) == 1 then
        redis.call('HINCRBY', KEYS[2], 'c' .. ARGV[n], 1)
    end
end
for n = first_idea, #ARGV, 2 do
    if known + counted < tonumber(ARGV[3]) and redis.call('SADD', KEYS[1], ARGV[n]) == 1 then
        counted = counted + 1
        redis.call('HINCRBYFLOAT', KEYS[2], 'v' .. ARGV[n], ARGV[n + 1])
        redis.call('HINCRBY', KEYS[2], 'n' .. ARGV[n], 1)
    end
end
redis.call('EXPIREAT', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[2], 86400)
return counted
""")
# What was collected becomes a batch with a number, unless one is still there that somebody did not
# finish. ARGV: the number of the batch that was stored last.
TAKE = Script("""
if redis.call('EXISTS', KEYS[2]) == 0 then
    if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
    local now = redis.call('TIME')
    local number = math.max(now[1] * 1000 + math.floor(now[2] / 1000), tonumber(ARGV[1]) + 1)
    redis.call('RENAME', KEYS[1], KEYS[2])
    redis.call('HSET', KEYS[2], 'batch', string.format('%d', number))
end
return redis.call('HGETALL', KEYS[2])
""")

# ARGV: the number of a batch that the database has. Somebody else may have taken another since.
FORGET = Script("""
if redis.call('HGET', KEYS[1], 'batch') == ARGV[1] then redis.call('DEL', KEYS[1]) end
""")

# Rows are written in the order of their ids: two writers never wait for each other in a circle.
ADD_VIEWS = """
    INSERT INTO ideas_exposure AS e (idea_id, views, times, stored_at)
    SELECT i.id, n.views, n.times, now()
      FROM unnest(%s::bigint[], %s::float8[], %s::bigint[]) n (id, views, times)
      JOIN ideas_idea i ON i.id = n.id ORDER BY i.id
    ON CONFLICT (idea_id) DO UPDATE
        SET views = e.views + excluded.views, times = e.times + excluded.times,
            stored_at = excluded.stored_at
"""
ADD_VISITS = """
    INSERT INTO ideas_attendance AS a (challenge_id, visits)
    SELECT c.id, n.visits FROM unnest(%s::bigint[], %s::bigint[]) n (id, visits)
      JOIN ideas_challenge c ON c.id = n.id ORDER BY c.id
    ON CONFLICT (challenge_id) DO UPDATE SET visits = a.visits + excluded.visits
"""
TOUCH_ORDERS = """
    WITH seen AS (SELECT DISTINCT brand_id, challenge_id FROM ideas_idea WHERE id = ANY (%s))
    INSERT INTO ideas_ordertouch (brand_id, challenge_id, urgent)
    SELECT brand_id, challenge_id, false FROM seen
    UNION
    SELECT brand_id, NULL, false FROM seen
"""
LAST_STORED = """
    SELECT after_seq FROM ideas_tallycursor WHERE name = 'exposure' FOR UPDATE SKIP LOCKED
"""
FIGURES = """
    SELECT coalesce(e.times, 0), coalesce(e.views, 0), s.support + s.oppose
      FROM ideas_score s LEFT JOIN ideas_exposure e ON e.idea_id = s.idea_id WHERE s.idea_id = %s
"""


class Showing(NamedTuple):
    """A list as somebody was shown it."""

    network: str
    agent: str
    ideas: tuple[int, ...]
    challenges: tuple[int, ...]


def weight(place: int) -> float:
    """Of a showing at this place of a list; 1 is the first."""
    return float(place**-FADES_BY)


@cache
def _weight_as_text(place: int) -> str:
    return f"{weight(place):.6f}"


def seen_all(showings: Iterable[Showing]) -> None:
    """In one trip. Network and browser make the visitor; only hashes of them leave this process.
    Never raises.
    """
    shown = [one for one in showings if one.ideas]
    if not shown:
        return
    there = store()
    with suppress(Away):
        day = int(time.time()) // DAY_SECONDS
        key = _key_of(there, day, _end_of(day))
        there.run_all(SEE, [_asking(one, day, key) for one in shown])


def keep() -> int:
    """Add what was collected to the database. Returns the number of ideas.

    Every batch is added exactly once, wherever this is killed: it stays in the store until the
    database has it, and the database knows its number.
    """
    there = store()
    with transaction.atomic():
        last = _last_stored()
        if last is None:  # another is at it
            return 0
        try:
            batch = there.run(TAKE, [COLLECTED, TAKEN], [last])
        except Away:
            return 0
        found = {name.decode(): value for name, value in zip(batch[::2], batch[1::2], strict=True)}
        kept = _add(found, last)
    if found:  # committed: nobody needs it any more
        with suppress(Away):
            there.run(FORGET, [TAKEN], [found["batch"]])
    return kept


@transaction.atomic
def add(ideas: Mapping[int, tuple[float, int]], visits: Mapping[int, int]) -> None:
    """Views and times by the id of the idea, visits by that of the challenge, to what is there."""
    views, times = [one[0] for one in ideas.values()], [one[1] for one in ideas.values()]
    with connection.cursor() as cursor:
        cursor.execute(ADD_VIEWS, [list(ideas), views, times])
        cursor.execute(ADD_VISITS, [list(visits), list(visits.values())])
        cursor.execute(TOUCH_ORDERS, [list(ideas)])


def figures_of(idea_id: int) -> dict[str, Any]:
    """`times` it was shown in lists, `views` those weighed by place, and its votes for each 100 of
    them (None: it was not shown yet, or it `has_more_votes` than views: most who voted had seen it
    elsewhere, or before showings were counted).
    """
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [idea_id])
        times, views, votes = cursor.fetchone() or (0, 0.0, 0)
    has_more_votes = votes > views
    per_hundred = 100 * votes / views if views and not has_more_votes else None
    return {
        "times": times, "views": views, "per_hundred": per_hundred,
        "has_more_votes": has_more_votes,
    }  # fmt: skip


def _end_of(day: int) -> int:
    """When it is forgotten."""
    return (day + 1) * DAY_SECONDS + GRACE_SECONDS


def _asking(one: Showing, day: int, key: bytes) -> tuple[list[str], list[Any]]:
    """The keys and arguments of SEE."""
    visitor, of_network = _name(key, f"{one.network} {one.agent}"), _name(key, one.network)
    weights = [part for n, idea in enumerate(one.ideas, 1) for part in (idea, _weight_as_text(n))]
    limits = (MOST_VISITORS, MOST_IDEAS, MOST_OF_NETWORK)
    return (
        [f"seen:by:{visitor}", COLLECTED, f"seen:visitors:{day}", f"seen:from:{of_network}"],
        [_end_of(day), *limits, len(one.challenges), *one.challenges, *weights],
    )


def _name(key: bytes, of: str) -> str:
    return hmac.new(key, of.encode(), hashlib.sha256).hexdigest()[:24]


def _key_of(there: Store, day: int, forgotten_at: int) -> bytes:
    """Of that day; this process asks for it once in KEY_SECONDS. Raises Away."""
    name, now = f"seen:key:{day}", time.time()
    of, until, key = _keys.get(there, ("", 0.0, b""))
    if of != name or not until - KEY_SECONDS <= now < until:
        key = there.ask(lambda: _asked(there, name, forgotten_at))
        _keys[there] = name, now + KEY_SECONDS, key
    return key


def _asked(there: Store, name: str, forgotten_at: int) -> bytes:
    """Whoever comes first that day makes it. Raises Away where it is forgotten at once: by the
    store's clock the day is long over.
    """
    with there.client.pipeline(transaction=False) as pipe:
        pipe.set(name, secrets.token_bytes(32), nx=True, exat=forgotten_at)
        pipe.get(name)
        _made, key = pipe.execute()
    if key is None:
        raise Away
    return bytes(key)


def _last_stored() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(LAST_STORED)
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _add(found: Mapping[str, bytes], last: int) -> int:
    number = int(found.get("batch", 0))
    if number <= last:  # empty, or it is in the database already
        return 0
    ideas = {
        int(name[1:]): (float(value), int(found.get(f"n{name[1:]}", 0)))
        for name, value in found.items() if name[0] == "v"
    }  # fmt: skip
    add(ideas, {int(name[1:]): int(value) for name, value in found.items() if name[0] == "c"})
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ideas_tallycursor SET after_seq = %s WHERE name = 'exposure'", [number]
        )
    return len(ideas)
