"""Votes by day, as the ledger tells of them."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.domain import mailboxes
from ideas.domain import tally, votes
from ideas.models import LedgerBatch, VoteEvent
from insights.domain import daily
from insights.models import CountedLedger, CountingPlace, DailyVotes
from tests.factories import make_challenge, make_idea, make_user
from tests.gate import Crowd, another_connection

pytestmark = pytest.mark.django_db(transaction=True)


def vote(idea, user, value):
    votes.cast_as_user(code=idea.code, user_id=user.pk, value=value)


def count():
    tally.fold_until_settled()
    daily.count_new(5)


def today_of(challenge):
    row = DailyVotes.objects.filter(challenge=challenge, day=timezone.now().date()).first()
    return (row.supported, row.opposed, row.withdrawn) if row else None


@pytest.fixture
def two_sided(brand):
    return make_challenge(brand, slug="sides", mode="up_down")


def test_votes_for_against_and_taken_back_are_counted_apart(two_sided, alice, charlie):
    idea = make_idea(two_sided)
    vote(idea, alice, 1)
    vote(idea, charlie, -1)
    count()
    assert today_of(two_sided) == (1, 1, 0)
    vote(idea, charlie, 1)
    vote(idea, alice, 0)
    count()
    assert today_of(two_sided) == (2, 1, 1)


def test_what_was_counted_is_not_counted_again(challenge, alice):
    vote(make_idea(challenge), alice, 1)
    count()
    count()
    CountingPlace.objects.update(batch=0)  # as after a crash
    count()
    assert today_of(challenge) == (1, 0, 0)
    assert CountedLedger.objects.get(challenge=challenge).number == 1


def test_a_name_that_joins_a_person_brings_its_vote_once(two_sided, alice, make_secret_key):
    idea = make_idea(two_sided)
    key = make_secret_key(idea.brand)
    who = {"external_id": "7", "email": "new@example.org"}
    votes.cast_on_behalf(code=idea.code, key=key, value=1, **who)
    vote(idea, alice, -1)
    count()
    assert today_of(two_sided) == (1, 1, 0)
    mailboxes.prove(user=make_user(email="new@example.org"), email="new@example.org")
    count()
    assert VoteEvent.objects.filter(kind="join").exists()
    assert today_of(two_sided) == (1, 1, 0)


def test_a_total_that_an_import_takes_back_was_never_there(challenge):
    idea = make_idea(challenge)
    with connection.cursor() as cursor:
        for total in (30, 12):
            cursor.execute(
                "SELECT * FROM set_totals('import:x', 1::smallint, ARRAY[%s]::bigint[], ARRAY[%s])",
                [idea.pk, total],
            )
            count()
    assert today_of(challenge) == (12, 0, 0)


def test_an_unfolded_vote_waits_for_its_fold(challenge, alice):
    vote(make_idea(challenge), alice, 1)
    daily.count_new(5)
    assert today_of(challenge) is None
    count()
    assert today_of(challenge) == (1, 0, 0)


def test_each_day_and_challenge_has_figures_of_its_own(brand, challenge, alice, charlie):
    other = make_challenge(brand, slug="night")
    vote(make_idea(challenge), alice, 1)
    vote(make_idea(other), alice, 1)
    VoteEvent.objects.filter(challenge=other).update(at="2026-03-01T23:30:00Z")
    count()
    assert today_of(challenge) == (1, 0, 0)
    (old,) = DailyVotes.objects.filter(challenge=other)
    assert (old.day, old.supported) == (date(2026, 3, 1), 1)


def test_a_batch_that_is_committed_late_is_waited_for(brand, challenge, alice):
    """Eight folds run beside each other: a lower id may be seen after a higher one."""
    other = make_challenge(brand, slug="night")
    early, late = make_idea(challenge), make_idea(other)
    vote(early, alice, 1)
    with another_connection() as folder:
        folder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        folder.execute("SELECT fold_shard(shard) FROM tally_shards() shard")
        vote(late, alice, 1)
        LedgerBatch.objects.create(
            challenge=other, number=1, events=[VoteEvent.objects.get(challenge=other).seq]
        )
        counter = Crowd([lambda: daily.count_new(5)])
        counter.wait_until_all_wait()
    counter.finish()
    assert (today_of(challenge), today_of(other)) == ((1, 0, 0), (1, 0, 0))


def test_what_a_long_transaction_wrote_before_newer_folds_is_counted_too(brand, challenge, alice):
    other = make_challenge(brand, slug="night")
    vote(make_idea(challenge), alice, 1)
    tally.fold_until_settled()
    late = LedgerBatch.objects.get()
    LedgerBatch.objects.filter(pk=late.pk).delete()
    vote(make_idea(other), alice, 1)
    count()
    assert (today_of(challenge), today_of(other)) == (None, (1, 0, 0))
    with transaction.atomic():
        late.save(force_insert=True)
        daily.look_again(challenges=[challenge.pk])
    daily.count_new(5)
    assert (today_of(challenge), today_of(other)) == ((1, 0, 0), (1, 0, 0))


@pytest.mark.parametrize("size", ["BATCHES_AT_ONCE", "VOTES_AT_ONCE"])
def test_a_large_ledger_is_counted_in_parts(challenge, monkeypatch, size):
    monkeypatch.setattr(daily, size, 1)
    idea = make_idea(challenge)
    for n in range(3):
        vote(idea, make_user(f"Voter {n}"), 1)
        tally.fold_until_settled()
    assert LedgerBatch.objects.count() == 3
    daily.count_new(0)
    assert today_of(challenge) == (1, 0, 0)
    daily.count_new(5)
    assert today_of(challenge) == (3, 0, 0)


def test_a_second_counter_steps_aside(challenge, alice):
    vote(make_idea(challenge), alice, 1)
    tally.fold_until_settled()
    CountingPlace.objects.create(pk=1)
    with another_connection() as other:
        other.execute("SELECT 1 FROM insights_countingplace WHERE id = 1 FOR UPDATE")
        daily.count_new(5)
    assert today_of(challenge) is None
    daily.count_new(5)
    assert today_of(challenge) == (1, 0, 0)


def test_a_page_gets_every_day_and_only_its_challenges(brand, challenge, alice):
    other = make_challenge(brand, slug="night")
    for one in (challenge, other):
        vote(make_idea(one), alice, 1)
    count()
    days = daily.votes_by_day([challenge.pk], 3)
    today = timezone.now().date()
    assert [day.day for day in days] == [today - timedelta(days=n) for n in (2, 1, 0)]
    assert [day.supported for day in days] == [0, 0, 1]
    assert sum(day.supported for day in daily.votes_by_day([], 3)) == 0
