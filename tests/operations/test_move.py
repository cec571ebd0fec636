"""A brand leaves one install in one file and arrives in another as it was."""

import json
import zipfile
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.contrib.auth.hashers import is_password_usable
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from accounts.enums import Role
from accounts.models import Activity, ApiKey, Brand, Mailbox, Membership, Participant, User
from cocreate.lib import tokens
from cocreate.lib.mailboxes import mailbox_key
from cocreate.move import farewell, plan
from ideas.domain import orders, tally
from ideas.domain.votes import cast_as_user
from ideas.enums import ImportState
from ideas.models import Comment, Idea, ImportBatch, LedgerBatch, Vote, VoteEvent
from insights.domain import daily
from insights.models import CountingPlace, DailyVotes
from tests.accounts import steps
from tests.factories import make_brand, make_challenge, make_idea, make_user
from tests.ideas.ledger import all_is_true, counters
from tests.operations.moving import (
    files_below,
    forget,
    forget_people,
    full_brand,
    portrait,
    refused,
    send,
    take,
)

# Accounts stay, and what they did about themselves.
THE_PEOPLE_S = {"accounts_user", "account_emailaddress", "accounts_mailbox", "accounts_activity"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def brand(media):
    cache.clear()  # how often an address was invited in the test before
    return full_brand()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "mio.brand"


@contextmanager
def another_secret_key(settings):
    settings.SECRET_KEY = "of-another-install-" + "0123456789" * 4
    tokens._key.cache_clear()
    yield
    tokens._key.cache_clear()


def test_every_table_goes_along_or_says_why_not():
    known = {model._meta.label for model in apps.get_models()}
    assert known == {table.label for table in plan.TABLES} | set(plan.STAYS)
    assert not {table.label for table in plan.TABLES} & set(plan.STAYS)


def test_every_table_that_goes_along_has_a_row_in_these_tests(brand):
    rows = portrait(brand)
    assert [table.name for table in plan.TABLES if not rows[table.name]] == []


def test_what_arrives_is_what_left(brand, file, media):
    before, pictures = portrait(brand), files_below(media)
    send(brand, file)
    forget(brand, file)
    assert files_below(media) == {}
    forget_people()
    done = take(file)
    assert portrait(done.brand) == before
    assert files_below(media) == pictures
    assert done.new_people == User.objects.count() > 3
    assert all_is_true()


def test_it_arrives_beside_others_whose_numbers_are_other_ones(brand, file):
    before = portrait(brand)
    send(brand, file)
    forget(brand, file)
    other = make_brand()
    for _n in range(7):
        idea = make_idea(make_challenge(other))
        cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    assert portrait(take(file).brand) == before
    assert counters(idea) == (1, 0, 1)
    assert all_is_true()


def test_votes_go_on_and_every_row_of_the_ledger_is_folded_once(brand, file):
    open_idea = Idea.objects.filter(brand=brand, hidden=False, merged_into=None).first()
    cast_as_user(code=open_idea.code, user_id=make_user().pk, value=1)  # no fold has seen it
    send(brand, file)
    forget(brand, file)
    arrived = take(file).brand
    idea = Idea.objects.get(brand=arrived, code=open_idea.code)
    before = counters(idea)
    cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    assert counters(idea)[0] == before[0] + 1
    numbered = [seq for batch in LedgerBatch.objects.all() for seq in batch.events]
    assert sorted(numbered) == sorted(VoteEvent.objects.values_list("seq", flat=True))
    assert all_is_true()


def test_replies_stand_where_they_stood(brand, file):
    asked = "SELECT code FROM ideas_comment ORDER BY path"
    before = _column(asked)
    send(brand, file)
    forget(brand, file)
    take(file)
    assert _column(asked) == before


def test_somebody_who_is_there_already_is_the_same_person(brand, file):
    send(brand, file)
    forget(brand, file)
    people = User.objects.count()
    done = take(file)
    assert (done.new_people, User.objects.count()) == (0, people)
    assert Membership.objects.get(brand=done.brand, role=Role.OWNER).user.display_name == "Ada"


def test_who_registered_an_address_without_proving_it_is_given_nothing(brand, file):
    owner = Membership.objects.get(brand=brand, role=Role.OWNER).user
    send(brand, file)
    forget(brand, file)
    forget_people()
    squatter = make_user(email=owner.email, verified=False)
    with refused(squatter.handle):
        take(file)
    assert not Brand.objects.exists()


def test_a_handle_that_is_anothers_gets_a_number_and_the_trail_follows(brand, file):
    owner = Membership.objects.get(brand=brand, role=Role.OWNER).user
    send(brand, file)
    forget(brand, file)
    forget_people()
    other = make_user()
    User.objects.filter(pk=other.pk).update(handle=owner.handle)
    done = take(file)
    assert (owner.handle, f"{owner.handle}-2") in done.renamed
    assert User.objects.get(email=owner.email).handle == f"{owner.handle}-2"
    assert not done.brand.activity_set.filter(subject_kind="user", subject_code=owner.handle)


def test_an_account_brings_its_address_and_no_password_rights_or_sessions(brand, file):
    owner = Membership.objects.get(brand=brand, role=Role.OWNER).user
    User.objects.filter(pk=owner.pk).update(is_staff=True, is_superuser=True)
    send(brand, file)
    text = zipfile.ZipFile(file).read("people.jsonl").decode()
    assert owner.email in text and owner.password not in text
    forget(brand, file)
    forget_people()
    take(file)
    arrived = User.objects.get(email=owner.email)
    assert not is_password_usable(arrived.password)
    assert not arrived.is_staff and not arrived.is_superuser
    assert arrived.mailboxes.count() == 1
    assert arrived.emailaddress_set.get().verified


def test_who_arrives_without_a_password_enters_by_a_code_to_their_mailbox(brand, file, client):
    owner = Membership.objects.get(brand=brand, role=Role.OWNER).user
    send(brand, file)
    forget(brand, file)
    forget_people()
    take(file)
    steps.ask_for_reset(client, owner.email)
    steps.enter_reset_code(client, steps.code_sent_to(owner.email))
    steps.choose_password(client)
    arrived = User.objects.get(email=owner.email)
    there = Client()
    steps.sign_in(there, arrived, steps.NEW_PASSWORD)
    assert steps.is_signed_in(there)


def test_passwords_travel_where_the_operator_says_so(brand, file):
    owner = Membership.objects.get(brand=brand, role=Role.OWNER).user
    send(brand, file, with_passwords=True)
    forget(brand, file)
    forget_people()
    take(file, with_passwords=True)
    assert User.objects.get(email=owner.email).check_password("correct horse battery")


def test_whoever_has_chosen_no_name_yet_is_asked_for_one_there_too(brand, file):
    owner = Membership.objects.get(brand=brand, role=Role.OWNER).user
    User.objects.filter(pk=owner.pk).update(has_own_name=False)
    send(brand, file)
    forget(brand, file)
    forget_people()
    take(file)
    assert not User.objects.get(email=owner.email).has_own_name
    assert User.objects.filter(has_own_name=True).exists()


def test_who_proved_no_address_leaves_their_words_and_no_account(brand, file):
    person = make_user("Unproved", verified=False)
    idea = Idea.objects.filter(brand=brand).first()
    cast_as_user(code=idea.code, user_id=person.pk, value=1)
    ref = person.participants.get().ref
    send(brand, file)
    assert person.email not in zipfile.ZipFile(file).read("people.jsonl").decode()
    forget(brand, file)
    forget_people()
    take(file)
    here = Participant.objects.get(ref=ref)
    assert (here.user, here.display_name, here.verified) == (None, "Unproved", False)


def test_people_of_other_brands_alone_stay_behind(brand, file):
    stranger = make_user("Stranger")
    make_brand(owner=stranger)
    send(brand, file)
    assert stranger.email not in zipfile.ZipFile(file).read("people.jsonl").decode()


def test_with_another_secret_key_keys_end_and_mailboxes_are_hashed_anew(brand, file, settings):
    owner = Membership.objects.get(brand=brand, role=Role.OWNER).user
    send(brand, file)
    forget(brand, file)
    forget_people()
    with another_secret_key(settings):
        done = take(file)
        assert (done.same_key, done.keys, done.claims) == (False, 1, 1)
        assert not ApiKey.objects.filter(revoked_at=None).exists()
        assert not Participant.objects.exclude(mailbox=None).exists()
        mine = Mailbox.objects.get(key=mailbox_key(owner.email))
        assert mine.user.email == owner.email
        assert all_is_true()


def test_a_key_whose_maker_stays_behind_ends(brand, file):
    former = make_user()
    ApiKey.objects.filter(brand=brand).update(created_by=former)
    send(brand, file)
    forget(brand, file)
    forget_people()
    take(file)
    assert ApiKey.objects.get().revoked_at


def test_whom_a_key_named_joins_who_has_proved_that_mailbox_here(brand, file):
    send(brand, file)
    forget(brand, file)
    known = make_user(email="crm@example.org")
    done = take(file)
    tally.fold_until_settled()
    assert Participant.objects.get(brand=done.brand, external_id="crm-1").joined_into.user == known
    assert Vote.objects.filter(participant__user=known, value=1).count() == 1
    assert all_is_true()


def test_a_rehearsal_writes_nothing(brand, file, media):
    send(brand, file)
    forget(brand, file)
    done = take(file, rehearse=True)
    assert done.rows["ideas_idea"] == 4
    assert not Brand.objects.exists() and not Idea.objects.exists()
    assert files_below(media) == {}


def test_an_address_that_is_taken_is_refused_and_another_may_be_chosen(brand, file):
    send(brand, file)
    forget(brand, file)
    make_brand("mio")
    with refused("--slug"):
        take(file)
    assert take(file, slug="mio-cars").brand.slug == "mio-cars"


def test_the_same_brand_twice_is_refused_and_leaves_no_trace(brand, file, media):
    send(brand, file)
    rows, pictures = VoteEvent.objects.count(), files_below(media)
    with refused("This brand is here already, at /b/mio/"):
        take(file, slug="again")
    assert (VoteEvent.objects.count(), files_below(media)) == (rows, pictures)
    assert Brand.objects.count() == 1


def test_a_picture_in_the_way_is_kept_and_the_brand_refused(brand, file, media):
    send(brand, file)
    name = max(name for name in files_below(media) if name.startswith("images/"))
    forget(brand, file)
    (media / name).parent.mkdir(parents=True, exist_ok=True)
    (media / name).write_bytes(b"another's")
    with refused("already"):
        take(file)
    assert files_below(media) == {name: b"another's"}
    assert not Brand.objects.exists()


def test_a_file_of_other_tables_is_refused(brand, file, monkeypatch):
    monkeypatch.setattr("cocreate.backup.making.applied_migrations", lambda: {"ideas": ["0001"]})
    send(brand, file)
    monkeypatch.undo()
    with refused("one version"):
        take(file)


@pytest.mark.parametrize("part", ["rows/ideas_vote", "people.jsonl"])
def test_a_damaged_file_is_refused(brand, file, tmp_path, part):
    send(brand, file)
    damaged = tmp_path / "damaged.brand"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"1", b"2", 1) if name == part else content)
    with refused("damaged"):
        take(damaged, slug="other")


