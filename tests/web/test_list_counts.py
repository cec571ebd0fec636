"""The numbers that an open page asks for again and again."""

import pytest

from ideas.domain import ideas, tally, votes
from ideas.domain.counts import MOST
from ideas.enums import Mode, Verb
from tests.factories import make_brand, make_challenge, make_idea
from tests.web.conftest import reader

COUNTS = "/b/mio/counts/"


def ask(client, *made, **headers):
    return client.get(f"{COUNTS}?ideas={','.join(one.code for one in made)}", headers=headers)


def vote(idea, user, value=1):
    votes.cast_as_user(code=idea.code, user_id=user.pk, value=value)


@pytest.mark.django_db(transaction=True)
def test_they_are_support_and_who_is_against_by_code(visitor, brand, charlie, bob):
    challenge = make_challenge(brand, mode=Mode.UP_DOWN)
    one, other = make_idea(challenge), make_idea(challenge)
    vote(one, charlie)
    vote(one, bob, -1)
    tally.fold_until_settled()
    assert ask(visitor, one, other).json() == {"ideas": {one.code: [1, 1], other.code: [0, 0]}}


@pytest.mark.django_db(transaction=True)
def test_they_are_points_where_people_give_points(visitor, brand, charlie):
    idea = make_idea(make_challenge(brand, mode=Mode.POINTS, max_points=5))
    vote(idea, charlie, 4)
    tally.fold_until_settled()
    assert ask(visitor, idea).json()["ideas"][idea.code][0] == 4


def test_a_reader_sees_their_own_vote_before_it_is_folded(visitor, member, idea, charlie):
    vote(idea, charlie)
    assert ask(member, idea).json()["ideas"][idea.code] == [1, 0]
    assert ask(visitor, idea).json()["ideas"][idea.code] == [0, 0]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_again_until_somebody_votes(visitor, idea, charlie):
    first = ask(visitor, idea)
    same = ask(visitor, idea, if_none_match=first["ETag"])
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    vote(idea, charlie)
    tally.fold_until_settled()
    after = ask(visitor, idea, if_none_match=first["ETag"])
    assert (after.status_code, after.json()["ideas"]) == (200, {idea.code: [1, 0]})
    assert after["ETag"] != first["ETag"]


@pytest.mark.django_db(transaction=True)
def test_what_a_phase_hides_is_told_to_nobody(visitor, member, brand, charlie):
    phases = [{"title": "Blind", "verbs": [Verb.SUBMIT, Verb.VOTE], "hides_counts": True}]
    blind = make_challenge(brand, slug="blind", phases=phases)
    hidden = make_idea(blind)
    vote(hidden, charlie)
    tally.fold_until_settled()
    for client in (visitor, member):
        assert ask(client, hidden).json() == {"ideas": {}}


def test_only_ideas_of_the_brand_that_are_listed_are_told_of(visitor, challenge, idea, alice):
    elsewhere = make_idea(make_challenge(make_brand()))
    gone = make_idea(challenge)
    ideas.set_hidden(idea=gone, hidden=True, actor=alice)
    assert list(ask(visitor, idea, elsewhere, gone).json()["ideas"]) == [idea.code]


def test_a_brand_for_its_members_tells_nobody_else(visitor, member, alice):
    club = make_brand("club", owner=alice, visibility="members")
    idea = make_idea(make_challenge(club))
    path = f"/b/club/counts/?ideas={idea.code}"
    assert [client.get(path).status_code for client in (visitor, member)] == [404, 404]
    assert reader(alice).get(path).json()["ideas"] == {idea.code: [0, 0]}


@pytest.mark.parametrize("codes", ["abcdefé", "abc'--", "%00", ",".join(["abcdefg"] * (MOST + 1))])
def test_what_no_page_asks_for_is_refused(visitor, idea, codes):
    assert visitor.get(f"{COUNTS}?ideas={codes}").status_code == 400


def test_no_ideas_are_no_question(visitor, brand, django_assert_num_queries):
    assert visitor.get(COUNTS).json() == {"ideas": {}}
    with django_assert_num_queries(1):
        visitor.get(COUNTS)


def test_a_visitor_costs_two_queries_however_many_ideas(
    visitor, challenge, django_assert_num_queries
):
    made = [make_idea(challenge) for _n in range(5)]
    tag = ask(visitor, *made)["ETag"]
    with django_assert_num_queries(2):  # brand, counts
        assert ask(visitor, *made, if_none_match=tag).status_code == 304


def test_a_member_costs_three(member, challenge, django_assert_num_queries):
    made = [make_idea(challenge) for _n in range(5)]
    tag = ask(member, *made)["ETag"]
    with django_assert_num_queries(3):  # session and user, brand, counts
        assert ask(member, *made, if_none_match=tag).status_code == 304


def test_caches_may_share_what_visitors_see_for_seconds_and_keep_nothing_of_members(
    visitor, member, idea
):
    for headers in ({}, {"if_none_match": ask(visitor, idea)["ETag"]}):
        assert "s-maxage=5" in ask(visitor, idea, **headers)["Cache-Control"]
    assert "no-store" in ask(member, idea)["Cache-Control"]
    assert not ask(visitor, idea).cookies


def test_nothing_can_be_sent_there(visitor, brand):
    assert visitor.post(COUNTS).status_code == 405
