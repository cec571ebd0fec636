"""Every model says what it holds of a person, gives it out, and forgets it."""

import json
from datetime import timedelta
from functools import partial

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts.domain import (
    activity,
    keys,
    mailboxes,
    participants,
    people,
    privacy,
    teams,
    tokens,
)
from accounts.enums import Role, Scope
from accounts.models import Activity, Brand, Invitation, Mailbox, Participant, Session, User
from cocreate.lib import personal
from ideas.domain import (
    coauthors,
    comments,
    decisions,
    drafts,
    notes,
    owners,
    reports,
    saved_views,
)
from ideas.domain.deleting import delete_idea
from ideas.domain.ideas import edit_idea, post_idea, set_hidden
from ideas.domain.votes import cast_as_user, cast_on_behalf
from ideas.enums import ImportKind
from ideas.importers import batches
from ideas.models import Comment, Idea, Image, Note, Report, Rules, Vote, VoteEvent
from notifications.domain import addresses, outbox, subscriptions
from notifications.domain.rendering import Rendered
from notifications.models import Digest, Mail, Notice
from tests.factories import make_brand, make_challenge, make_idea, make_participant, make_user
from tests.gate import Crowd, another_connection
from tests.ideas.ledger import all_is_true, counters

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = "cnry7f3a"


def test_g01_every_model_says_what_it_holds_of_a_person_or_why_nothing():
    known = {entry.model for entry in personal.entries()}
    assert {model._meta.label for model in apps.get_models()} == known


def test_g01_a_model_that_points_at_a_person_gives_its_rows_out():
    people = {User, Participant}
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.fields
        if field.is_relation and field.related_model in people
    }
    silent = {entry.model for entry in personal.entries() if entry.export is None}
    # Rules names the manager who wrote them: the brand's record, emptied with the account.
    assert pointing & silent == {"ideas.Rules"}


@pytest.fixture
def challenge(brand):
    return make_challenge(brand)


