"""RateLimit and RateLimit-Policy: what is left, told to whoever took something."""

import re

import pytest

from accounts import limits
from cocreate.lib.ratelimit import Bucket, noted, take
from tests.api.conftest import bearer, refusal, until_refused
from tests.factories import make_idea

pytestmark = pytest.mark.django_db

ROOF = {"title": "A roof that drinks the rain"}


def policies(response):
    """{name: (of how many, in how many seconds)}"""
    found = re.findall(r'"([a-z-]+)";q=(\d+);w=(\d+)', response["RateLimit-Policy"])
    return {name: (int(quota), int(window)) for name, quota, window in found}


def left(response):
    """{name: (what is left, seconds until there is more)}"""
    found = re.findall(r'"([a-z-]+)";r=(\d+);t=(\d+)', response["RateLimit"])
    return {name: (int(rest), int(seconds)) for name, rest, seconds in found}


def test_a_vote_tells_how_many_are_left_in_this_minute(idea, as_member, charlie):
    member = as_member(charlie)
    first, second = (member.put(f"ideas/{idea.code}/vote/", {"value": 1}) for _n in range(2))
    assert policies(first) == {"vote": (60, 60)}
    assert left(first)["vote"] == (59, 1)
    assert left(second)["vote"][0] in {58, 59}  # a drop may have come


def test_an_idea_counts_against_an_hour_and_a_day(brand, as_member, charlie):
    answer = as_member(charlie).post("brands/mio/ideas/", ROOF)
    assert policies(answer) == {"idea-hour": (10, 3600), "idea-day": (30, 86_400)}
    assert left(answer) == {"idea-hour": (9, 360), "idea-day": (29, 2880)}


def test_a_refusal_tells_that_nothing_is_left_and_when_there_is_more(brand, as_member, charlie):
    member = as_member(charlie)
    late = until_refused(lambda: member.post("brands/mio/ideas/", ROOF))[-1]
    assert refusal(late) == (429, "too_many")
    rest, seconds = left(late)["idea-hour"]
    assert rest == 0
    assert seconds == int(late["Retry-After"])


def test_a_key_is_told_its_own_rate_and_that_of_the_person_it_votes_for(idea, as_server):
    server = as_server(idea.brand, rate=5)
    assert policies(server.get("brands/mio/")) == {"key": (5, 1)}
    sent = {"value": 1, "voter": {"external_id": "c-1", "email": "zoe@example.org"}}
    answer = server.put(f"ideas/{idea.code}/vote/", sent)
    assert policies(answer) == {"key": (5, 1), "vote": (60, 60)}
    assert "key" in left(answer)


def test_of_two_buckets_of_one_person_the_emptier_is_told(idea, as_server):
    limits.vote_on_behalf(brand_id=idea.brand_id, external_id="c-7", email=None)
    for _n in range(30):
        limits.vote_on_behalf(brand_id=idea.brand_id, external_id=None, email="nina@example.org")
    sent = {"value": 1, "voter": {"external_id": "c-7", "email": "nina@example.org"}}
    answer = as_server(idea.brand).put(f"ideas/{idea.code}/vote/", sent)
    assert left(answer)["vote"][0] < 40


def test_what_is_not_limited_says_nothing(idea, as_server, as_member, visitor, charlie):
    for answer in (
        visitor.get("brands/mio/"),
        as_member(charlie).get(f"ideas/{idea.code}/"),
        as_server(idea.brand).get("brands/mio/ideas/"),
        bearer("cos_" + "0" * 32).get("me/"),
    ):
        assert ("RateLimit" in answer, "RateLimit-Policy" in answer) == (False, False)


def test_the_next_answer_says_nothing_of_the_one_before(idea, as_member, charlie):
    member = as_member(charlie)
    assert "RateLimit" in member.put(f"ideas/{idea.code}/vote/", {"value": 1})
    assert "RateLimit" not in member.get(f"ideas/{idea.code}/")


def test_that_a_key_has_leaked_is_told_to_nobody_but_its_owner(visitor, brand, as_server):
    secret = as_server(brand).headers["Authorization"].split()[1]
    answer = visitor.get(f"brands/mio/?key={secret}")
    assert refusal(answer) == (400, "key_in_url")
    assert "RateLimit" not in answer


def test_it_is_told_with_the_store_away_too(no_store, brand, as_member, charlie):
    answer = as_member(charlie).post("brands/mio/ideas/", ROOF)
    assert left(answer) == {"idea-hour": (9, 360), "idea-day": (29, 2880)}


def test_similar_ideas_tell_a_person_theirs_and_a_visitor_their_networks(idea, as_member, charlie):
    make_idea(idea.challenge)
    member = as_member(charlie).get(f"ideas/{idea.code}/similar/")
    assert policies(member) == {"similar": (120, 60)}


def test_a_window_gives_more_at_its_end(no_store):
    window = Bucket("test-window", 3, 100, refills=False)
    with noted() as standings:
        take(window)
    (standing,) = standings
    assert standing.left == 2
    assert 99 < standing.more_in <= 100
