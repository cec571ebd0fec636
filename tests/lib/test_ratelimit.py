"""Limits: exactly N pass, all buckets or none, and what happens while the store is away."""

import threading
import time
from itertools import count

import pytest
import redis
from django.core.cache import cache
from django.test import RequestFactory

from cocreate.lib import ratelimit
from cocreate.lib.errors import TooMany, Unavailable
from cocreate.lib.http import client_address, network_of
from cocreate.lib.ratelimit import Bucket, guard, seconds_to_wait, take
from cocreate.lib.store import Away, Store
from cocreate.lib.store import store as the_store
from tests import store

numbers = count()


def bucket(amount=5, seconds=3600, **over):
    """One that no test has used."""
    return Bucket(f"test-{time.time()}-{next(numbers)}", amount, seconds, **over)


def passes(how_often, call):
    """How many of so many calls at once pass."""
    passed, start = [], threading.Barrier(how_often)

    def one():
        start.wait()
        try:
            call()
        except TooMany:
            return
        passed.append(1)

    threads = [threading.Thread(target=one) for _n in range(how_often)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(passed)


@pytest.mark.parametrize("refills", [True, False])
@pytest.mark.parametrize("verb", [take, guard])
def test_d10_of_60_at_once_exactly_5_pass(verb, refills):
    five = bucket(refills=refills)
    assert passes(60, lambda: verb(five)) == 5


def test_d10_of_60_at_once_exactly_5_pass_in_one_process_without_the_store(no_store):
    five = bucket()
    assert passes(60, lambda: take(five)) == 5


def test_a_bucket_says_how_long_to_wait_and_fills_again():
    drop = bucket(1, 0.2)
    assert seconds_to_wait(drop) == 0
    wait = seconds_to_wait(drop)
    assert 0 < wait <= 0.2
    time.sleep(wait + 0.02)
    assert seconds_to_wait(drop) == 0


@pytest.mark.parametrize("here", [False, True])
def test_a_window_gives_nothing_back_before_its_end_and_everything_then(here):
    window = bucket(2, 1, refills=False)
    wait = ratelimit.take_here if here else seconds_to_wait
    assert [wait(window), wait(window)] == [0, 0]
    left = wait(window)
    assert 0 < left <= 1
    time.sleep(left / 2)
    assert wait(window) > 0
    time.sleep(left)
    assert [wait(window), wait(window)] == [0, 0]
    assert wait(window) > 0


@pytest.mark.parametrize("here", [False, True])
def test_taking_from_several_buckets_takes_from_all_or_from_none(here):
    one, two = bucket(1), bucket(2)
    wait = ratelimit.take_here if here else seconds_to_wait
    assert wait(one, two) == 0
    assert wait(one, two) > 0
    assert wait(two) == 0  # the refusal has cost nothing here
    assert wait(two) > 0


@pytest.mark.parametrize("here", [False, True])
def test_asking_costs_nothing(here):
    last, wait = bucket(1), ratelimit.take_here if here else seconds_to_wait
    look = Bucket(last.name, 1, 3600, cost=0)
    assert [wait(look), wait(look), wait(last)] == [0, 0, 0]
    assert wait(look) > 0


def test_of_many_buckets_the_longest_wait_counts():
    short, long = bucket(1, 60), bucket(1, 7000)
    take(short, long)
    with pytest.raises(TooMany) as refused:
        take(short, long)
    assert 6900 < refused.value.retry_after <= 7000
    assert refused.value.message == "That was too often. Try again in 2 hours."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "That is a little fast. Wait a moment and try again."),
        (330, "That was too often. Try again in 6 minutes."),
        (86_000, "That was too often. Try again in 24 hours."),
    ],
)
def test_a_refusal_says_when_to_come_back(seconds, words):
    once = bucket(1, seconds)
    take(once)
    with pytest.raises(TooMany) as refused:
        take(once)
    assert refused.value.message == words
    assert 0 < refused.value.retry_after <= seconds


def test_d11_what_could_be_guessed_is_refused_without_the_store_and_the_rest_goes_on(no_store):
    secret, other = bucket(), bucket()
    for _n in range(3):
        with pytest.raises(Unavailable) as refused:
            guard(secret)
        assert refused.value.retry_after == 5
    assert [seconds_to_wait(other) == 0 for _n in range(7)] == [True] * 5 + [False] * 2


def test_d11_nothing_is_kept_and_nothing_fails_without_the_store(no_store):
    cache.set("x", 1)
    assert cache.get("x", "forgotten") == "forgotten"
    assert cache.add("x", 1) is False
    assert cache.delete("x") is False


def test_r20_a_store_that_is_full_counts_as_away():
    full = Store("redis://127.0.0.1:1/0")

    def too_full():
        raise redis.ResponseError("OOM command not allowed")

    with pytest.raises(Away):
        full.ask(too_full)


def test_r19_of_30_that_meet_a_silent_store_again_one_pays_the_timeout():
    """The first ones to notice may pay together; once it is known, one asks for all."""
    asked = []
    with store.silent_server() as url:
        silent = Store(url)

        def question():
            asked.append(1)
            return silent.client.ping()

        def ask():
            with pytest.raises(Away):
                silent.ask(question)

        ask()
        ask()
        assert len(asked) == 1  # known for a while
        silent._ask_again_at = 0.0  # the pause is over
        threads = [threading.Thread(target=ask) for _n in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(asked) == 2


def test_r17_a_store_that_is_back_is_found_after_the_pause(settings):
    settings.REDIS_URL += "?"  # the same server, and nothing known of it
    known = the_store()
    known._is_away, known._ask_again_at = True, time.monotonic() + 60
    assert not known.answers()
    known._ask_again_at = 0.0
    assert known.answers()
    assert not known._is_away


def test_r17_a_store_that_lost_everything_counts_from_the_start():
    once = bucket(1)
    take(once)
    the_store().client.flushall()
    the_store().client.script_flush()
    assert seconds_to_wait(once) == 0


def test_the_least_used_bucket_of_this_process_is_forgotten_first(monkeypatch):
    monkeypatch.setattr(ratelimit, "MOST_LOCAL_BUCKETS", 2)
    monkeypatch.setattr(ratelimit, "_here", type(ratelimit._here)())
    old, used, new = bucket(1), bucket(2), bucket(1)
    for one in (old, used, used, new):
        ratelimit.take_here(one)
    assert list(ratelimit._here) == [used.name, new.name]


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 5.5.5.5", "5.5.5.5"),
        (1, "5.5.5.5:8080", "5.5.5.5"),
        (1, "[2001:db8::7]:443", "2001:db8::7"),
        (1, "::ffff:5.5.5.5", "5.5.5.5"),
        (1, "6.6.6.6, unknown", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (2, "6.6.6.6, 5.5.5.5", "6.6.6.6"),
        (2, "9.9.9.9, 6.6.6.6, 5.5.5.5", "6.6.6.6"),
        (2, "6.6.6.6", "10.0.0.1"),
    ],
)
def test_s03_a_client_is_believed_only_as_far_as_our_own_proxies_vouch(
    settings, proxies, header, address
):
    settings.TRUSTED_PROXIES = proxies
    claims = {"Forwarded": "for=1.1.1.1", "X-Real-IP": "1.1.1.1", "Client-IP": "1.1.1.1"}
    request = RequestFactory().get(
        "/", headers=claims | {"X-Forwarded-For": header}, REMOTE_ADDR="10.0.0.1"
    )
    assert client_address(request) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_s03_an_address_limit_counts_what_one_line_has(address, network):
    assert network_of(address) == network
