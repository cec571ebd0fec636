"""The fold counts each ledger row exactly once, and what is wrong is found, healed and logged."""

import math
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.domain.participants import claimed
from accounts.models import Activity, Participant
from ideas import tasks
from ideas.domain import ideas, tally
from ideas.domain.votes import cast_as_user, cast_imported, cast_on_behalf
from ideas.enums import Mode
from ideas.models import LedgerBatch, Score, VoteEvent
from tests.factories import make_challenge, make_idea, make_user, set_closed
from tests.gate import Crowd, another_connection
from tests.ideas.ledger import all_is_true, counters

pytestmark = pytest.mark.django_db(transaction=True)

LANDMARK = datetime(2025, 1, 1, tzinfo=UTC)


def vote(idea, user=None, value=1):
    return cast_as_user(code=idea.code, user_id=(user or make_user()).pk, value=value)


def sql(query, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall() if cursor.description else None


def test_a_fold_counts_what_is_waiting_and_a_second_one_nothing(idea):
    vote(idea)
    vote(idea)
    assert tally.fold().events == 2
    assert tally.fold().events == 0
    assert Score.objects.get(pk=idea.pk).support == 2


def test_support_by_source_adds_up_and_the_uncounted_stand_apart(brand, make_secret_key):
    idea = make_idea(make_challenge(brand))
    vote(idea)
    vote(idea, make_user(verified=False))
    cast_on_behalf(code=idea.code, key=make_secret_key(brand), value=1, external_id="a", email=None)
    voter = claimed(brand=brand, key=None, external_id="b", email=None)
    cast_imported(code=idea.code, participant_id=voter.pk, value=1, at=LANDMARK)
    tally.fold_until_settled()
    score = Score.objects.get(pk=idea.pk)
    assert (score.support, score.on_behalf, score.imported, score.pending) == (3, 1, 1, 1)
    assert all_is_true()


def test_a_vote_open_during_a_fold_is_counted_by_the_next(idea, charlie):
    with another_connection() as voter:
        voter.execute(
            "SELECT outcome FROM cast_vote_as_user(%s, %s, 1::smallint)", [idea.code, charlie.pk]
        )
        vote(idea)  # begins later, commits earlier
        assert tally.fold().events == 1
        assert tally.fold().events == 0
    assert tally.fold().events == 1
    assert counters(idea) == (2, 0, 2)


def test_a_transaction_that_stays_open_stalls_nobody(idea):
    with another_connection() as stranger:
        stranger.execute("SELECT pg_current_xact_id()")
        for _n in range(3):
            vote(idea)
            assert tally.fold().events == 1
    assert counters(idea) == (3, 0, 3)


def test_two_folds_at_once_count_once(idea):
    for _n in range(5):
        vote(idea)
    folds = Crowd([tally.fold] * 4).finish()
    assert sum(fold.events for fold in folds if fold) == 5
    assert counters(idea) == (5, 0, 5)


def test_a_fold_that_dies_has_counted_nothing(idea):
    vote(idea)
    with pytest.raises(OperationalError), tally.one_snapshot():
        sql("SELECT fold_votes()")
        sql("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert Score.objects.get(pk=idea.pk).support == 0
    assert counters(idea) == (1, 0, 1)


def test_each_ledger_row_has_one_place_in_its_challenges_chain(brand):
    first, second = make_idea(make_challenge(brand)), make_idea(make_challenge(brand))
    for idea in [first, second, first]:
        vote(idea)
        vote(idea)
        tally.fold()
    places = [
        seq for batch in LedgerBatch.objects.order_by("challenge", "number") for seq in batch.events
    ]
    assert sorted(places) == sorted(VoteEvent.objects.values_list("seq", flat=True))
    numbers = LedgerBatch.objects.filter(challenge=first.challenge).order_by("number")
    assert [(batch.number, len(batch.events)) for batch in numbers] == [(1, 2), (2, 2)]


def imported(idea, value, at):
    voter = claimed(
        brand=idea.brand,
        key=None,
        external_id=f"{idea.pk}-{Participant.objects.count()}",
        email=None,
    )
    cast_imported(code=idea.code, participant_id=voter.pk, value=value, at=at)
    return voter


def test_f7_after_one_half_life_a_vote_weighs_half(brand):
    idea = make_idea(make_challenge(brand, half_life=timedelta(days=7)))
    now = timezone.now()
    imported(idea, 1, now)
    imported(idea, 1, now - timedelta(days=7))
    tally.fold_until_settled()
    ((weight,),) = sql(
        "SELECT decayed_now(for_log2, interval '7 days', %s) FROM ideas_score WHERE idea_id = %s",
        now,
        idea.pk,
    )
    assert weight == pytest.approx(1.5, abs=1e-9)


def test_hot_is_kept_with_the_half_life_of_the_challenge_and_of_the_brand(brand):
    idea = make_idea(make_challenge(brand, half_life=timedelta(days=1)))
    imported(idea, 1, LANDMARK + timedelta(days=60))
    tally.fold_until_settled()
    score = Score.objects.get(pk=idea.pk)
    assert (score.for_log2, score.brand_for_log2) == pytest.approx((60, 2))
    assert score.against_log2 == -math.inf


def test_hot_orders_by_the_decayed_difference_sign_first(brand):
    challenge = make_challenge(brand, mode=Mode.UP_DOWN)
    loved, old, none, hated = (make_idea(challenge) for _n in range(4))
    imported(loved, 1, LANDMARK + timedelta(days=90))
    for _n in range(3):
        imported(old, 1, LANDMARK)
    imported(hated, -1, LANDMARK)
    tally.fold_until_settled()
    order = Score.objects.order_by("-hot").values_list("idea", flat=True)
    assert list(order) == [loved.pk, old.pk, none.pk, hated.pk]


def test_a_withdrawal_from_a_sum_50_half_lives_apart_leaves_the_old_vote_exact(brand, charlie):
    idea = make_idea(make_challenge(brand, half_life=timedelta(hours=1)))
    imported(idea, 1, LANDMARK)
    vote(idea, charlie)  # some 16,000 half-lives later
    tally.fold_until_settled()
    vote(idea, charlie, 0)
    tally.fold_until_settled()
    assert Score.objects.get(pk=idea.pk).for_log2 == 0
    assert all_is_true()


def test_verify_is_clean_while_rows_wait_for_the_fold(idea):
    vote(idea)
    tally.fold()
    vote(idea)
    assert tally.verify() == []


def test_r10_planted_drift_is_found_healed_logged_and_recorded(idea, caplog):
    vote(idea)
    tally.fold_until_settled()
    Score.objects.filter(pk=idea.pk).update(support=999, for_log2=3)
    assert {difference.what for difference in tally.verify()} == {"counter", "score"}
    vote(idea)  # people go on voting
    tasks.heal_recent_drift()
    assert counters(idea) == (2, 0, 2)
    assert all_is_true()
    assert "tally drift healed" in caplog.text
    activity = Activity.objects.filter(kind="tally.healed", data__what="counter").get()
    assert activity.subject_code == idea.code


def test_healing_what_is_true_writes_and_records_nothing(idea):
    vote(idea)
    tally.fold_until_settled()
    assert tally.heal() == []
    assert not Activity.objects.filter(kind="tally.healed").exists()


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("UPDATE ideas_vote SET value = -1", {"counter", "score", "ledger"}),
        ("DELETE FROM ideas_vote", {"counter", "score", "ledger", "budget"}),
        ("UPDATE ideas_votebudget SET used = 7", {"budget"}),
        ("UPDATE ideas_voteevent SET was = 5", {"step"}),
        ("UPDATE ideas_score SET hot = 1", {"score"}),
        ("UPDATE ideas_vote SET participant_id = 0", {"orphan", "ledger", "budget"}),
    ],
)
def test_verify_finds_every_kind_of_damage(brand, damage, what):
    idea = make_idea(make_challenge(brand, budget=3))
    vote(idea)
    tally.fold_until_settled()
    sql(damage)
    assert {difference.what for difference in tally.verify()} == what


