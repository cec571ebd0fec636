"""Who of the team sees to an idea."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.domain import admission, privacy, teams
from accounts.models import Activity, Membership, Participant
from cocreate.lib.errors import Invalid
from ideas.domain import owners
from ideas.domain.history import history_for_team
from ideas.domain.meanwhile import DecidedMeanwhile
from ideas.domain.saved_views import keep
from ideas.models import Idea, SavedView
from tests.factories import make_idea, make_participant

pytestmark = pytest.mark.django_db


def owner_of(idea):
    return Idea.objects.values_list("owner__user__handle", flat=True).get(pk=idea.pk)


def trail_of(idea):
    return history_for_team(idea, idea.brand.memberships.select_related("user"))


def test_somebody_of_the_team_is_put_in_charge_and_taken_out_again(idea, alice, rita):
    assert owners.set_owner(idea=idea, owner=rita.handle, actor=alice)
    assert owner_of(idea) == rita.handle
    assert not owners.set_owner(idea=idea, owner=rita.handle, actor=alice)
    assert owners.set_owner(idea=idea, owner="", actor=alice)
    assert owner_of(idea) is None
    told = Activity.objects.filter(kind="owner.changed").order_by("id")
    assert [(one.private, one.actor) for one in told] == [(True, alice)] * 2
    assert [event.owner for event in trail_of(idea)[:2]] == [None, "Rita"]


def test_to_be_in_charge_is_not_to_take_part(idea, brand, alice, rita):
    owners.set_owner(idea=idea, owner=rita.handle, actor=alice)
    owners.set_owner(idea=idea, owner="", actor=alice)
    owners.undo(idea=idea, actor=alice)
    assert owner_of(idea) == rita.handle
    assert [event.owner for event in trail_of(idea)[:3]] == ["Rita", None, "Rita"]
    assert not Participant.objects.filter(user=rita).exists()
    teams.remove_member(brand=brand, user=rita, actor=alice)
    admission.admit_participants(brand=brand)
    assert not Participant.objects.filter(user=rita).exists()
    assert [event.owner for event in trail_of(idea)[:3]] == ["", None, ""]


@pytest.mark.parametrize("who", ["mallory", "charlie", "nobody-there"])
def test_nobody_from_outside_is_put_in_charge(idea, alice, mallory, charlie, who):
    with pytest.raises(Invalid) as refusal:
        owners.set_owner(idea=idea, owner=who, actor=alice)
    assert list(refusal.value.fields) == ["owner"]
    assert owner_of(idea) is None


def test_who_was_seen_in_charge_must_still_be(idea, alice, bob, rita):
    owners.set_owner(idea=idea, owner=rita.handle, actor=alice)
    with pytest.raises(DecidedMeanwhile):
        owners.set_owner(idea=idea, owner=bob.handle, actor=bob, seen="")
    assert owner_of(idea) == rita.handle
    owners.set_owner(idea=idea, owner=bob.handle, actor=bob, seen=rita.handle)
    assert owner_of(idea) == bob.handle


def test_what_two_want_alike_is_no_conflict(idea, alice, bob, rita):
    owners.set_owner(idea=idea, owner=rita.handle, actor=alice, seen="")
    assert not owners.set_owner(idea=idea, owner=rita.handle, actor=bob, seen="")


def test_an_undone_change_puts_back_who_was_there(idea, alice, bob, rita):
    owners.set_owner(idea=idea, owner=rita.handle, actor=alice)
    owners.set_owner(idea=idea, owner=bob.handle, actor=bob)
    owners.undo(idea=idea, actor=bob)
    assert owner_of(idea) == rita.handle
    with pytest.raises(owners.TooLateToGiveBack):
        owners.undo(idea=idea, actor=bob)


def test_nobody_undoes_what_another_did_since(idea, alice, bob, rita):
    owners.set_owner(idea=idea, owner=rita.handle, actor=bob)
    owners.set_owner(idea=idea, owner=alice.handle, actor=alice)
    with pytest.raises(owners.TooLateToGiveBack):
        owners.undo(idea=idea, actor=bob)
    assert owner_of(idea) == alice.handle


def test_after_people_were_told_nothing_is_undone(idea, alice, rita):
    owners.set_owner(idea=idea, owner=rita.handle, actor=alice)
    Activity.objects.update(at=timezone.now() - timedelta(seconds=31))
    with pytest.raises(owners.TooLateToGiveBack):
        owners.undo(idea=idea, actor=alice)


@pytest.mark.parametrize("way", ["removed", "left", "erased"])
def test_with_their_place_in_the_team_it_is_nobody_s(idea, brand, alice, bob, way):
    owners.set_owner(idea=idea, owner=bob.handle, actor=alice)
    kept = make_idea(idea.challenge)
    owners.set_owner(idea=kept, owner=alice.handle, actor=alice)
    if way == "removed":
        teams.remove_member(brand=brand, user=bob, actor=alice)
    elif way == "left":
        teams.leave(brand=brand, user=bob)
    else:
        privacy.erase(user=bob)
    assert (owner_of(idea), owner_of(kept)) == (None, alice.handle)


def test_the_version_before_that_knows_of_no_owner_can_take_somebody_out(idea, brand, alice, bob):
    """While a site is upgraded, both run."""
    owners.set_owner(idea=idea, owner=bob.handle, actor=alice)
    keep(brand=brand, user=bob, name="Mine", query="owner=-me")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_membership WHERE user_id = %s", [bob.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert owner_of(idea) is None
    assert not SavedView.objects.exists()


def test_who_leaves_after_a_change_is_not_put_back(idea, brand, alice, bob, rita):
    owners.set_owner(idea=idea, owner=rita.handle, actor=alice)
    owners.set_owner(idea=idea, owner="", actor=alice)
    Membership.objects.get(brand=brand, user=rita).delete()
    owners.undo(idea=idea, actor=alice)
    assert owner_of(idea) is None


def test_the_trail_names_who_until_their_account_is_gone(idea, alice, bob):
    owners.set_owner(idea=idea, owner=bob.handle, actor=alice)
    owners.set_owner(idea=idea, owner="", actor=alice)
    latest, first = trail_of(idea)[:2]
    assert (latest.kind, latest.owner, latest.by) == ("owner.changed", None, "Alice")
    assert first.owner == "Bob"
    privacy.erase(user=bob)
    assert trail_of(idea)[1].owner == ""


def test_the_trail_names_who_took_part_when_they_have_left(idea, brand, alice, bob):
    make_participant(brand, bob)
    owners.set_owner(idea=idea, owner=bob.handle, actor=alice)
    teams.remove_member(brand=brand, user=bob, actor=alice)
    (event,) = [one for one in trail_of(idea) if one.kind == "owner.changed"]
    assert event.owner == "Bob"
