"""Invitations: bound to an address, good once, for seven days, by whoever may invite."""

import re
from datetime import timedelta
from functools import partial

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from accounts import limits
from accounts.domain import invitations as accounts_invitations
from accounts.domain import teams
from accounts.domain.invitations import InvitationGone, WrongAccount, accept
from accounts.enums import Role
from accounts.models import Activity, Invitation, Membership, Participant, User
from cocreate.lib.errors import DomainError, NotAllowed
from notifications import tasks
from notifications.domain import invitations
from notifications.models import Mail
from tests.factories import make_brand, make_user
from tests.gate import Crowd, another_connection
from tests.mail import mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db
LINK = re.compile(r"/invitations/(\S+)/$", re.MULTILINE)
ZOE = "zoe@example.org"


@pytest.fixture(autouse=True)
def no_limits():
    cache.clear()


@pytest.fixture
def zoe(db):
    return make_user("Zoe", email=ZOE)


def invite(brand, actor, *emails, role=Role.MANAGER):
    batch = invitations.invite(brand=brand, emails=emails or [ZOE], role=role, actor=actor)
    assert batch.refused == []
    return batch.issued


def secret_in_newest_mail():
    return LINK.search(Mail.objects.order_by("-pk").first().text)[1]


def invited(brand, actor, *emails, **over):
    """The secret of one new link, as the mail has it."""
    invite(brand, actor, *emails, **over)
    return secret_in_newest_mail()


def role_of(user, brand):
    return Membership.objects.filter(brand=brand, user=user).values_list("role", flat=True).first()


def refused(brand, actor, *emails, role=Role.MANAGER):
    batch = invitations.invite(brand=brand, emails=emails, role=role, actor=actor)
    assert batch.issued == []
    return [one.code for one in batch.refused]


def test_who_is_invited_and_accepts_is_in_the_team(brand, alice, zoe):
    accept(secret=invited(brand, alice), user=zoe)
    assert role_of(zoe, brand) == Role.MANAGER
    invitation = Invitation.objects.get()
    assert (invitation.accepted_by, invitation.accepted_at is None) == (zoe, False)
    assert list(Activity.objects.filter(brand=brand).values_list("kind", flat=True))[-2:] == [
        "member.invited",
        "member.added",
    ]


def test_an_invitation_without_a_role_admits_and_gives_no_place(brand, alice, zoe):
    accept(secret=invited(brand, alice, role=None), user=zoe)
    assert role_of(zoe, brand) is None
    assert Participant.objects.get(brand=brand, user=zoe).admitted


def test_the_mail_says_who_invites_to_what_and_links_to_our_address(
    brand, alice, mail_server, settings
):
    User.objects.filter(pk=alice.pk).update(display_name="Alice of evil.example")
    alice.refresh_from_db()
    invite(brand, alice)
    tasks.send_due_mail()
    (letter,) = mail_server.to(ZOE)
    assert "Mio Motors" in letter.subject
    assert f"{settings.PUBLIC_URL}/invitations/coi_" in letter.text
    assert "evil.example" not in letter.text + letter.html + letter.subject
    assert "Manager" in letter.text
    assert Mail.objects.get().text == ""


def test_the_mail_speaks_the_language_of_the_brand(alice, mail_server):
    brand = make_brand("vert", owner=alice, language="fr")
    invite(brand, alice)
    tasks.send_due_mail()
    assert '<html lang="fr">' in mail_server.to(ZOE)[0].html


def test_an_invitation_that_fails_sends_no_mail(brand, rita):
    with pytest.raises(NotAllowed):
        invitations.invite(brand=brand, emails=[ZOE], role=Role.ANALYST, actor=rita)
    assert not Mail.objects.exists()


def test_only_the_hash_of_a_link_is_kept(brand, alice):
    secret = invited(brand, alice)
    assert secret not in repr(list(Invitation.objects.values_list()))
    assert secret not in repr(list(Activity.objects.values_list()))
    assert ZOE not in repr(list(Activity.objects.values_list()))


@pytest.mark.parametrize("spelling", ["Zoe@Example.org", "zoe+mio@example.org"])
def test_the_address_may_be_spelled_another_way(brand, alice, zoe, spelling):
    accept(secret=invited(brand, alice, spelling), user=zoe)
    assert role_of(zoe, brand) == Role.MANAGER


