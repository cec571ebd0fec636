"""Places in a team: given, changed, taken, left, handed over."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from accounts import rules
from accounts.domain import brands, keys, teams
from accounts.domain.teams import add_member
from accounts.enums import Role, Scope
from accounts.models import Activity, ApiKey, Brand, Membership, User
from cocreate.lib.errors import DomainError, NotAllowed, NotFound
from notifications.domain import invitations
from tests.factories import make_user
from tests.gate import Crowd, another_connection

pytestmark = pytest.mark.django_db


def role_of(user, brand):
    return Membership.objects.filter(brand=brand, user=user).values_list("role", flat=True).first()


def kinds(brand):
    return list(Activity.objects.filter(brand=brand).order_by("id").values_list("kind", flat=True))


def test_an_owner_makes_a_manager_an_analyst_and_back(brand, alice, bob):
    teams.change_role(brand=brand, user=bob, role=Role.ANALYST, actor=alice)
    assert role_of(bob, brand) == Role.ANALYST
    assert not rules.can_answer(bob, brand)
    teams.change_role(brand=brand, user=bob, role=Role.MANAGER, actor=alice)
    assert rules.can_answer(bob, brand)
    changed = Activity.objects.filter(kind="member.changed").order_by("id")
    assert [(one.data["before"], one.data["role"], one.private) for one in changed] == [
        ("manager", "analyst", True),
        ("analyst", "manager", True),
    ]


def test_the_role_one_has_already_changes_nothing(brand, alice, bob):
    teams.change_role(brand=brand, user=bob, role=Role.MANAGER, actor=alice)
    assert "member.changed" not in kinds(brand)


def test_nobody_is_made_owner_and_no_owner_is_made_less(brand, alice, bob, rita):
    for user, actor, role in [
        (bob, alice, Role.OWNER),
        (bob, bob, Role.OWNER),
        (rita, bob, Role.OWNER),
        (alice, bob, Role.ANALYST),
        (alice, alice, Role.MANAGER),
        (bob, rita, Role.ANALYST),
    ]:
        with pytest.raises(NotAllowed):
            teams.change_role(brand=brand, user=user, role=role, actor=actor)
    assert [role_of(one, brand) for one in (alice, bob, rita)] == ["owner", "manager", "analyst"]


def test_a_manager_makes_managers_and_unmakes_none(brand, bob, rita):
    other = make_user("Other")
    add_member(brand=brand, user=other, role=Role.MANAGER)
    teams.change_role(brand=brand, user=rita, role=Role.MANAGER, actor=bob)
    assert role_of(rita, brand) == Role.MANAGER
    with pytest.raises(NotAllowed):
        teams.change_role(brand=brand, user=other, role=Role.ANALYST, actor=bob)
    with pytest.raises(NotAllowed):
        teams.remove_member(brand=brand, user=other, actor=bob)


def test_a_removed_member_is_out_at_once(brand, alice, bob):
    assert rules.can_see_desk(bob, brand)
    teams.remove_member(brand=brand, user=bob, actor=alice)
    assert role_of(bob, brand) is None
    assert not rules.can_see_desk(bob, brand)
    assert kinds(brand)[-1] == "member.removed"


def test_nobody_removes_the_owner_nor_somebody_of_another_team(brand, alice, bob, mallory):
    for user, actor, refusal in [
        (alice, bob, NotAllowed),
        (alice, alice, NotAllowed),
        (mallory, alice, NotFound),
        (bob, mallory, NotAllowed),
    ]:
        with pytest.raises(refusal):
            teams.remove_member(brand=brand, user=user, actor=actor)
    assert Membership.objects.filter(brand=brand).count() == 3


def test_a_member_leaves_and_the_owner_stays(brand, alice, rita, charlie):
    teams.leave(brand=brand, user=rita)
    assert role_of(rita, brand) is None
    assert kinds(brand)[-1] == "member.left"
    with pytest.raises(teams.OwnerStays):
        teams.leave(brand=brand, user=alice)
    with pytest.raises(NotFound):
        teams.leave(brand=brand, user=charlie)
    assert role_of(alice, brand) == Role.OWNER


def test_the_brand_is_handed_over_and_has_one_owner(brand, alice, bob):
    teams.hand_over(brand=brand, to=bob, actor=alice)
    assert (role_of(bob, brand), role_of(alice, brand)) == ("owner", "manager")
    assert rules.can_hand_over(bob, brand)
    assert not rules.can_hand_over(alice, brand)
    assert kinds(brand)[-1] == "brand.handed_over"


def test_a_hand_over_ends_no_key(brand, alice, bob):
    made = keys.create_key(brand=brand, scopes=[Scope.READ], origins=[], rate=0, actor=alice)
    teams.hand_over(brand=brand, to=bob, actor=alice)
    assert keys.find_key(made[1]) == made[0]


def test_a_brand_goes_to_nobody_who_is_not_in_its_team(brand, alice, bob, charlie, mallory):
    for to, actor, refusal in [
        (charlie, alice, NotFound),
        (alice, alice, teams.AlreadyOwner),
        (bob, bob, NotAllowed),
        (mallory, mallory, NotAllowed),
    ]:
        with pytest.raises(refusal):
            teams.hand_over(brand=brand, to=to, actor=actor)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    bob.refresh_from_db()
    with pytest.raises(NotFound):
        teams.hand_over(brand=brand, to=bob, actor=alice)
    assert role_of(alice, brand) == Role.OWNER


def test_the_database_itself_refuses_a_second_owner(brand, bob):
    with pytest.raises(IntegrityError), transaction.atomic():
        add_member(brand=brand, user=bob, role=Role.OWNER)


def test_who_is_removed_takes_their_open_invitations_along(brand, alice, bob):
    invitations.invite(brand=brand, emails=["zoe@example.org"], role=Role.MANAGER, actor=bob)
    invitations.invite(brand=brand, emails=["ida@example.org"], role=Role.MANAGER, actor=alice)
    teams.remove_member(brand=brand, user=bob, actor=alice)
    waiting = brand.invitations.filter(revoked_at=None)
    assert [one.email for one in waiting] == ["ida@example.org"]


@pytest.mark.django_db(transaction=True)
def test_handed_over_to_two_people_at_once_it_goes_to_one(brand, alice, bob, rita):
    def hand(to):
        teams.hand_over(brand=brand, to=to, actor=User.objects.get(pk=alice.pk))

    with another_connection() as gate:
        gate.execute("LOCK TABLE accounts_membership IN SHARE MODE")
        crowd = Crowd([partial(hand, bob), partial(hand, rita)])
        crowd.wait_until_all_wait()
    refusals = [answer for answer in crowd.finish() if isinstance(answer, DomainError)]
    assert [refusal.code for refusal in refusals] == ["not_allowed"]
    assert Membership.objects.filter(brand=brand, role=Role.OWNER).count() == 1
    assert role_of(alice, brand) == Role.MANAGER


def lift(brand, bob, rita):
    teams.change_role(brand=brand, user=rita, role=Role.MANAGER, actor=bob)


def drop(brand, bob, rita):
    teams.remove_member(brand=brand, user=rita, actor=bob)


def ask_in(brand, bob, _rita):
    invitations.invite(brand=brand, emails=["z@example.org"], role=Role.MANAGER, actor=bob)


def rename(brand, bob, _rita):
    brands.change_settings(brand=brand, name="Taken over", actor=bob)


def move(brand, bob, _rita):
    brands.change_address(brand=brand, slug="taken-over", actor=bob)


def strip(brand, bob, _rita):
    brands.set_picture(brand=brand, kind="logo", source=None, actor=bob)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [lift, drop, ask_in, rename, move, strip])
def test_who_loses_the_role_at_this_moment_changes_nothing(brand, bob, rita, act):
    with another_connection() as owner:
        owner.execute("SELECT FROM accounts_brand WHERE id = %s FOR NO KEY UPDATE", [brand.pk])
        crowd = Crowd([partial(act, brand, User.objects.get(pk=bob.pk), rita)])
        crowd.wait_until_all_wait()
        owner.execute("DELETE FROM accounts_membership WHERE user_id = %s", [bob.pk])
    assert [answer.code for answer in crowd.finish()] == ["not_allowed"]
    assert role_of(rita, brand) == Role.ANALYST
    assert not brand.invitations.exists()
    assert Brand.objects.filter(slug=brand.slug, name=brand.name).exists()


def test_w14_set_to_analyst_by_an_operator_the_keys_end_too(brand, bob):
    key = keys.create_key(brand=brand, scopes=[Scope.READ], origins=[], rate=0, actor=bob)[0]
    add_member(brand=brand, user=bob, role=Role.ANALYST)
    assert ApiKey.objects.get(pk=key.pk).revoked_at is not None


@pytest.mark.django_db(transaction=True)
def test_w14_a_key_made_while_its_maker_is_removed_does_not_outlive_them(brand, alice, bob):
    """Whoever waits for the lock decides by the team as it is after it."""

    def make():
        actor = User.objects.get(pk=bob.pk)
        assert rules.can_manage_keys(actor, brand)  # as the page asks, before the verb
        return keys.create_key(brand=brand, scopes=[Scope.READ], origins=[], rate=0, actor=actor)

    with another_connection() as manager:
        manager.execute("SELECT FROM accounts_brand WHERE id = %s FOR NO KEY UPDATE", [brand.pk])
        crowd = Crowd([make])
        crowd.wait_until_all_wait()
        manager.execute("DELETE FROM accounts_membership WHERE user_id = %s", [bob.pk])
    assert [answer.code for answer in crowd.finish()] == ["not_allowed"]
    assert not ApiKey.objects.exists()
