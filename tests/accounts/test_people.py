"""Users, brands, teams: who is who, and who sees what."""

from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts import access
from accounts.domain import participants, signup, teams
from accounts.enums import Role, Visibility
from accounts.models import Activity, Brand, Membership, Participant, User
from accounts.rules import can_answer, can_see_desk, role_in
from cocreate.lib.errors import NotAllowed, NotFound
from ideas.domain.votes import cast_on_behalf
from ideas.models import Challenge, Vote
from tests.factories import make_brand, make_user
from tests.gate import Crowd, another_connection

pytestmark = pytest.mark.django_db


def test_one_address_is_one_login_whatever_its_case():
    make_user(email="Zoe@Example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="zoe@example.ORG", handle="zoe2", display_name="Zoe")


def test_two_people_of_one_name_get_handles_of_their_own():
    first, second = make_user("Zoë Müller"), make_user("Zoë Müller")
    assert first.handle == "zoe-muller"
    assert second.handle.startswith("zoe-muller-")


def test_the_second_of_two_sign_ups_with_one_address_is_told_so():
    make_user(email="zoe@example.org")
    second = User(email="zoe@example.org")
    with pytest.raises(signup.AddressTaken):
        signup.complete(user=second, display_name="Zoe", language="en")
    assert second.pk is None


def test_a_name_without_a_latin_letter_gets_a_handle_too():
    assert make_user("李小龍").handle.startswith("member")


@pytest.mark.parametrize("name", ["", "   ", "a\u202eb", "a\u200bb", "a\x00b", "\ud800"])
def test_x11_names_that_hide_something_are_refused(name):
    with pytest.raises(ValidationError):
        signup.clean_name(name)


@pytest.mark.parametrize("name", ["Zoë", "O'Neil", "李小龍", "Ahmed عبد", "Ana  María"])
def test_ordinary_names_are_taken_with_single_spaces(name):
    assert signup.clean_name(name) == " ".join(name.split())


def test_a_brand_is_born_with_an_owner_and_its_permanent_challenge(alice):
    brand = make_brand("nova", owner=alice, language="fr")
    assert Membership.objects.get(brand=brand, user=alice).role == Role.OWNER
    challenge = Challenge.objects.get(brand=brand)
    assert (challenge.slug, challenge.language, challenge.rules.mode) == ("open", "fr", "up_down")
    assert challenge.rules.budget is None


@pytest.mark.parametrize("slug", ["mio", "Mio Motors", "-mio", "a" * 60, "é", ""])
def test_a_taken_or_odd_slug_is_refused(brand, alice, slug):
    with pytest.raises(ValidationError):
        teams.create_brand(slug=slug, name="Another", owner=alice)


def test_a_second_role_replaces_the_first(brand, bob):
    teams.add_member(brand=brand, user=bob, role=Role.ANALYST)
    assert Membership.objects.get(brand=brand, user=bob).role == Role.ANALYST
    assert Activity.objects.filter(kind="member.added", subject_code=bob.handle).count() == 2


def test_who_may_open_the_desk_and_who_may_answer(brand, alice, bob, rita, charlie, mallory):
    people = [alice, bob, rita, charlie, mallory, None]
    assert [can_see_desk(user, brand) for user in people] == [True, True, True, False, False, False]
    assert [can_answer(user, brand) for user in people] == [True, True, False, False, False, False]
    assert role_in(rita, brand) == Role.ANALYST


def test_a_stranger_is_told_not_found_and_a_member_of_the_public_not_allowed(brand, charlie):
    assert access.desk_or_403(brand.memberships.get(role=Role.OWNER).user, "mio") == brand
    with pytest.raises(NotAllowed):
        access.desk_or_403(charlie, "mio")
    brand.visibility = Visibility.MEMBERS
    brand.save(update_fields=["visibility"])
    with pytest.raises(NotFound):
        access.desk_or_403(charlie, "mio")


def test_a_members_only_brand_is_seen_by_its_team_and_by_the_admitted(alice, charlie):
    brand = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    make_brand("plaza")
    assert [b.slug for b in access.visible_brands(charlie, limit=9)] == ["plaza"]
    assert [b.slug for b in access.visible_brands(None, limit=9)] == ["plaza"]
    assert [b.slug for b in access.visible_brands(alice, limit=9)] == ["club", "plaza"]
    Participant.objects.create(brand=brand, user=charlie, admitted=True)
    assert [b.slug for b in access.visible_brands(charlie, limit=9)] == ["club", "plaza"]
    assert [b.slug for b in access.visible_brands(charlie, limit=1)] == ["club"]


def test_brands_are_told_to_whoever_may_see_them(alice, charlie, bob):
    club = make_brand("club", owner=alice, visibility=Visibility.MEMBERS)
    plaza = make_brand("plaza")
    for brand in (club, plaza):
        Participant.objects.create(brand=brand, user=charlie)
    assert access.visible_ids(bob, [club.pk, plaza.pk]) == {plaza.pk}
    assert access.visible_ids(alice, [club.pk]) == {club.pk}
    assert access.visible_ids_of(bob, charlie) == [plaza.pk]
    assert set(access.visible_ids_of(alice, charlie)) == {club.pk, plaza.pk}
    assert access.visible_ids_of(None, bob) == []


def test_a_participant_is_made_once_and_knows_if_the_mailbox_is_proved(brand, charlie):
    first = participants.of_user(brand=brand, user=charlie)
    assert participants.of_user(brand=brand, user=charlie) == first
    assert first.verified
    assert not participants.of_user(brand=brand, user=make_user(verified=False)).verified


def test_a_claimed_mailbox_is_stored_as_a_keyed_hash_only(brand):
    made = participants.claimed(
        brand=brand, key=None, external_id="7", email="zoe@example.org", name="Zoë"
    )
    assert "zoe" not in made.mailbox
    assert len(made.mailbox) == 64
    again = participants.claimed(brand=brand, key=None, external_id=None, email="ZOE@example.org")
    assert again == made
    elsewhere = participants.claimed(
        brand=make_brand(), key=None, external_id="7", email="zoe@example.org"
    )
    assert elsewhere != made


def test_a_post_and_a_vote_find_the_same_person_where_two_are_named(idea, make_secret_key):
    brand, key = idea.brand, make_secret_key(idea.brand)
    by_mail = participants.claimed(brand=brand, key=key, external_id=None, email="zoe@example.org")
    by_id = participants.claimed(brand=brand, key=key, external_id="7", email=None)
    both = {"external_id": "7", "email": "zoe@example.org"}
    assert participants.claimed(brand=brand, key=key, **both) == by_id != by_mail
    cast_on_behalf(code=idea.code, key=key, value=1, **both)  # from now on they are one
    assert Vote.objects.get(idea=idea).participant == by_mail
    assert participants.claimed(brand=brand, key=key, **both) == by_mail


# Most brands have few people, so that a plan for any brand takes one with many for small.
FEW_EACH = """
    INSERT INTO accounts_participant (brand_id, external_id, ref, display_name, created_at)
    SELECT id, 'host-1', 'few' || id, 'Somebody', now() FROM accounts_brand
"""
MANY_HERE = """
    INSERT INTO accounts_participant (brand_id, external_id, ref, display_name, created_at)
    SELECT %s, 'host-' || n, 'many' || n, 'Somebody', now() FROM generate_series(2, 2000) n
"""
PEOPLE_READ = """
    SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables
     WHERE relname = 'accounts_participant'
"""


def test_whom_a_host_names_is_found_without_reading_all_others_it_named(brand):
    Brand.objects.bulk_create(Brand(slug=f"small-{n}", name="Small") for n in range(2000))
    with connection.cursor() as cursor:
        cursor.execute(FEW_EACH)
        cursor.execute(MANY_HERE, [brand.pk])
        cursor.execute("ANALYZE accounts_participant")
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(PEOPLE_READ)
        (before,) = cursor.fetchone()
        for name in ["host-7", "somebody-new"]:
            participants.claimed(brand=brand, key=None, external_id=name, email="z@example.org")
        cursor.execute(PEOPLE_READ)
        (after,) = cursor.fetchone()
    assert after - before < 100


@pytest.mark.django_db(transaction=True)
def test_one_mailbox_named_with_two_ids_at_once_is_one_person(brand):
    def name(external_id):
        return participants.claimed(
            brand=brand, key=None, external_id=external_id, email="zoe@example.org"
        )

    with another_connection() as gate:
        gate.execute("LOCK TABLE accounts_participant IN SHARE MODE")
        crowd = Crowd([partial(name, f"crm-{n}") for n in range(8)])
        crowd.wait_until_all_wait()
    assert len({getattr(answer, "pk", repr(answer)) for answer in crowd.finish()}) == 1
    assert Participant.objects.filter(brand=brand, user=None, joined_into=None).count() == 1
