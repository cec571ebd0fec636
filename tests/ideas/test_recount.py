"""A half-life that changes: the next folds take the sums from the votes again, in no wrong unit."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection

from accounts.domain.participants import claimed
from accounts.models import Brand
from ideas.domain import challenges, tally
from ideas.domain.votes import cast_as_user, cast_imported
from ideas.models import Recount, Score
from tests.factories import make_challenge, make_idea, make_user
from tests.gate import Crowd, another_connection
from tests.ideas.ledger import all_is_true

pytestmark = pytest.mark.django_db(transaction=True)

LANDMARK = datetime(2025, 1, 1, tzinfo=UTC)
ONE_DAY, TWO_DAYS = timedelta(days=1), timedelta(days=2)


def vote_at(idea, moment, name="a"):
    voter = claimed(brand=idea.brand, key=None, external_id=name, email=None)
    cast_imported(code=idea.code, participant_id=voter.pk, value=1, at=moment)


def halve_every(challenge, span):
    challenges.change_rules(challenge=challenge, actor=None, half_life=span)


def sums(idea):
    score = Score.objects.get(pk=idea.pk)
    return score.for_log2, score.brand_for_log2


@pytest.fixture
def challenge(brand):
    Brand.objects.filter(pk=brand.pk).update(half_life=ONE_DAY)
    return make_challenge(brand, half_life=ONE_DAY)


def test_the_next_fold_counts_the_ideas_of_a_new_half_life_from_their_votes(challenge):
    idea = make_idea(challenge)
    vote_at(idea, LANDMARK + 8 * ONE_DAY)
    tally.fold_until_settled()
    assert sums(idea) == pytest.approx((8, 8))
    halve_every(challenge, TWO_DAYS)
    tally.fold()
    assert sums(idea) == pytest.approx((4, 8))  # the brand's own half-life stands
    assert not Recount.objects.exists()
    assert all_is_true()


def test_a_vote_that_no_fold_has_seen_is_weighed_once_and_by_the_new_half_life(challenge):
    idea = make_idea(challenge)
    vote_at(idea, LANDMARK + 8 * ONE_DAY, "a")
    tally.fold_until_settled()
    vote_at(idea, LANDMARK + 8 * ONE_DAY, "b")
    halve_every(challenge, TWO_DAYS)
    tally.fold()
    assert Score.objects.get(pk=idea.pk).support == 2
    assert sums(idea)[0] == pytest.approx(5)  # two votes of 2^4
    assert all_is_true()


def test_until_then_the_old_sums_are_no_drift(challenge):
    idea = make_idea(challenge)
    vote_at(idea, LANDMARK + 8 * ONE_DAY)
    tally.fold_until_settled()
    halve_every(challenge, TWO_DAYS)
    assert Recount.objects.filter(idea=idea).exists()
    assert all_is_true()


def test_other_rules_and_other_challenges_cost_no_recount(challenge):
    make_idea(challenge)
    elsewhere = make_challenge(challenge.brand, half_life=ONE_DAY)
    make_idea(elsewhere)
    challenges.change_rules(challenge=challenge, actor=None, budget=3)
    assert not Recount.objects.exists()
    halve_every(challenge, TWO_DAYS)
    assert Recount.objects.count() == 1


def test_a_new_half_life_of_the_brand_counts_all_of_its_ideas_afresh(challenge):
    idea = make_idea(challenge)
    vote_at(idea, LANDMARK + 8 * ONE_DAY)
    tally.fold_until_settled()
    Brand.objects.filter(pk=challenge.brand_id).update(half_life=4 * ONE_DAY)
    tally.fold()
    assert sums(idea) == pytest.approx((8, 2))
    assert all_is_true()


def test_an_idea_that_moves_is_weighed_by_the_half_life_of_its_new_challenge(challenge):
    idea = make_idea(challenge)
    vote_at(idea, LANDMARK + 8 * ONE_DAY)
    tally.fold_until_settled()
    idea.challenge = make_challenge(challenge.brand, half_life=TWO_DAYS)
    idea.save(update_fields=["challenge"])
    tally.fold()
    assert sums(idea)[0] == pytest.approx(4)
    assert all_is_true()


def test_a_large_challenge_is_counted_in_parts_and_votes_go_on_meanwhile(challenge):
    idea = make_idea(challenge)
    vote_at(idea, LANDMARK + 8 * ONE_DAY, "a")
    tally.fold_until_settled()
    for _n in range(501):
        make_idea(challenge)
    halve_every(challenge, TWO_DAYS)
    last = make_idea(challenge)
    vote_at(last, LANDMARK + 8 * ONE_DAY, "a")
    tally.fold()
    assert Recount.objects.count() == 2
    assert sums(last)[0] == pytest.approx(4)
    tally.fold()
    assert not Recount.objects.exists()
    assert all_is_true()


def test_a_vote_on_an_idea_that_still_waits_is_weighed_in_one_unit_with_the_others(challenge):
    ideas = [make_idea(challenge) for _n in range(501)]
    waiting = ideas[-1]
    vote_at(waiting, LANDMARK + 8 * ONE_DAY, "a")
    tally.fold_until_settled()
    halve_every(challenge, TWO_DAYS)
    vote_at(waiting, LANDMARK + 8 * ONE_DAY, "b")
    tally.fold()
    assert list(Recount.objects.values_list("idea", flat=True)) == [waiting.pk]
    assert sums(waiting)[0] == pytest.approx(5)
    assert all_is_true()


def test_a_fold_that_saw_the_half_life_before_this_one_takes_no_mark_away(challenge):
    idea = make_idea(challenge)
    vote_at(idea, LANDMARK + 8 * ONE_DAY)
    tally.fold_until_settled()
    halve_every(challenge, TWO_DAYS)
    with another_connection() as slow:
        slow.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        slow.execute("SELECT count(*) FROM ideas_recount")  # its snapshot: half-life of two days
        halve_every(challenge, 4 * ONE_DAY)
        with pytest.raises(Exception, match="could not serialize"):
            slow.execute("SELECT fold_votes()")
        slow.connection.rollback()
    tally.fold()
    assert sums(idea)[0] == pytest.approx(2)
    assert all_is_true()


def test_a_change_of_rules_waits_for_the_vote_in_flight_and_the_vote_is_weighed_anew(challenge):
    idea = make_idea(challenge)
    voter = make_user()
    with another_connection() as voting:
        voting.execute(
            "SELECT outcome FROM cast_vote_as_user(%s, %s, 1::smallint)", [idea.code, voter.pk]
        )
        change = Crowd([partial(halve_every, challenge, TWO_DAYS)])
        change.wait_until_all_wait()
    assert change.finish() == [None]
    tally.fold_until_settled()
    assert all_is_true()


def test_a_reset_takes_what_waits_for_a_recount_along(challenge):
    idea = make_idea(challenge)
    vote_at(idea, LANDMARK + 8 * ONE_DAY)
    tally.fold_until_settled()
    halve_every(challenge, TWO_DAYS)
    tally.reset()
    assert not Recount.objects.exists()
    assert sums(idea)[0] == pytest.approx(4)


def test_votes_of_members_and_a_recount_meet_in_any_order(challenge):
    idea = make_idea(challenge)
    users = [make_user() for _n in range(6)]
    calls = [partial(cast_as_user, code=idea.code, user_id=user.pk, value=1) for user in users]
    Crowd([*calls, partial(halve_every, challenge, TWO_DAYS), tally.fold, tally.fold]).finish()
    tally.fold_until_settled()
    assert Score.objects.get(pk=idea.pk).support == 6
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ideas_recount")
        assert cursor.fetchone() == (0,)
    assert all_is_true()
