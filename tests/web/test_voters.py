"""Where the rules say who votes, the others read so in place of a button."""

import pytest

from accounts.domain.participants import of_user
from accounts.models import Participant
from ideas.domain import challenges, votes
from ideas.enums import Voters
from tests.factories import make_challenge, make_idea
from tests.web.conftest import path_of, reader, text_of

TEAM_ONLY = "Only the brand’s team votes here."
ADMITTED_ONLY = "Only people whom the brand has admitted vote here."


@pytest.fixture
def chosen(brand):
    return make_idea(make_challenge(brand, slug="chosen", who_votes=Voters.ADMITTED))


@pytest.fixture
def inner(brand):
    return make_idea(make_challenge(brand, slug="inner", who_votes=Voters.TEAM))


def admit(brand, user):
    Participant.objects.filter(pk=of_user(brand=brand, user=user).pk).update(admitted=True)


def offers_a_vote(page):
    body = page.content.decode()
    return 'name="value"' in body or "/vote/?value=" in body


@pytest.mark.parametrize("where", ["idea", "list", "vote"])
def test_who_may_vote_is_offered_a_vote_and_who_may_not_is_told_why(
    brand, chosen, inner, rita, charlie, mallory, where
):
    admit(brand, charlie)
    told = {}
    for idea in (chosen, inner):
        paths = {
            "idea": path_of(idea),
            "list": f"/b/mio/c/{idea.challenge.slug}/",
            "vote": f"/i/{idea.code}/vote/",
        }
        for user in (rita, charlie, mallory):
            page = reader(user).get(paths[where])
            told[idea.challenge.slug, user.display_name] = (
                offers_a_vote(page), TEAM_ONLY in text_of(page), ADMITTED_ONLY in text_of(page),
            )  # fmt: skip
    assert told == {
        ("chosen", "Rita"): (True, False, False),
        ("chosen", "Charlie"): (True, False, False),
        ("chosen", "Mallory"): (False, False, True),
        ("inner", "Rita"): (True, False, False),
        ("inner", "Charlie"): (False, True, False),
        ("inner", "Mallory"): (False, True, False),
    }


def test_a_visitor_is_told_before_signing_up_for_nothing(visitor, chosen):
    page = visitor.get(path_of(chosen))
    assert ADMITTED_ONLY in text_of(page)
    assert not offers_a_vote(page)
    assert "To vote you need an account" not in text_of(page)


def test_a_visitor_is_told_all_that_the_first_vote_takes(visitor, idea):
    said = "To vote you need an account: a name, your e-mail address, a password, and the code"
    assert said in text_of(visitor.get(path_of(idea)))


def test_a_try_is_refused_with_the_reason(member, inner):
    page = member.post(f"/i/{inner.code}/vote/", {"value": "1"})
    assert page.status_code == 403
    assert "only the people whom the brand has chosen vote" in text_of(page)
    fragment = member.post(f"/i/{inner.code}/vote/", {"value": "1"}, headers={"X-Fragment": "1"})
    assert fragment.status_code == 403
    assert TEAM_ONLY in text_of(fragment)


def test_what_was_cast_before_may_still_be_taken_back(member, brand, charlie):
    challenge = make_challenge(brand, slug="later")
    idea = make_idea(challenge)
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    challenges.change_rules(challenge=challenge, actor=None, who_votes=Voters.TEAM)
    page = member.get(path_of(idea))
    assert "You voted" in text_of(page)
    assert "Take your vote back" in text_of(page)
    page = member.post(f"/i/{idea.code}/vote/", {"value": "0"}, follow=True)
    assert page.status_code == 200
    assert "You voted" not in text_of(page)


@pytest.mark.parametrize("there", [1, 3])
def test_a_list_asks_once_whether_somebody_is_admitted(
    brand, charlie, there, django_assert_num_queries
):
    challenge = make_challenge(brand, slug="chosen", who_votes=Voters.ADMITTED)
    for _n in range(there):
        make_idea(challenge)
    client = reader(charlie)
    client.get("/b/mio/c/chosen/")
    with django_assert_num_queries(8):  # as for everybody, figures at hand, and this one
        client.get("/b/mio/c/chosen/")