def test_z13_an_invitation_of_another_brand_opens_that_brand_alone(brand, alice, mallory, zoe):
    rival = mallory.memberships.get().brand
    secret = invited(rival, mallory)
    accept(secret=secret, user=zoe)
    assert (role_of(zoe, brand), role_of(zoe, rival)) == (None, Role.MANAGER)


def test_z13_an_expired_invitation_is_refused(brand, alice, zoe):
    secret = invited(brand, alice)
    Invitation.objects.update(expires_at=Now())
    with pytest.raises(InvitationGone):
        accept(secret=secret, user=zoe)
    assert role_of(zoe, brand) is None


def test_an_invitation_lasts_seven_days(brand, alice):
    (issued,) = invite(brand, alice)
    left = issued.invitation.expires_at - issued.invitation.created_at
    assert left == timedelta(days=7)


def test_z13_an_invitation_is_good_once(brand, alice, zoe):
    secret = invited(brand, alice)
    accept(secret=secret, user=zoe)
    teams.remove_member(brand=brand, user=zoe, actor=alice)
    with pytest.raises(InvitationGone):
        accept(secret=secret, user=zoe)
    assert role_of(zoe, brand) is None


@pytest.mark.django_db(transaction=True)
def test_z13_accepted_twice_in_parallel_it_gives_one_place(brand, alice, zoe):
    secret = invited(brand, alice)

    def take():
        return accept(secret=secret, user=User.objects.get(pk=zoe.pk))

    with another_connection() as gate:
        gate.execute("LOCK TABLE accounts_membership IN SHARE MODE")
        crowd = Crowd([take] * 4)
        crowd.wait_until_all_wait()
    refusals = [answer.code for answer in crowd.finish() if isinstance(answer, DomainError)]
    assert refusals == ["invitation_gone"] * 3
    assert Membership.objects.filter(user=zoe).count() == 1
    assert Activity.objects.filter(kind="member.added", subject_code=zoe.handle).count() == 1


@pytest.mark.django_db(transaction=True)
def test_z13_two_people_of_one_mailbox_take_one_place(brand, alice, zoe):
    other = make_user("Zoe too", email="zoe+2@example.org")
    secret = invited(brand, alice)
    crowd = Crowd([partial(accept, secret=secret, user=one) for one in (zoe, other)])
    refusals = [answer.code for answer in crowd.finish() if isinstance(answer, DomainError)]
    assert refusals == ["invitation_gone"]
    assert Membership.objects.filter(user__in=[zoe, other]).count() == 1


def test_z13_nobody_is_invited_to_own_a_brand(brand, alice, bob):
    for actor in (alice, bob):
        with pytest.raises(NotAllowed):
            invitations.invite(brand=brand, emails=[ZOE], role=Role.OWNER, actor=actor)
    assert not Invitation.objects.exists()


def test_z13_an_invitation_lifts_nobody_who_has_a_place(brand, alice, zoe, rita):
    """Neither up nor down: the place that somebody has is changed by the team alone."""
    secret = invited(brand, alice)
    teams.add_member(brand=brand, user=zoe, role=Role.ANALYST)
    accept(secret=secret, user=zoe)
    assert role_of(zoe, brand) == Role.ANALYST


def test_z13_somebody_with_another_address_is_refused(brand, alice, charlie, zoe):
    secret = invited(brand, alice)
    with pytest.raises(WrongAccount):
        accept(secret=secret, user=charlie)
    accept(secret=secret, user=zoe)  # it was not used up


def test_z13_an_address_that_is_not_proved_is_nobodys(brand, alice):
    thief = make_user("Thief", email=ZOE, verified=False)
    secret = invited(brand, alice)
    with pytest.raises(WrongAccount):
        accept(secret=secret, user=thief)
    EmailAddress.objects.filter(user=thief).update(verified=True)
    accept(secret=secret, user=thief)


def test_an_invitation_dies_with_the_rights_of_who_sent_it(brand, alice, bob, zoe):
    secret = invited(brand, bob)
    Membership.objects.filter(user=bob).update(role=Role.ANALYST)  # past the verbs
    with pytest.raises(InvitationGone):
        accept(secret=secret, user=zoe)
    Membership.objects.filter(user=bob).update(role=Role.MANAGER)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    with pytest.raises(InvitationGone):
        accept(secret=secret, user=zoe)
    User.objects.filter(pk=bob.pk).delete()
    with pytest.raises(InvitationGone):
        accept(secret=secret, user=zoe)


