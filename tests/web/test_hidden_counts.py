"""V23: a change of rules hides the counts. They are nowhere then: page, API, order, tags of an
answer, statement; the team sees no more than others.
"""

import pytest
from django.core.cache import cache

from ideas.domain import challenges, tally, votes
from ideas.enums import Verb
from tests.factories import make_challenge, make_idea, make_user
from tests.web.conftest import path_of, reader, text_of

pytestmark = pytest.mark.django_db(transaction=True)

BLIND = [{"title": "Blind", "verbs": [Verb.SUBMIT, Verb.VOTE], "hides_counts": True}]
PUBLIC = [{"title": "Open", "verbs": [Verb.SUBMIT, Verb.VOTE]}]
COUNTS = [77, 31, 13, 5]


@pytest.fixture
def blind(brand):
    """Ideas with known counts, hidden by a change of rules."""
    challenge = make_challenge(brand, slug="blind", phases=PUBLIC, budget=9)
    people = [make_user() for _n in range(COUNTS[0])]
    ideas = [make_idea(challenge, title=f"Idea {letter}") for letter in "ABCD"]
    for idea, count in zip(ideas, COUNTS, strict=True):
        for user in people[:count]:
            votes.cast_as_user(code=idea.code, user_id=user.pk, value=1)
    tally.fold_until_settled()
    challenges.change_rules(challenge=challenge, actor=None, phases=BLIND)
    cache.clear()
    return challenge, ideas, people


def test_v23_counts_are_told_to_nobody_from_the_change_on(blind, bob, charlie):
    challenge, ideas, people = blind
    paths = [
        "/b/mio/c/blind/", "/b/mio/c/blind/?sort=new", "/b/mio/c/blind/rules/", "/b/mio/",
        "/api/v1/brands/mio/ideas/?challenge=blind", "/desk/mio/?challenge=blind",
        *[path_of(idea) for idea in ideas], *[f"/api/v1/ideas/{idea.code}/" for idea in ideas],
    ]  # fmt: skip
    for user in (None, charlie, people[0], bob):
        client = reader(user)
        for path in paths:
            if path.startswith("/desk/") and user is not bob:
                continue
            body = client.get(path).content.decode()
            for count in COUNTS[:3]:
                assert f">{count}<" not in body, (path, count)
                assert f'": {count}' not in body and f'":{count}' not in body, (path, count)
    for row in reader(bob).get(paths[4]).json()["results"]:
        shown = {row[name] for name in ("support", "oppose", "points", "score")}
        assert (row["counts_hidden"], shown) == (True, {None})


@pytest.mark.parametrize("sort", ["hot", "top", "best", "rising", "discover"])
def test_v23_no_order_by_votes_is_given(blind, visitor, bob, sort):
    for client in (visitor, reader(bob)):
        assert client.get(f"/b/mio/c/blind/?sort={sort}").status_code == 400
        answer = client.get(f"/api/v1/brands/mio/ideas/?challenge=blind&sort={sort}")
        assert (answer.status_code, answer.json()["code"]) == (400, "sort_hidden")


def test_v23_the_usual_order_is_a_circle_that_votes_do_not_turn(blind, visitor):
    challenge, ideas, people = blind
    circle = sorted(ideas, key=lambda idea: idea.shuffle)
    codes = [idea.code for idea in circle]
    turns = [codes[n:] + codes[:n] for n in range(len(codes))]
    for _n in range(5):
        page = visitor.get("/api/v1/brands/mio/ideas/?challenge=blind").json()
        assert [row["code"] for row in page["results"]] in turns


def test_v23_a_vote_changes_no_tag_and_only_its_voter_sees_it(blind, visitor, charlie):
    _challenge, ideas, _people = blind
    path = f"/api/v1/ideas/{ideas[0].code}/"
    before = visitor.get(path)
    votes.cast_as_user(code=ideas[0].code, user_id=charlie.pk, value=1)
    tally.fold_until_settled()
    after = visitor.get(path)
    assert (after["ETag"], after.json()) == (before["ETag"], before.json())
    assert reader(charlie).get(path).json()["my_vote"] == 1


def test_v23_when_the_rules_show_them_again_they_are_exact(blind, visitor):
    challenge, ideas, _people = blind
    challenges.change_rules(challenge=challenge, actor=None, phases=PUBLIC)
    tally.fold_until_settled()
    shown = [visitor.get(f"/api/v1/ideas/{idea.code}/").json()["support"] for idea in ideas]
    assert shown == COUNTS
    page = text_of(visitor.get("/b/mio/c/blind/rules/"))
    assert "counts hidden" in page  # the log tells that they were