def test_a_backup_and_a_stranger_s_zip_are_no_brand_s_file(file):
    with zipfile.ZipFile(file, "w") as one:
        one.writestr("manifest.json", json.dumps({"product": "cocreate", "parts": {}}))
    with refused("no brand's file"):
        take(file)


def test_a_torn_ledger_is_refused(brand, file):
    batch = LedgerBatch.objects.first()
    LedgerBatch.objects.filter(pk=batch.pk).update(events=[*batch.events, 999_999_999])
    send(brand, file)
    forget(brand, file)
    with refused("ledger"):
        take(file)
    assert not Brand.objects.exists()


def test_a_brand_does_not_leave_in_the_middle_of_an_import(brand, file):
    ImportBatch.objects.filter(brand=brand).update(state=ImportState.RUNNING)
    with refused("import"):
        send(brand, file)
    assert not file.exists()


def test_a_brand_whose_owner_could_not_sign_in_there_does_not_leave(brand, file):
    owner = Membership.objects.get(brand=brand, role=Role.OWNER).user
    owner.emailaddress_set.update(verified=False)
    with refused("owner"):
        send(brand, file)


def test_the_file_is_for_its_owner_alone_and_none_is_written_over(brand, file):
    send(brand, file)
    assert file.stat().st_mode & 0o777 == 0o600
    with refused("--force"):
        send(brand, file)


