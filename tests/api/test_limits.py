"""How often programs may ask, and what a flood costs."""

from itertools import count

import pytest

from accounts import limits
from ideas.models import Idea, Vote
from tests.api.conftest import bearer, queries_sent, refusal, until_refused
from tests.factories import make_idea, make_participant

numbers = count(1)


@pytest.fixture
def elsewhere(db):
    """Makes callers at an address that no other test has."""
    address = f"192.0.2.{next(numbers)}"

    def at(secret):
        api = bearer(secret)
        api.client.defaults["REMOTE_ADDR"] = address
        return api

    return at


def wrong_keys():
    return (f"cos_{n:032}" for n in count())


def test_a_flood_of_wrong_keys_is_refused_before_it_is_looked_up(elsewhere):
    keys = wrong_keys()
    *answers, late = until_refused(lambda: elsewhere(next(keys)).get("me/"))
    assert {refusal(answer) for answer in answers} == {(401, "bad_credential")}
    assert len(answers) >= limits.WRONG_CREDENTIALS_FROM_NETWORK.amount
    assert refusal(late) == (429, "too_many")
    assert int(late["Retry-After"]) >= 1
    with queries_sent() as sent:
        until_refused(lambda: elsewhere(next(keys)).get("me/"))
    assert len([query for query in sent if "apikey" in query.lower()]) <= 1  # a drop may have come


def test_a_flood_from_one_address_keeps_no_other_from_asking(elsewhere, as_server, brand):
    keys, server = wrong_keys(), as_server(brand)
    until_refused(lambda: elsewhere(next(keys)).get("me/"))
    assert server.get("me/").status_code == 200


def test_right_keys_fill_no_bucket_of_wrong_ones(as_server, brand):
    server = as_server(brand)
    assert {server.get("me/").status_code for _n in range(150)} == {200}


def idea_of(n, **over):
    return {"challenge": "street", "title": f"A roof that drinks the rain {n}"} | over


def test_a_member_posts_10_ideas_in_an_hour_by_whichever_program(
    as_member, as_program, challenge, charlie
):
    browser, program = as_member(charlie), as_program(charlie)
    for n in range(5):
        assert browser.post("brands/mio/ideas/", idea_of(n)).status_code == 201
        assert program.post("brands/mio/ideas/", idea_of(n)).status_code == 201
    late = browser.post("brands/mio/ideas/", idea_of(10))
    assert refusal(late) == (429, "too_many")
    assert 300 < int(late["Retry-After"]) <= 360
    assert Idea.objects.count() == 10


def test_a_key_posts_10_ideas_in_an_hour_for_one_person_and_as_the_brand_as_it_likes(
    as_server, challenge
):
    server = as_server(challenge.brand)
    author = {"external_id": "c-1"}
    statuses = [
        server.post("brands/mio/ideas/", idea_of(n, author=author)).status_code for n in range(11)
    ]
    assert statuses == [201] * 10 + [429]
    other = idea_of(11, author={"external_id": "c-2"})
    assert server.post("brands/mio/ideas/", other).status_code == 201
    assert server.post("brands/mio/ideas/", idea_of(12)).status_code == 201


def test_a_member_changes_ideas_30_times_in_an_hour_by_page_or_program(
    as_member, as_server, challenge, charlie
):
    author = make_participant(challenge.brand, charlie)
    path = f"ideas/{make_idea(challenge, author=author).code}/"
    for _ in range(limits.EDITS_OF_PERSON.amount - 1):
        limits.edit_idea(user_id=charlie.pk)
    browser, server = as_member(charlie), as_server(challenge.brand)
    assert browser.patch(path, {"title": "A roof of moss"}).status_code == 200
    assert refusal(browser.patch(path, {"title": "A wall of moss"})) == (429, "too_many")
    assert Idea.objects.get().title == "A roof of moss"
    assert server.patch(path, {"title": "A floor of moss"}).status_code == 200


def test_a_member_deletes_10_ideas_in_an_hour_by_page_or_program(as_member, challenge, charlie):
    author = make_participant(challenge.brand, charlie)
    one, other = (make_idea(challenge, author=author) for _ in range(2))
    for _ in range(limits.DELETIONS_OF_PERSON.amount - 1):
        limits.delete_idea(user_id=charlie.pk)
    assert as_member(charlie).delete(f"ideas/{one.code}/").status_code == 204
    assert refusal(as_member(charlie).delete(f"ideas/{other.code}/")) == (429, "too_many")
    assert Idea.objects.filter(deleted_at=None).get() == other


def test_whoever_is_named_by_id_and_address_has_one_limit_with_either(as_server, challenge):
    idea, server = make_idea(challenge), as_server(challenge.brand)
    both = {"external_id": "c-9", "email": "nina@example.org"}

    def vote(**voter):
        return server.put(f"ideas/{idea.code}/vote/", {"value": 1, "voter": voter})

    assert refusal(until_refused(lambda: vote(**both))[-1]) == (429, "too_many")
    for alone in ({"external_id": "c-9"}, {"email": "Nina+x@example.org"}):
        answers = until_refused(lambda voter=alone: vote(**voter))
        assert len(answers) < limits.VOTES_OF_PERSON.amount / 2  # what dripped meanwhile
    assert Vote.objects.count() == 1