TWICE = """
    INSERT INTO ideas_voteevent (brand_id, challenge_id, idea_id, counts_on_id, ref, kind, value,
                                 state, source, actor, at)
    SELECT brand_id, challenge_id, idea_id, counts_on_id, ref, kind, value, state, source, actor, at
      FROM ideas_voteevent ORDER BY seq LIMIT 1
"""


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("UPDATE ideas_voteevent SET was = 0 WHERE kind = 'withdraw'", {"step"}),
        ("UPDATE ideas_voteevent SET was_state = 'held' WHERE kind = 'withdraw'", {"step"}),
        ("DELETE FROM ideas_voteevent WHERE kind = 'withdraw'", {"step"}),
        (
            "DELETE FROM ideas_voteevent WHERE seq = (SELECT max(seq) FROM ideas_voteevent)",
            {"ledger"},
        ),
        ("UPDATE ideas_vote SET source = 'on_behalf'", {"counter", "ledger"}),
        (TWICE, {"step", "counter"}),
    ],
)
def test_verify_reads_a_vote_that_changed_step_by_step(idea, charlie, damage, what):
    for value in (1, 0, 1):
        vote(idea, charlie, value)
    tally.fold_until_settled()
    assert tally.verify() == []
    sql(damage)
    assert {difference.what for difference in tally.verify()} == what