def test_sent_again_the_old_link_is_dead(brand, alice, bob, zoe):
    old = invited(brand, alice)
    invitations.send_again(invitation=Invitation.objects.get(), actor=bob)
    with pytest.raises(InvitationGone):
        accept(secret=old, user=zoe)
    accept(secret=secret_in_newest_mail(), user=zoe)


def test_an_expired_one_is_sent_again_with_another_seven_days(brand, alice, zoe):
    invited(brand, alice)
    Invitation.objects.update(expires_at=Now())
    invitations.send_again(invitation=Invitation.objects.get(), actor=alice)
    accept(secret=secret_in_newest_mail(), user=zoe)
    assert brand.memberships.filter(user=zoe).exists()
    left = Invitation.objects.get().expires_at - timezone.now()
    assert timedelta(days=6) < left <= timedelta(days=7)


def test_a_withdrawn_one_is_dead_and_cannot_be_sent_again(brand, alice, zoe):
    secret = invited(brand, alice)
    invitation = Invitation.objects.get()
    accounts_invitations.revoke(invitation=invitation, actor=alice)
    for call in (
        partial(accept, secret=secret, user=zoe),
        partial(invitations.send_again, invitation=invitation, actor=alice),
        partial(accounts_invitations.revoke, invitation=invitation, actor=alice),
    ):
        with pytest.raises(InvitationGone):
            call()


def test_an_analyst_withdraws_and_sends_nothing(brand, alice, rita):
    invite(brand, alice)
    invitation = Invitation.objects.get()
    for call in (invitations.send_again, accounts_invitations.revoke):
        with pytest.raises(NotAllowed):
            call(invitation=invitation, actor=rita)


def test_who_is_in_or_invited_already_is_named_and_gets_no_mail(brand, alice, bob, zoe):
    accept(secret=invited(brand, alice), user=zoe)
    invite(brand, alice, "ida@example.org")
    before = Mail.objects.count()
    assert refused(brand, alice, ZOE, "Ida+x@example.org") == ["already_in", "already_invited"]
    accept(secret=invited(brand, alice, role=None), user=zoe)
    assert refused(brand, alice, ZOE, role=None) == ["already_in"]
    assert Mail.objects.count() == before + 1


def test_an_expired_one_makes_room_for_a_new_one(brand, alice):
    invite(brand, alice)
    Invitation.objects.update(expires_at=Now())
    invite(brand, alice)
    assert len(accounts_invitations.pending(brand, team=True)) == 1


def test_a_brand_has_fifty_invitations_to_its_team_waiting_at_most(brand, alice):
    batch = invitations.invite(
        brand=brand, emails=[f"p{n}@example.org" for n in range(52)], role=Role.ANALYST, actor=alice
    )
    assert len(batch.issued) == Mail.objects.count() == 50
    assert {one.code for one in batch.refused} == {"too_many_pending"}


def test_an_address_gets_five_invitations_a_day_over_all_brands(brand, alice, mallory):
    rival = mallory.memberships.get().brand
    invite(brand, alice)
    for _n in range(3):
        invitations.send_again(invitation=brand.invitations.get(), actor=alice)
    invite(rival, mallory, "ZOE+again@example.org")
    assert refused(make_brand("third", owner=alice), alice, ZOE) == ["too_many"]
    with pytest.raises(limits.TooManyInvitations):
        invitations.send_again(invitation=rival.invitations.get(), actor=mallory)
    assert Mail.objects.count() == 5
    invite(brand, alice, "other@example.org")


def test_with_the_store_away_an_address_is_still_not_flooded(brand, alice, no_store):
    invite(brand, alice)
    for _n in range(4):
        invitations.send_again(invitation=brand.invitations.get(), actor=alice)
    with pytest.raises(limits.TooManyInvitations):
        invitations.send_again(invitation=brand.invitations.get(), actor=alice)


def test_a_guess_costs_one_query_and_says_nothing(brand, alice, zoe, django_assert_num_queries):
    with django_assert_num_queries(1), pytest.raises(InvitationGone):
        accounts_invitations.open_invitation("coi_" + "a" * 32)
    assert connection.needs_rollback is False
