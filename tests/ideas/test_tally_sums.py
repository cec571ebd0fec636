"""Decayed sums where a float8 has no room for the weights themselves, and what is right already."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.domain.participants import claimed
from ideas.domain import tally
from ideas.domain.votes import cast_as_user, cast_imported
from ideas.enums import Mode
from ideas.models import Score, Vote
from tests.factories import make_challenge, make_idea, make_user
from tests.ideas.ledger import all_is_true

pytestmark = pytest.mark.django_db(transaction=True)

LANDMARK = datetime(2025, 1, 1, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def fleeting(brand):
    """An idea whose votes lose half of their weight within the hour."""
    return make_idea(make_challenge(brand, half_life=AN_HOUR))


def imported_at(idea, moment, name, value=1):
    voter = claimed(brand=idea.brand, key=None, external_id=name, email=None)
    cast_imported(code=idea.code, participant_id=voter.pk, value=value, at=moment)


def sum_of(idea):
    return Score.objects.get(pk=idea.pk).for_log2


def test_votes_of_long_ago_alone_keep_their_exact_weight(fleeting):
    imported_at(fleeting, LANDMARK + 3 * AN_HOUR, "a")  # thousands of half-lives before today
    imported_at(fleeting, LANDMARK + 3 * AN_HOUR, "b")
    tally.fold()
    assert sum_of(fleeting) == pytest.approx(4)  # two votes of 2^3
    assert all_is_true()


def test_a_vote_of_today_outweighs_those_of_long_ago_in_the_same_fold(fleeting):
    imported_at(fleeting, LANDMARK, "a")
    now = cast_as_user(code=fleeting.code, user_id=make_user().pk, value=1)
    assert now.outcome == "new"
    tally.fold()
    score = Score.objects.get(pk=fleeting.pk)
    hours = (score.folded_at - LANDMARK) / AN_HOUR
    assert score.support == 2
    assert score.for_log2 == pytest.approx(hours, abs=0.1)
    assert all_is_true()


def test_old_votes_against_are_weighed_beside_new_ones_for_it(brand):
    idea = make_idea(make_challenge(brand, half_life=AN_HOUR, mode=Mode.UP_DOWN))
    imported_at(idea, LANDMARK, "a", -1)
    cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold()
    assert Score.objects.get(pk=idea.pk).against_log2 == pytest.approx(0)
    assert all_is_true()


def test_an_idea_counted_long_after_its_votes_is_true_by_them(fleeting):
    imported_at(fleeting, LANDMARK, "a")
    tally.fold()
    Score.objects.filter(pk=fleeting.pk).update(folded_at=LANDMARK - 9_000 * AN_HOUR)
    assert all_is_true()
    Score.objects.filter(pk=fleeting.pk).update(for_log2=1)
    assert [one.what for one in tally.verify()] == ["score"]


def test_a_reset_writes_what_is_wrong_and_nothing_else(challenge):
    right, wrong, misplaced = make_idea(challenge), make_idea(challenge), make_idea(challenge)
    for idea in (right, wrong, misplaced):
        cast_as_user(code=idea.code, user_id=make_user().pk, value=1)
    tally.fold()
    before = Score.objects.get(pk=right.pk)
    Score.objects.filter(pk=wrong.pk).update(support=9)
    Score.objects.filter(pk=misplaced.pk).update(brand_hot=7)
    tally.reset()
    assert Score.objects.get(pk=right.pk).folded_at == before.folded_at
    assert Score.objects.get(pk=wrong.pk).support == 1
    assert Score.objects.get(pk=misplaced.pk).brand_hot > 7
    assert all_is_true()


def truth_of(ideas):
    """By idea, of these alone; None: of all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM tally_truth(%s)", [ideas])
        rows = cursor.fetchall()
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: row for row in rows}


def test_the_truth_of_some_ideas_is_that_of_all_cut_to_them(challenge):
    counted, waiting, held, withdrawn, empty = (make_idea(challenge) for _n in range(5))
    voter = make_user()
    for idea in (counted, held, withdrawn):
        cast_as_user(code=idea.code, user_id=voter.pk, value=1)
    cast_as_user(code=waiting.code, user_id=make_user(verified=False).pk, value=1)
    cast_as_user(code=withdrawn.code, user_id=voter.pk, value=0)
    Vote.objects.filter(idea=held).update(state="held")
    imported_at(counted, LANDMARK, "a")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_totals('import', 1::smallint, %s, %s)", [[counted.pk], [7]])
    tally.fold()
    of_all = truth_of(None)
    assert [of_all[idea.pk][1] for idea in (counted, waiting, held, withdrawn)] == [9, 0, 0, 0]
    assert [of_all[idea.pk][6:8] for idea in (waiting, held)] == [(1, 0), (0, 1)]
    some = [idea.pk for idea in (counted, waiting, held, withdrawn, empty, counted)]
    assert truth_of(some) == {pk: of_all[pk] for pk in some}
    assert truth_of([]) == {}
