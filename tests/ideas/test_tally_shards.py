"""Brands are dealt out over shards: one that takes long delays nobody else, and those who read the
ledger's batches pass over none, in whatever order folds commit.
"""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.models import Brand
from ideas.domain import orders, ranking, tally
from ideas.domain.votes import cast_as_user
from ideas.models import Recount, Score
from tests.factories import make_brand, make_challenge, make_idea, make_user
from tests.gate import Crowd, another_connection
from tests.ideas.ledger import all_is_true, counters

pytestmark = pytest.mark.django_db(transaction=True)


def vote(idea, user=None, value=1):
    return cast_as_user(code=idea.code, user_id=(user or make_user()).pk, value=value)


def shard_of(idea):
    return idea.brand_id % 8


@pytest.fixture
def two_ideas(idea):
    """Of brands in two shards."""
    other = make_idea(make_challenge(make_brand()))
    while shard_of(other) == shard_of(idea):
        other = make_idea(make_challenge(make_brand()))
    return idea, other


def support(idea):
    return Score.objects.get(pk=idea.pk).support


def hold(connection, idea):
    connection.execute(
        "SELECT FROM ideas_tallycursor WHERE name = %s FOR UPDATE", [f"votes {shard_of(idea)}"]
    )


def test_a_brand_that_takes_long_to_fold_delays_no_other(two_ideas):
    slow, quick = two_ideas
    vote(slow)
    vote(quick)
    with another_connection() as folder:
        hold(folder, slow)
        tally.drain(0)
        assert (support(slow), support(quick)) == (0, 1)
    tally.fold_until_settled()
    assert (support(slow), support(quick)) == (1, 1)
    assert all_is_true()


def test_votes_of_all_shards_are_counted_once_by_drains_at_once(two_ideas):
    for idea in two_ideas * 3:
        vote(idea)
    rows = Crowd([lambda: tally.drain(0.5)] * 3).finish()
    assert sum(rows) == 6
    assert [counters(idea) for idea in two_ideas] == [(3, 0, 3), (3, 0, 3)]
    assert all_is_true()


def test_only_shards_with_new_votes_are_folded_and_none_twice_within_the_pause(two_ideas):
    first, second = two_ideas
    tally.fold_until_settled()
    vote(first)
    assert tally.shards_to_fold(pause=0) == [shard_of(first)]
    tally.fold_until_settled()
    vote(first)
    vote(second)
    assert shard_of(first) not in tally.shards_to_fold(pause=600)
    assert set(tally.shards_to_fold(pause=0)) == {shard_of(first), shard_of(second)}


ROWS_READ = """
    SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables
     WHERE relname IN ('ideas_voteevent', 'ideas_score')
"""
OLD_ROWS = """
    INSERT INTO ideas_voteevent
           (brand_id, challenge_id, idea_id, counts_on_id, ref, kind, value, state, source, actor,
            at)
    SELECT b.brand, 1, 1, 1, 'nobody', 'cast', 1, 'counted', 'self', 'self', now()
      FROM generate_series(1, 2000) n, generate_series(1, 8) AS b (brand)
"""

SEEN = "UPDATE ideas_tallycursor SET seen = pg_current_snapshot() WHERE name LIKE 'votes %'"


def test_to_find_nothing_to_fold_reads_next_to_nothing(challenge):
    """Asked several times a second, also where nobody votes and millions have voted."""
    for _n in range(30):
        make_idea(challenge)
    with another_connection() as voter, connection.cursor() as cursor:
        voter.execute("SELECT pg_current_xact_id()")  # somebody is always at it
        cursor.execute(OLD_ROWS)
        cursor.execute(SEEN)
        cursor.execute("ANALYZE ideas_voteevent, ideas_score, ideas_recount")
        with transaction.atomic():
            assert tally.shards_to_fold(pause=0) == []
            cursor.execute(ROWS_READ)
            (rows,) = cursor.fetchone()
    assert rows < 100


def test_a_vote_of_a_transaction_that_was_open_at_the_last_fold_waits_for_the_next(two_ideas):
    first, _ = two_ideas
    with another_connection() as voter:
        voter.execute(
            "SELECT outcome FROM cast_vote_as_user(%s, %s, 1::smallint)",
            [first.code, make_user().pk],
        )
        vote(first)
        tally.fold()
        assert tally.shards_to_fold(pause=0) == []
    assert tally.shards_to_fold(pause=0) == [shard_of(first)]
    tally.fold_until_settled()
    assert support(first) == 2


def test_a_batch_that_commits_after_a_later_one_is_passed_over_by_nobody(two_ideas):
    early, late = two_ideas
    vote(early)
    vote(late)
    with another_connection() as folder:
        folder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        folder.execute("SELECT fold_shard(%s)", [shard_of(early)])  # takes the lower number
        tally.fold_shard(shard_of(late))
        watcher = Crowd([ranking.watch_touched_brands])
        watcher.wait_until_all_wait()
    assert watcher.finish() == [2]
    assert ranking.watch_touched_brands() == 0


