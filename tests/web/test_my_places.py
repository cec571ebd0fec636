"""A member's brands, and the way out of a team or a community."""

import pytest

from accounts.domain import admission, keys, places, teams
from accounts.enums import Role, Scope, Visibility
from accounts.models import Activity, Brand, Membership, Participant
from ideas.domain import tally, votes
from ideas.models import Score
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.web.conftest import path_of, reader, text_of

PLACES = "/me/places/"
LEAVE_TEAM, LEAVE_COMMUNITY = "/me/places/leave-team/", "/me/places/leave-community/"


@pytest.fixture
def club(alice) -> Brand:
    return make_brand("club", owner=alice, name="The Club", visibility=Visibility.MEMBERS)


def test_a_visitor_signs_in_first(visitor, db):
    assert visitor.get(PLACES)["Location"] == "/accounts/login/?next=%2Fme%2Fplaces%2F"
    for address in (LEAVE_TEAM, LEAVE_COMMUNITY):
        answer = visitor.post(address, {"brand": "mio"})
        assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("address", [LEAVE_TEAM, LEAVE_COMMUNITY])
def test_a_link_leaves_nothing(member, address):
    assert member.get(address).status_code == 405


def test_an_empty_page_says_how_to_begin(member):
    assert "You belong to no brand yet." in text_of(member.get(PLACES))


def test_teams_come_with_their_role_and_communities_with_their_door(brand, club, bob):
    make_participant(brand, bob)
    admission.admit(brand=club, user=bob, actor=None)
    page = text_of(reader(bob).get(PLACES))
    assert "Mio Motors Manager Since" in page
    assert "The Club Admitted people only Since" in page
    assert "Leave the team of Mio Motors" in page
    assert "Leave the community of The Club" in page
    assert "Leave the community of Mio Motors" not in page  # anybody may see it


def test_a_member_leaves_a_team_and_the_keys_they_made_die(brand, bob, alice):
    key, _secret, _signing = keys.create_key(
        brand=brand, scopes=[Scope.READ], origins=[], rate=1, actor=bob
    )
    client = reader(bob)
    answer = client.post(LEAVE_TEAM, {"brand": "mio"})
    assert answer["Location"] == PLACES
    assert "You have left the team of Mio Motors." in text_of(client.get(PLACES))
    assert client.get("/desk/mio/").status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is not None
    left = Activity.objects.get(kind="member.left")
    assert (left.brand, left.actor, left.private) == (brand, bob, True)


def test_the_owner_is_told_to_hand_the_brand_over_first(brand, alice):
    client = reader(alice)
    page = text_of(client.get(PLACES))
    assert "To leave, hand it over to somebody of the team first." in page
    assert "Leave the team" not in page
    refused = client.post(LEAVE_TEAM, {"brand": "mio"})
    assert refused.status_code == 409
    assert "Hand it over to somebody of the team first." in text_of(refused)
    assert Membership.objects.get(brand=brand, user=alice).role == Role.OWNER


def test_after_the_hand_over_the_former_owner_may_leave(brand, alice, bob):
    teams.hand_over(brand=brand, to=bob, actor=alice)
    assert reader(alice).post(LEAVE_TEAM, {"brand": "mio"}).status_code == 302
    assert not Membership.objects.filter(brand=brand, user=alice).exists()


def test_leaving_twice_says_so(brand, bob):
    client = reader(bob)
    for _n in range(2):
        assert client.post(LEAVE_TEAM, {"brand": "mio"}).status_code == 302
    assert "You are not in that team." in text_of(client.get(PLACES))
    assert Activity.objects.filter(kind="member.left").count() == 1


@pytest.mark.parametrize("slug", ["mio", "rival", "nothing", ""])
def test_nobody_leaves_what_is_not_theirs_nor_learns_whether_it_is(member, mallory, brand, slug):
    before = Membership.objects.count()
    answers = [member.post(address, {"brand": slug}) for address in (LEAVE_TEAM, LEAVE_COMMUNITY)]
    assert [answer.status_code for answer in answers] == [302, 302]
    page = text_of(member.get(PLACES))
    assert "You are not in that team." in page
    assert "You are not in that community." in page
    assert Membership.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_who_leaves_a_community_no_longer_sees_it_and_their_vote_still_counts(club, charlie):
    idea = make_idea(make_challenge(club))
    admission.admit(brand=club, user=charlie, actor=None)
    votes.cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    client = reader(charlie)
    assert client.get(path_of(idea)).status_code == 200
    client.post(LEAVE_COMMUNITY, {"brand": "club"})
    assert client.get(path_of(idea)).status_code == 404
    tally.fold_until_settled()
    assert Score.objects.get(idea=idea).support == 1
    participant = Participant.objects.get(brand=club, user=charlie)
    assert (participant.admitted, participant.active) == (False, True)
    left = Activity.objects.get(kind="participant.left")
    assert (left.subject_code, left.private) == (participant.ref, True)


def test_what_is_closed_now_is_named_without_a_link(club, charlie):
    make_participant(club, charlie)
    page = reader(charlie).get(PLACES)
    assert "you are not one of them" in text_of(page)
    assert 'href="/b/club/"' not in page.content.decode()


def test_the_team_of_a_closed_brand_is_not_told_that_it_is_out(club, alice):
    make_participant(club, alice)
    page = reader(alice).get(PLACES)
    assert "you are not one of them" not in text_of(page)
    assert 'href="/b/club/"' in page.content.decode()


@pytest.mark.parametrize("brands", [1, 3])
def test_the_page_costs_the_same_for_one_brand_and_three(
    charlie, brands, django_assert_num_queries
):
    for _n in range(brands):
        teams.add_member(brand=(found := make_brand()), user=charlie, role=Role.ANALYST)
        make_participant(found, charlie)
    client = reader(charlie)
    with django_assert_num_queries(4):  # session and user, teams, communities, unread
        client.get(PLACES)
    assert len(places.teams_of(charlie)) == brands