@pytest.fixture
def canary(brand, challenge, make_secret_key):
    """Somebody who has left a trace wherever this product keeps one."""
    cache.clear()  # how often their mailbox was invited in the test before
    user = make_user(f"{CANARY} Zoe", email=f"{CANARY}@example.org", interests=[CANARY])
    User.objects.filter(pk=user.pk).update(interests=[CANARY], avatar=f"avatars/{CANARY}.webp")
    user.refresh_from_db()
    brand.memberships.create(user=user, role=Role.MANAGER)
    key = make_secret_key(brand)
    cast_on_behalf(
        code=make_idea(challenge).code, key=key, value=1, external_id=f"crm-{CANARY}",
        email=f"{CANARY}.old@example.org", name=CANARY,
    )  # fmt: skip
    author = participants.claimed(
        brand=brand, key=key, external_id=f"crm-{CANARY}", email=None, name=CANARY
    )
    post_idea(challenge=challenge, author=author, title=f"{CANARY} one", body=CANARY)
    mailboxes.prove(user=user, email=f"{CANARY}.old@example.org")
    own = participants.of_user(brand=brand, user=user)
    idea = post_idea(challenge=challenge, author=own, title=f"{CANARY} two", tags=[CANARY])
    activity.record(
        "idea.top", subject=("idea", idea.code), brand=brand, data={"title": idea.title}
    )
    cast_as_user(code=idea.code, user_id=user.pk, value=1)
    Image.objects.create(brand=brand, uploader=own, alt=CANARY, width=40, height=30)
    edit_idea(idea=idea, actor=user, body=f"{CANARY} changed this")
    coauthors.invite(idea=idea, whom=f"{CANARY}.friend@example.org", actor=user)
    friend = participants.of_user(brand=brand, user=make_user())
    other = post_idea(challenge=challenge, author=friend, title="By another")
    asked = coauthors.invite(idea=other, whom=user.email, actor=friend.user)
    coauthors.accept(row=asked.row, user=user)
    edit_idea(idea=other, actor=user, body="A change that stays.")
    third = post_idea(challenge=challenge, author=friend, title="By another, too")
    coauthors.invite(idea=third, whom=user.email, actor=friend.user)
    batches.open_batch(
        brand=brand, challenge=challenge, kind=ImportKind.POLIS, file_name="a.csv", actor=user
    )
    words = drafts.Words(title=CANARY, body=CANARY, tags=CANARY)
    drafts.store(brand=brand, user=user, name=drafts.new_name(), words=words)
    said = comments.post(idea=make_idea(challenge), author=own, body=f"{CANARY} says")
    comments.set_hidden(comment=said, hidden=True, actor=None, reason=f"{CANARY} again")
    rude = comments.post(
        idea=idea, author=participants.of_user(brand=brand, user=make_user()), body="Rude"
    )
    reports.report(idea=idea, comment=rude, reporter=own, reason="abuse", detail=CANARY)
    decisions.set_status(idea=idea, status="planned", actor=user, message="We build it.")
    notes.add(idea=idea, body="Ask the garage.", actor=user)
    owners.set_owner(idea=other, owner=user.handle, actor=user)
    saved_views.keep(brand=brand, user=user, name=f"{CANARY} views", query=f"q={CANARY}")
    Session.objects.create(
        session_key="k" * 32, user=user, agent=CANARY, address="203.0.113.9",
        expire_date=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    tokens.create_token(user=user)
    keys.create_key(brand=brand, scopes=[Scope.READ], origins=[], rate=0, actor=user)
    Invitation.objects.create(
        brand=brand, email=user.email, hash="h", expires_at=timezone.now(), accepted_by=user
    )
    outbox.queue(to=user.email, rendered=Rendered(CANARY, CANARY, CANARY))
    subscriptions.choose(user=user, brand=brand, frequency="daily")
    digest = Digest.objects.create(user=user, brand=brand, pace="daily", day=timezone.now().date())
    told = Activity.objects.filter(kind="idea.top").get()
    Notice.objects.create(user=user, activity=told, pace="daily", digest=digest)
    addresses.mark(email=user.email, answer=f"550 5.1.1 Nobody called {CANARY} here")
    return user


def rows_with_the_canary() -> list[str]:
    """Every row of every table, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT t::text FROM {quoted} t WHERE t::text ILIKE %s",  # noqa: S608 - our tables
                [f"%{CANARY}%"],
            )
            found += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return found


def test_g04_nothing_of_somebody_erased_is_left_in_any_table(canary):
    assert len(rows_with_the_canary()) > 5
    privacy.erase(user=canary)
    assert rows_with_the_canary() == []


def test_g04_who_signed_with_somebody_erased_is_told_without_a_word_of_theirs(canary):
    idea, friend = Idea.objects.get(title=f"{CANARY} two"), make_user("Friend")
    asked = coauthors.invite(idea=idea, whom=friend.handle, actor=canary)
    coauthors.accept(row=asked.row, user=friend)
    privacy.erase(user=canary)
    assert Activity.objects.get(kind="idea.erased").participant.user == friend
    assert rows_with_the_canary() == []


def test_g04_what_was_said_for_the_brand_and_the_place_of_what_was_not_stay(canary):
    privacy.erase(user=canary)
    places = [(one.body, bool(one.deleted_at)) for one in Comment.objects.order_by("id")]
    assert places == [("", True), ("Rude", False)]
    assert [note.author for note in Note.objects.all()] == [None]
    assert list(Report.objects.values_list("reason", "detail")) == [("abuse", "")]


def test_g05_erasing_leaves_votes_counts_and_ledger_as_they_were(canary, challenge):
    idea = Idea.objects.get(title=f"{CANARY} two")
    before, refs = counters(idea), set(VoteEvent.objects.values_list("ref", flat=True))
    privacy.erase(user=canary)
    assert counters(idea) == before == (1, 0, 1)
    assert set(VoteEvent.objects.values_list("ref", flat=True)) == refs
    assert all_is_true()


def test_g05_votes_leave_with_their_owner_where_the_rules_say_so(canary, challenge):
    idea = Idea.objects.get(title=f"{CANARY} two")
    Rules.objects.update(votes_leave=True)
    privacy.erase(user=canary)
    assert counters(idea) == (0, 0, 0)
    assert VoteEvent.objects.filter(kind="erase").count() == 2
    assert not Vote.objects.exclude(value=0).exists()
    assert all_is_true()


def test_g03_a_copy_holds_what_is_theirs_and_nothing_of_others(canary, charlie, brand):
    cast_as_user(code=Idea.objects.first().code, user_id=charlie.pk, value=1)
    copy = {model: list(rows) for model, rows in privacy.export(user=canary)}
    assert [row["email"] for row in copy["accounts.User"]] == [canary.email]
    assert sorted(row["title"] for row in copy["ideas.Idea"]) == [f"{CANARY} one", f"{CANARY} two"]
    assert {row["value"] for row in copy["ideas.Vote"]} == {0, 1}
    assert copy["accounts.Membership"][0]["brand_name"] == brand.name
    assert [row["body"] for row in copy["ideas.Comment"]] == [f"{CANARY} says"]
    assert [row["detail"] for row in copy["ideas.Report"]] == [CANARY]
    assert [row["body"] for row in copy["ideas.Draft"]] == [CANARY]
    assert [row["body"] for row in copy["ideas.Revision"]] == [
        "", f"{CANARY} changed this", "A change that stays.",
    ]  # fmt: skip
    assert [row["answer"] for row in copy["ideas.CoAuthor"]] == ["accepted"]
    assert [row["message"] for row in copy["ideas.Decision"]] == ["We build it."]
    empty = [model for model, rows in copy.items() if not rows]
    assert empty == ["admin.LogEntry", "ideas.VoteBudget"]
    text = json.dumps(copy, default=str)
    other = Participant.objects.get(user=charlie)
    assert not [
        known for known in (charlie.email, charlie.handle, other.ref, "hash") if known in text
    ]


def test_the_owner_of_a_brand_hands_over_before_erasing(alice, brand):
    with pytest.raises(privacy.OwnerMustHandOver):
        privacy.erase(user=alice)
    assert User.objects.filter(pk=alice.pk).exists()


def test_w14_the_keys_that_somebody_erased_had_made_are_dead(canary, brand):
    (key,) = brand.keys.filter(created_by=canary)
    privacy.erase(user=canary)
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_v17_who_comes_back_with_the_mailbox_waits_before_voting_again(canary, challenge):
    idea = Idea.objects.get(title=f"{CANARY} two")
    address = canary.email
    for _n in range(3):
        privacy.erase(user=User.objects.get(email=address))
        again = make_user("Again", email=address.replace("@", "+2@"))
        User.objects.filter(pk=again.pk).update(email=address)
        again.emailaddress_set.update(email=address)
        Idea.objects.filter(pk=idea.pk).update(hidden=False)
        assert cast_as_user(code=idea.code, user_id=again.pk, value=1).state == "pending"
    assert counters(idea) == (1, 0, 1)
    Mailbox.objects.filter(user=again).update(rests_until=timezone.now())
    assert mailboxes.settle() == 1
    assert counters(idea) == (2, 0, 2)
    assert all_is_true()


def test_g06_no_mail_that_waits_is_sent_to_somebody_erased(canary):
    address = canary.email
    privacy.erase(user=canary)
    assert not Mail.objects.filter(to=address).exists()


def test_a_private_brands_name_survives_in_no_copy_of_a_stranger(mallory, canary):
    make_brand("secret-club", owner=mallory, name="Secret Club", visibility="members")
    copy = json.dumps({m: list(rows) for m, rows in privacy.export(user=canary)}, default=str)
    assert "Secret Club" not in copy


def test_what_was_told_of_a_brand_that_closed_its_door_names_no_title_in_a_copy(canary, brand):
    def headlines() -> list[str]:
        return [
            row["headline"] for row in dict(privacy.export(user=canary))["notifications.Notice"]
        ]

    assert f"{CANARY} two" in headlines()[0]
    brand.memberships.filter(user=canary).delete()
    Participant.objects.update(admitted=False)
    Brand.objects.update(visibility="members")
    assert headlines() == [""]


def test_a_copy_names_the_title_of_no_idea_that_is_hidden_or_deleted_but_of_ones_own(canary, brand):
    def titles() -> dict[str, str]:
        return {
            row["code"]: row["title"] for row in dict(privacy.export(user=canary))["ideas.Vote"]
        }

    challenge = make_challenge(brand)
    author = make_user()
    own, others, deleted = (
        make_idea(challenge, author=make_participant(brand, user), title="Shame")
        for user in (canary, author, author)
    )
    for idea in (own, others, deleted):
        cast_as_user(code=idea.code, user_id=canary.pk, value=1)
    assert {titles()[idea.code] for idea in (own, others, deleted)} == {"Shame"}
    for idea in (own, others):
        set_hidden(idea=idea, hidden=True, actor=None)
    delete_idea(idea=deleted, actor=author)
    shown = titles()
    assert [shown[idea.code] for idea in (own, others, deleted)] == ["Shame", "", ""]


def rename(user, handle):
    people.change_profile(
        user=user, handle=handle, display_name=user.display_name, language=user.language,
        time_zone=user.time_zone, interests=user.interests,
    )  # fmt: skip


def story_of(user) -> list[str]:
    (rows,) = [rows for model, rows in privacy.export(user=user) if model == "accounts.Activity"]
    return [row["kind"] for row in rows]


def test_whoever_takes_a_handle_that_somebody_left_gets_none_of_their_story(alice, bob, brand):
    teams.hand_over(brand=brand, to=bob, actor=alice)
    told = {user: story_of(user) for user in (alice, bob)}
    left = alice.handle
    rename(alice, "alice-2")
    rename(bob, left)
    for user, kinds in told.items():
        assert story_of(user) == [*kinds, "profile.changed"]
    assert Activity.objects.get(kind="brand.handed_over").data == {"from": "alice-2"}


def test_g04_a_handle_left_before_is_forgotten_too(canary):
    rename(canary, "somebody-else")
    privacy.erase(user=canary)
    assert rows_with_the_canary() == []


def test_a_brand_that_left_an_address_is_not_the_story_of_a_namesake(alice, brand):
    activity.record("brand.moved", subject=("brand", "new"), brand=brand, data={"from": "zed"})
    privacy.erase(user=make_user("Zed", handle="zed"))
    assert Activity.objects.get(kind="brand.moved").data == {"from": "zed"}


def test_a_brand_handed_over_to_somebody_who_is_erased_at_this_moment_has_an_owner(
    alice, bob, brand
):
    with another_connection() as gate:
        gate.execute("SELECT FROM accounts_brand WHERE id = %s FOR NO KEY UPDATE", [brand.pk])
        crowd = Crowd([partial(privacy.erase, user=bob)])
        crowd.wait_until_all_wait()  # nothing is decided before the brand stands still
        gate.execute(
            "UPDATE accounts_membership SET role = 'manager' WHERE user_id = %s", [alice.pk]
        )
        gate.execute("UPDATE accounts_membership SET role = 'owner' WHERE user_id = %s", [bob.pk])
    assert [answer.code for answer in crowd.finish()] == ["owner_must_hand_over"]
    assert brand.memberships.get(role=Role.OWNER).user == bob
