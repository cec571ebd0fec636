"""Who may vote in a challenge is asked by the database, under the locks of the voter."""

from functools import partial

import pytest

from accounts.domain import admission, teams
from accounts.enums import Role
from accounts.models import Membership
from ideas.domain import challenges
from ideas.domain.votes import NotAVoter, cast_as_user, cast_on_behalf
from ideas.enums import Voters
from tests.factories import make_challenge, make_idea, make_user
from tests.gate import Crowd, another_connection
from tests.ideas.ledger import all_is_true, votes_on

pytestmark = pytest.mark.django_db(transaction=True)


def vote(idea, user, value=1):
    return cast_as_user(code=idea.code, user_id=user.pk, value=value)


@pytest.fixture
def jury(brand):
    return make_idea(make_challenge(brand, who_votes=Voters.TEAM))


@pytest.fixture
def circle(brand):
    return make_idea(make_challenge(brand, who_votes=Voters.ADMITTED))


def test_where_the_team_votes_its_members_do_and_nobody_else(jury, alice, rita, charlie):
    assert vote(jury, alice).outcome == "new"
    assert vote(jury, rita).outcome == "new"  # an analyst is of the team
    with pytest.raises(NotAVoter) as refusal:
        vote(jury, charlie)
    assert (refusal.value.code, refusal.value.status) == ("not_allowed", 403)
    assert votes_on(jury) == [1, 1]


def test_where_the_admitted_vote_they_and_the_team_do(circle, brand, alice, charlie):
    with pytest.raises(NotAVoter):
        vote(circle, charlie)
    admission.admit(brand=brand, user=charlie, actor=alice)
    assert vote(circle, charlie).outcome == "new"
    assert vote(circle, alice).outcome == "new"


def test_admission_is_not_the_team(jury, brand, alice, charlie):
    admission.admit(brand=brand, user=charlie, actor=alice)
    with pytest.raises(NotAVoter):
        vote(jury, charlie)


def test_a_key_votes_for_nobody_who_may_not(jury, brand, make_secret_key):
    with pytest.raises(NotAVoter):
        cast_on_behalf(
            code=jury.code, key=make_secret_key(brand), value=1, external_id="x", email=None
        )
    assert votes_on(jury) == []


def test_whoever_may_no_longer_vote_takes_their_vote_back(brand, charlie):
    challenge = make_challenge(brand)
    idea = make_idea(challenge)
    vote(idea, charlie)
    challenges.change_rules(challenge=challenge, actor=None, who_votes=Voters.TEAM)
    assert votes_on(idea) == [1]  # what was cast stands
    assert vote(idea, charlie, 0).value is None
    with pytest.raises(NotAVoter):
        vote(idea, charlie)


def test_somebody_leaves_the_team_only_after_their_vote_in_flight(jury, brand, charlie):
    Membership.objects.create(brand=brand, user=charlie, role=Role.ANALYST)
    vote(jury, charlie)  # is a participant now
    vote(jury, charlie, 0)
    with another_connection() as voting:
        voting.execute(
            "SELECT outcome FROM cast_vote_as_user(%s, %s, 1::smallint)", [jury.code, charlie.pk]
        )
        assert voting.fetchone() == ("new",)
        out = Crowd([partial(Membership.objects.filter(brand=brand, user=charlie).delete)])
        out.wait_until_all_wait()
    out.finish()
    assert votes_on(jury) == [1]
    with pytest.raises(NotAVoter):
        vote(make_idea(jury.challenge), charlie)
    assert all_is_true()


def test_an_admission_ends_only_after_the_vote_in_flight(circle, brand, alice, charlie):
    participant = admission.admit(brand=brand, user=charlie, actor=alice)
    with another_connection() as voting:
        voting.execute(
            "SELECT outcome FROM cast_vote_as_user(%s, %s, 1::smallint)", [circle.code, charlie.pk]
        )
        end = partial(admission.end_admission, brand=brand, ref=participant.ref, actor=alice)
        out = Crowd([end])
        out.wait_until_all_wait()
    assert out.finish() == [None]
    assert votes_on(circle) == [1]


def test_a_member_removed_by_the_page_can_no_longer_vote(jury, brand, alice):
    user = make_user()
    Membership.objects.create(brand=brand, user=user, role=Role.ANALYST)
    assert vote(jury, user).outcome == "new"
    teams.remove_member(brand=brand, user=user, actor=alice)
    with pytest.raises(NotAVoter):
        vote(make_idea(jury.challenge), user)