def test_votes_by_day_know_a_brand_that_arrived_while_newer_votes_were_counted(brand, file):
    tally.fold_until_settled()
    daily.count_new(5)
    voted = DailyVotes.objects.values_list("day", "supported", "opposed", "withdrawn")
    before = list(voted.order_by("day"))
    send(brand, file)
    forget(brand, file)
    CountingPlace.objects.update(batch=10**9)
    take(file)
    daily.count_new(5)
    assert before
    assert list(voted.order_by("day")) == before


def test_a_brand_is_removed_with_everything_in_it_and_nobody_else_s(file, media):
    cache.clear()
    other = make_idea(make_challenge(make_brand()))
    cast_as_user(code=other.code, user_id=make_user().pk, value=1)
    counters(other)
    orders.rebuild_touched()
    daily.count_new(5)
    without = _filled()
    brand = full_brand()
    orders.rebuild_touched()
    tally.fold_until_settled()
    daily.count_new(5)
    assert DailyVotes.objects.filter(challenge__brand=brand).exists()
    assert {table.name for table in plan.TABLES} <= {name for name, _n in _filled() - without}
    send(brand, file)
    forget(brand, file)
    assert {name for name, _n in _filled() ^ without} == THE_PEOPLE_S
    assert not Activity.objects.exclude(brand=None).exclude(brand=other.brand).exists()
    assert list(Idea.objects.all()) == [other]
    assert counters(other) == (1, 0, 1)
    assert all_is_true()