def test_whoever_has_read_the_last_batch_holds_nobody_up(idea):
    vote(idea)
    with another_connection() as reader:
        reader.execute("SELECT last_batch()")
        (fold,) = Crowd([tally.fold]).finish()
        assert fold.events == 1
    assert support(idea) == 1


def test_orders_are_rebuilt_for_the_challenges_of_every_shard(two_ideas):
    orders.rebuild_touched()
    for idea in two_ideas:
        vote(idea)
    tally.fold_until_settled()
    orders._note_what_happened()
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT brand_id FROM ideas_ordertouch ORDER BY 1")
        touched = [row[0] for row in cursor.fetchall()]
    assert touched == sorted(idea.brand_id for idea in two_ideas)


def test_ideas_with_many_votes_are_counted_anew_a_few_at_a_time(brand):
    challenge = make_challenge(brand)
    ideas = [make_idea(challenge) for _n in range(3)]
    tally.fold_until_settled()
    Score.objects.update(support=30_000)
    Brand.objects.filter(pk=brand.pk).update(half_life=timedelta(days=3))
    with connection.cursor() as cursor:
        cursor.execute("SELECT take_recounts(%s)", [brand.pk % 8])
        (taken,) = cursor.fetchone()
    assert sorted(taken) == [idea.pk for idea in ideas[:2]]
    assert list(Recount.objects.values_list("pk", flat=True)) == [ideas[2].pk]


def test_an_idea_with_more_votes_than_fit_is_counted_anew_alone(idea):
    tally.fold_until_settled()
    Score.objects.update(support=900_000)
    Brand.objects.update(half_life=timedelta(days=3))
    with connection.cursor() as cursor:
        cursor.execute("SELECT take_recounts(%s)", [shard_of(idea)])
        assert cursor.fetchone() == ([idea.pk],)


def test_a_clock_that_was_set_back_stops_no_fold(idea):
    vote(idea)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ideas_tallyshard SET folded_at = clock_timestamp() + interval '1 hour'"
        )
    tally.fold_until_settled()
    assert support(idea) == 1


def test_a_heal_of_everything_at_once_counts_what_waits_once(idea):
    """As the worker of the version before asks for it, until it is started again."""
    vote(idea)
    Score.objects.update(support=7)
    with tally.one_snapshot(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM heal_tallies(NULL)")
    assert support(idea) == 1
    tally.fold_until_settled()
    assert counters(idea) == (1, 0, 1)


def test_a_heal_that_finds_nothing_wrong_folds_nothing(idea):
    vote(idea)
    with tally.one_snapshot(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM heal_tallies(%s)", [[idea.pk]])
    assert support(idea) == 0


def test_what_commits_while_we_look_is_healed_by_the_next_look(idea, monkeypatch):
    tally.fold_until_settled()
    Score.objects.update(listed=False, folded_at=None)
    tally.heal_recent()
    heal = tally.heal

    def while_somebody_writes(ids):
        healed = heal(ids)
        Score.objects.update(oppose=5)
        return healed

    monkeypatch.setattr(tally, "heal", while_somebody_writes)
    Score.objects.update(comments=0)
    tally.heal_recent()
    monkeypatch.undo()
    assert [difference.where for difference in tally.heal_recent()] == [idea.code]


def test_all_is_healed_in_every_shard(two_ideas):
    for idea in two_ideas:
        vote(idea)
    tally.fold_until_settled()
    Score.objects.update(support=7)
    assert {difference.where for difference in tally.heal()} == {idea.code for idea in two_ideas}
    assert [support(idea) for idea in two_ideas] == [1, 1]


def test_what_somebody_wrote_since_the_last_look_is_healed_wherever_it_stands(two_ideas):
    unlisted, _ = two_ideas
    tally.fold_until_settled()
    Score.objects.update(listed=False, folded_at=None)
    tally.heal_recent()
    assert tally.heal_recent() == []
    Score.objects.filter(pk=unlisted.pk).update(oppose=5)
    assert [difference.where for difference in tally.heal_recent()] == [unlisted.code]
    assert Score.objects.get(pk=unlisted.pk).oppose == 0


def test_a_fold_at_work_makes_a_heal_wait_and_not_double(idea):
    vote(idea)
    with another_connection() as folder:
        folder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        folder.execute("SELECT fold_shard(%s)", [shard_of(idea)])
        healer = Crowd([tally.heal])
        healer.wait_until_all_wait()
    healer.finish()
    tally.fold_until_settled()
    assert support(idea) == 1
    assert all_is_true()