def test_a_row_of_the_ledger_too_many_is_found_though_its_vote_stands_once(idea):
    vote(idea)
    sql(TWICE)
    tally.fold_until_settled()
    tally.heal()
    assert {difference.what for difference in tally.verify()} == {"step"}


def test_after_a_restore_the_fold_refuses_until_the_tally_is_reset(idea):
    vote(idea)
    tally.fold()
    vote(idea)
    sql("UPDATE ideas_tallycursor SET cluster = 1 WHERE starts_with(name, 'votes')")
    with pytest.raises(Exception, match="reset_tally"):
        tally.fold()
    tally.reset()
    vote(idea)
    assert counters(idea) == (3, 0, 3)
    assert all_is_true()
    assert sum(len(batch.events) for batch in LedgerBatch.objects.all()) == 3


def test_rows_with_ids_from_an_older_cluster_are_not_folded_again(idea):
    vote(idea)
    tally.fold()
    sql("UPDATE ideas_voteevent SET xid = '9000000000'")
    tally.reset()
    vote(idea)
    assert tally.fold().events == 1
    assert counters(idea) == (2, 0, 2)


def test_r12_readers_see_the_counters_of_before_or_after_a_fold_never_between(brand):
    challenge = make_challenge(brand)
    pair = [make_idea(challenge), make_idea(challenge)]
    for idea in pair:
        vote(idea)
    with another_connection() as folder:
        folder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        folder.execute("SELECT fold_votes()")
        assert sum(Score.objects.values_list("support", flat=True)) == 0
    assert sum(Score.objects.values_list("support", flat=True)) == 2


def test_closing_and_hiding_an_idea_leave_its_counters(idea):
    vote(idea)
    tally.fold_until_settled()
    set_closed(idea, closed=True)
    ideas.set_hidden(idea=idea, hidden=True, actor=None)
    score = Score.objects.get(pk=idea.pk)
    assert (score.support, score.listed) == (1, False)
    assert all_is_true()


def test_the_drain_folds_what_arrives_while_it_runs(idea):
    crowd = Crowd([partial(tally.drain, 0.7), *[partial(vote, idea)] * 5])
    assert crowd.finish()[0] == 5