def test_a_brand_with_more_than_its_file_is_not_removed(brand, file):
    send(brand, file)
    idea = Idea.objects.filter(brand=brand, hidden=False, merged_into=None).first()
    cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    with refused("after the export"):
        farewell.remove(brand, file, at_once=True)
    assert Brand.objects.filter(pk=brand.pk).exists()


def test_a_brand_is_not_removed_by_another_s_file_or_while_it_tells_people(brand, file, tmp_path):
    send(brand, file)
    other = make_brand()
    with refused("of the brand mio"):
        farewell.remove(other, file, at_once=True)
    with refused("being told"):
        farewell.remove(brand, file, at_once=False)


def test_the_commands_say_what_they_did(brand, file, capsys):
    call_command("export_brand", "mio", file)
    assert "no passwords are in it" in capsys.readouterr().out
    call_command("brand_addresses", "mio", "--to", "https://mio.example")
    lines = capsys.readouterr().out.splitlines()
    ideas, talk = (
        model.objects.order_by("pk").values_list("code", flat=True) for model in (Idea, Comment)
    )
    expected = ["b:mio", "b:wander", *(f"i:{code}" for code in ideas)]
    expected += [f"c:{code}" for code in talk]
    assert lines == [f"{name} https://mio.example;" for name in expected]
    call_command("remove_brand", "mio", "--exported", file, "--at-once")
    call_command("import_brand", file, "--dry-run")
    assert "Nothing was written." in capsys.readouterr().out
    call_command("import_brand", file)
    assert "every counter is what the votes say" in capsys.readouterr().out
    with pytest.raises(CommandError, match="--slug"):
        call_command("import_brand", file)


def _column(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def _filled() -> set[tuple[str, int]]:
    """How many rows each table has."""
    names = connection.introspection.table_names()
    return {(name, _column(f"SELECT count(*) FROM {name}")[0]) for name in names}  # noqa: S608
