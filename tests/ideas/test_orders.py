"""Order versions: what SQL writes is what the formulas say, at the right moments, whole or not."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from ideas.domain import challenges, ideas, orders, scoring, tally
from ideas.domain.lists import ideas_page
from ideas.domain.votes import cast_as_user
from ideas.enums import Mode, Sort
from ideas.models import (
    Attendance,
    Challenge,
    Exposure,
    Idea,
    OrderPlace,
    OrderTouch,
    OrderVersion,
    Phase,
    Score,
    Vote,
)
from tests.factories import make_challenge, make_idea, make_participant, make_user
from tests.gate import Crowd, another_connection

pytestmark = pytest.mark.django_db(transaction=True)


def newest(brand, challenge=None):
    return OrderVersion.objects.filter(brand=brand, challenge=challenge).latest("number")


def placed(version, sort):
    """Idea ids in their order."""
    rows = OrderPlace.objects.filter(version=version, sort=sort).order_by("place")
    assert [row.place for row in rows] == list(range(1, len(rows) + 1))
    return [row.idea_id for row in rows]


def vote(idea, value=1, user=None):
    return cast_as_user(code=idea.code, user_id=(user or make_user()).pk, value=value)


def age(brand, by=timedelta(minutes=2)):
    """As if all versions had been built so long ago."""
    for version in OrderVersion.objects.filter(brand=brand):
        version.built_at -= by
        version.save(update_fields=["built_at"])


@pytest.fixture
def crowded(brand):
    """60 ideas of an up/down challenge with votes of all ages, showings and visits at random."""
    challenge = make_challenge(brand, mode=Mode.UP_DOWN)
    made = [make_idea(challenge) for _n in range(60)]
    people = [make_participant(brand) for _n in range(12)]
    draw, now = random.Random(7), timezone.now()  # noqa: S311 - the same at every run
    votes, ages = [], {}
    for idea in made:
        for person in draw.sample(people, draw.choice([0, 0, 1, 2, 4, 6, 12])):
            value, hours = draw.choice([1, 1, -1]), draw.choice([1, 30, 200])
            at = now - timedelta(hours=hours)
            votes.append(
                Vote(idea=idea, counts_on=idea, participant=person, value=value, state="counted",
                     source="self", at=at)
            )  # fmt: skip
            if value > 0:
                ages.setdefault(idea.pk, []).append(timedelta(hours=hours))
    Vote.objects.bulk_create(votes)
    tally.reset()
    Score.objects.update(folded_at=now)
    Exposure.objects.bulk_create(
        [Exposure(idea=idea, views=draw.choice([0, 0.5, 3, 40]), times=1) for idea in made]
    )
    Attendance.objects.create(challenge=challenge, visits=57)
    return challenge, ages


def facts(version, sort):
    rows = OrderPlace.objects.filter(version=version, sort=sort).order_by("place")
    return {row.idea_id: row for row in rows}


def test_what_sql_writes_is_what_the_formulas_say(brand, crowded):
    challenge, ages = crowded
    orders.rebuild(orders.List(brand.pk, challenge.pk))
    version = newest(brand, challenge)
    scores = {score.idea_id: score for score in Score.objects.all()}
    ups, downs = (sum(getattr(s, name) for s in scores.values()) for name in ("support", "oppose"))
    m = scoring.mean(ups, downs)
    assert (version.mean, version.visits) == (pytest.approx(m), 57)
    assert (version.can_say_no, version.half_life) == (True, timedelta(hours=72))
    recent = {pk: scoring.recent(ages.get(pk, []), version.half_life) for pk in scores}
    before = {pk: scores[pk].support - recent[pk] for pk in scores}
    best, discover, rising = (facts(version, sort) for sort in ("best", "discover", "rising"))
    for pk, score in scores.items():
        row = best[pk]
        assert (row.ups, row.downs) == (score.support, score.oppose)
        share = scoring.best(row.ups, row.downs, m)
        assert row.score == pytest.approx(share)
        assert discover[pk].score == pytest.approx(scoring.ucb(share, row.views, 57))
        assert rising[pk].recent == pytest.approx(recent[pk], abs=1e-3)
        expected = scoring.expected(before[pk], sum(before.values()), sum(recent.values()))
        assert rising[pk].expected == pytest.approx(expected, abs=1e-3)
        assert rising[pk].score == pytest.approx(scoring.rise(recent[pk], expected), abs=1e-3)


def test_equal_scores_are_by_the_surer_one_then_by_age(brand, crowded):
    challenge, _ages = crowded
    orders.rebuild(orders.List(brand.pk, challenge.pk))
    version = newest(brand, challenge)
    scores = {score.idea_id: score for score in Score.objects.all()}

    def key(pk):
        ups, downs = scores[pk].support, scores[pk].oppose
        sure = scoring.quantile(scoring.TIE, ups, downs, version.mean)
        share = round(scoring.best(ups, downs, version.mean), 12)
        return -share, -round(sure, 9), scores[pk].created_at, scores[pk].code

    assert placed(version, "best") == sorted(scores, key=key)


def test_of_two_ideas_at_the_mean_the_one_with_votes_is_surer(brand):
    challenge = make_challenge(brand, mode=Mode.UP_DOWN)
    bare, liked = make_idea(challenge), make_idea(challenge)
    for value in [1, -1, 1, -1]:
        vote(liked, value)
    tally.fold_until_settled()
    orders.rebuild(orders.List(brand.pk, challenge.pk))
    version = newest(brand, challenge)
    assert [row.score for row in facts(version, "best").values()] == [0.5, 0.5]
    assert placed(version, "best") == [liked.pk, bare.pk]


def quantiles_must_agree(share, a, b):
    with connection.cursor() as cursor:
        cursor.execute("SELECT beta_quantile(%s, %s, %s)", [share, a, b])
        (value,) = cursor.fetchone()
    assert value == pytest.approx(scoring.beta_quantile(share, a, b), abs=1e-9)


def test_the_quantiles_of_both_sides_agree():
    draw = random.Random(3)  # noqa: S311
    for _n in range(60):
        quantiles_must_agree(draw.random(), draw.uniform(0.05, 3000), draw.uniform(0.05, 3000))


@pytest.mark.parametrize("share", [scoring.LOWER, scoring.TIE, scoring.UPPER])
@pytest.mark.parametrize("ups", [0, 1, 10**6, 10**9])
@pytest.mark.parametrize("downs", [0, 1, 10**6, 10**9])
def test_the_quantiles_of_both_sides_agree_however_many_votes_there_are(share, ups, downs):
    for m in {scoring.mean(ups, downs), scoring.mean(downs, ups), 0.5}:
        quantiles_must_agree(share, ups + scoring.PRIOR * m, downs + scoring.PRIOR * (1 - m))


@pytest.mark.parametrize("mode", [Mode.UP, Mode.POINTS])
def test_where_nobody_can_say_no_best_is_by_points_and_discover_by_votes_for_a_showing(brand, mode):
    challenge = make_challenge(brand, mode=mode, max_points=5)
    seen, unseen, liked = (make_idea(challenge) for _n in range(3))
    worth = 5 if mode == Mode.POINTS else 1
    for idea, number in [(seen, 2), (liked, 3)]:
        for _n in range(number):
            vote(idea, worth)
    Exposure.objects.create(idea=seen, views=200, times=200)
    Exposure.objects.create(idea=liked, views=200, times=200)
    tally.fold_until_settled()
    orders.rebuild(orders.List(brand.pk, challenge.pk))
    version = newest(brand, challenge)
    assert not version.can_say_no
    assert placed(version, "best") == [liked.pk, seen.pk, unseen.pk]
    assert [row.score for row in facts(version, "best").values()] == [3 * worth, 2 * worth, 0]
    m = scoring.mean(5, 198 + 197)
    assert version.mean == pytest.approx(m)
    discover = facts(version, "discover")
    assert discover[seen.pk].score == pytest.approx(scoring.ucb(scoring.rate(2, 200, m), 200, 0))
    assert placed(version, "discover")[0] == unseen.pk


def test_a_brand_in_which_somebody_can_say_no_is_ordered_by_shares(brand):
    for mode in [Mode.UP, Mode.UP_DOWN]:
        vote(make_idea(make_challenge(brand, mode=mode)))
    tally.fold_until_settled()
    orders.rebuild(orders.List(brand.pk))
    version = newest(brand)
    assert version.can_say_no
    assert [row.score for row in facts(version, "best").values()] == [
        pytest.approx(scoring.best(1, 0, scoring.mean(2, 0)))
    ] * 2


@pytest.mark.parametrize(("days", "hours"), [(14, 24), (15, 72)])
def test_a_short_challenge_rises_by_the_day(brand, days, hours):
    now = timezone.now()
    dates = {"opens_at": now, "closes_at": now + timedelta(days=days)}
    challenge = make_challenge(brand, phases=[{"title": "All", "verbs": ["submit"], **dates}])
    make_idea(challenge)
    orders.rebuild(orders.List(brand.pk, challenge.pk))
    assert newest(brand, challenge).half_life == timedelta(hours=hours)
    assert scoring.half_life_of_rising(timedelta(days=days)) == timedelta(hours=hours)


def test_a_draft_that_waited_long_rises_by_the_day_all_the_same(brand):
    phases = [
        {"title": "All", "verbs": ["submit"], "closes_at": timezone.now() + timedelta(days=7)}
    ]
    challenge = make_challenge(brand, published=False, phases=phases)
    waited = timezone.now() - timedelta(days=20)
    Challenge.objects.filter(pk=challenge.pk).update(created_at=waited)
    challenges.publish(challenge=challenge, actor=None)
    orders.rebuild(orders.List(brand.pk, challenge.pk))
    assert newest(brand, challenge).half_life == timedelta(hours=24)
    Challenge.objects.filter(pk=challenge.pk).update(published_at=waited)
    orders.rebuild(orders.List(brand.pk, challenge.pk))
    assert newest(brand, challenge).half_life == timedelta(hours=72)


def test_a_list_without_ideas_has_an_empty_version(brand):
    orders.rebuild(orders.List(brand.pk))
    version = newest(brand)
    assert (version.mean, version.newest, placed(version, "best")) == (0.5, 0, [])


def test_two_versions_are_kept_with_their_places(brand, idea):
    orders.rebuild_all_of(brand.pk)
    numbers = [orders.rebuild(orders.List(brand.pk)) for _n in range(3)]
    kept = OrderVersion.objects.filter(brand=brand, challenge=None).order_by("number")
    assert [version.number for version in kept] == numbers[1:]
    assert OrderPlace.objects.filter(version__in=kept).count() == 6
    assert not OrderPlace.objects.exclude(version__in=OrderVersion.objects.all()).exists()
    assert newest(brand, idea.challenge).number == 1  # another list's versions are its own


def test_hidden_and_merged_ideas_are_placed_in_no_version(brand, challenge):
    kept, hidden, merged = (make_idea(challenge) for _n in range(3))
    ideas.set_hidden(idea=hidden, hidden=True, actor=None)
    Idea.objects.filter(pk=merged.pk).update(merged_into=kept)
    orders.rebuild_all_of(brand.pk)
    for version in OrderVersion.objects.all():
        assert placed(version, "discover") in ([kept.pk], [])


def test_a_withdrawn_vote_lowers_the_next_version(brand, challenge, charlie):
    one, two = make_idea(challenge), make_idea(challenge)
    vote(two, user=charlie)
    tally.fold_until_settled()
    assert orders.rebuild_touched() == 2
    assert placed(newest(brand, challenge), "best") == [two.pk, one.pk]
    vote(two, 0, user=charlie)
    tally.fold_until_settled()
    age(brand)
    assert orders.rebuild_touched() == 2
    version = newest(brand, challenge)
    assert placed(version, "best") == [one.pk, two.pk]
    assert {row.recent for row in facts(version, "rising").values()} == {0}


def test_a_list_without_a_version_gets_one_at_once_and_nothing_is_built_twice(brand, challenge):
    make_idea(challenge)
    assert orders.rebuild_touched() == 2  # the challenge's list and the brand's
    assert orders.rebuild_touched() == 0
    assert not OrderTouch.objects.exists()
    assert newest(brand, challenge).took > timedelta(0)


def test_a_new_idea_is_shown_beside_the_version_and_placed_when_the_minute_is_over(
    brand, challenge
):
    first = make_idea(challenge)
    orders.rebuild_touched()
    second = make_idea(challenge)
    assert orders.rebuild_touched() == 0
    for where in [challenge, None]:
        page = ideas_page(brand=brand, challenge=where, sort=Sort.DISCOVER)
        assert [row["code"] for row in page.items] == [second.code, first.code]
    age(brand)
    assert orders.rebuild_touched() == 2
    assert set(placed(newest(brand, challenge), "discover")) == {first.pk, second.pk}


def test_a_list_that_took_long_rests_ten_times_as_long_whatever_happens(brand, challenge):
    idea = make_idea(challenge)
    orders.rebuild_touched()
    OrderVersion.objects.filter(challenge=challenge).update(took=timedelta(seconds=8))
    ideas.set_hidden(idea=idea, hidden=True, actor=None)
    ideas.set_hidden(idea=idea, hidden=False, actor=None)
    age(brand, timedelta(seconds=75))
    assert orders.rebuild_touched() == 1  # the brand's, which was built in a moment
    age(brand, timedelta(seconds=10))
    assert orders.rebuild_touched() == 1


def test_a_list_that_fails_is_logged_and_stops_no_list_behind_it(brand, challenge, mallory, caplog):
    broken = make_idea(challenge)
    Exposure.objects.create(idea=broken, views=-5, times=1)  # no square root is taken of that
    theirs = mallory.memberships.get().brand
    make_idea(make_challenge(theirs))
    assert orders.rebuild_touched() == 2
    assert newest(theirs)
    assert not OrderVersion.objects.filter(brand=brand).exists()
    said = [record.getMessage() for record in caplog.records if record.name == orders.__name__]
    assert said == [
        f"the list of brand {brand.pk}, challenge {where}, could not be built"
        for where in [challenge.pk, None]
    ]
    Exposure.objects.filter(idea=broken).update(views=5)
    assert orders.rebuild_touched() == 2


def test_votes_alone_wait_until_the_minute_is_over(brand, challenge):
    idea = make_idea(challenge)
    orders.rebuild_touched()
    vote(idea)
    tally.fold_until_settled()
    assert orders.rebuild_touched() == 0
    assert newest(brand, challenge).number == 1
    age(brand)
    assert orders.rebuild_touched() == 2
    assert facts(newest(brand, challenge), "best")[idea.pk].score == 1


def test_only_lists_that_something_happened_to_are_built(brand, challenge, mallory):
    make_idea(challenge)
    make_idea(make_challenge(mallory.memberships.get().brand))
    assert orders.rebuild_touched() == 4
    make_idea(challenge)
    for made in [brand, mallory.memberships.get().brand]:
        age(made)
    assert orders.rebuild_touched() == 2


def test_an_idea_that_comes_back_is_placed_at_once_and_one_that_goes_can_wait(brand, challenge):
    idea = make_idea(challenge)
    orders.rebuild_touched()
    ideas.set_hidden(idea=idea, hidden=True, actor=None)
    age(brand, timedelta(seconds=20))
    assert orders.rebuild_touched() == 0
    assert OrderTouch.objects.filter(urgent=False).count() == 2
    ideas.set_hidden(idea=idea, hidden=False, actor=None)
    age(brand, timedelta(seconds=20))  # a moment, for lists that took none
    assert orders.rebuild_touched() == 2


def test_an_idea_that_moves_is_placed_in_its_new_challenge(brand, challenge):
    idea, other = make_idea(challenge), make_challenge(brand)
    orders.rebuild_touched()
    Idea.objects.filter(pk=idea.pk).update(challenge=other)
    orders.rebuild_touched()
    assert placed(newest(brand, other), "best") == [idea.pk]
    age(brand)
    orders.rebuild_touched()
    assert placed(newest(brand, challenge), "best") == []


def test_an_edit_of_an_idea_builds_nothing(brand, challenge):
    idea = make_idea(challenge)
    orders.rebuild_touched()
    Idea.objects.filter(pk=idea.pk).update(title="Another title", status="planned")
    assert not OrderTouch.objects.exists()


def test_new_rules_build_at_once(brand, challenge):
    make_idea(challenge)
    orders.rebuild_touched()
    challenges.change_rules(challenge=challenge, actor=None, mode=Mode.UP_DOWN)
    age(brand, timedelta(seconds=20))
    assert orders.rebuild_touched() == 2
    assert newest(brand, challenge).can_say_no


def test_a_round_that_begins_to_hide_its_counts_leaves_the_brands_list_at_once(brand, challenge):
    idea = make_idea(challenge)
    orders.rebuild_touched()
    assert placed(newest(brand), "best") == [idea.pk]
    age(brand)
    opened = timezone.now() - timedelta(minutes=1)
    phase = Phase.objects.get(rules=challenge.rules)
    Phase.objects.filter(pk=phase.pk).update(hides_counts=True, opens_at=opened)
    assert orders.rebuild_touched() == 2
    assert placed(newest(brand), "best") == []
    assert orders.rebuild_touched() == 0
    age(brand, timedelta(minutes=3))
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now() - timedelta(seconds=5))
    assert orders.rebuild_touched() == 2
    assert placed(newest(brand), "best") == [idea.pk]


def test_a_list_that_somebody_is_building_is_left_to_them(brand, challenge):
    make_idea(challenge)
    with another_connection() as builder:
        builder.execute("SELECT pg_advisory_xact_lock(vote_lock_key(5, %s))", [challenge.pk])
        assert orders.rebuild_touched() == 1  # the brand's
    assert not OrderVersion.objects.filter(challenge=challenge).exists()
    assert orders.rebuild_touched() == 1


def test_of_two_builders_at_once_one_builds_each_list_once(brand, challenge):
    make_idea(challenge)
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_orderplace IN SHARE MODE")
        crowd = Crowd([orders.rebuild_touched] * 2)  # each at a list of its own
        crowd.wait_until_all_wait()
    assert sum(crowd.finish()) == 2
    assert sorted(OrderVersion.objects.values_list("number", flat=True)) == [1, 1]


def test_two_who_must_build_do_so_one_after_the_other(brand, challenge):
    make_idea(challenge)
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_orderplace IN SHARE MODE")
        crowd = Crowd([lambda: orders.rebuild(orders.List(brand.pk))] * 2)
        crowd.wait_until_all_wait()
    assert sorted(crowd.finish()) == [1, 2]


def test_what_happens_while_a_version_is_built_is_in_the_next(brand, challenge):
    make_idea(challenge)
    with another_connection() as gate:  # it stops the builder behind its snapshot
        gate.execute("SELECT FROM ideas_ordertouch FOR UPDATE")
        crowd = Crowd([lambda: orders.rebuild(orders.List(brand.pk, challenge.pk))])
        crowd.wait_until_all_wait()
        late = make_idea(challenge)
    crowd.finish()
    assert late.pk not in placed(newest(brand, challenge), "discover")
    age(brand)
    assert orders.rebuild_touched() == 2
    assert late.pk in placed(newest(brand, challenge), "discover")


def test_a_builder_that_is_killed_has_written_nothing_and_the_next_one_builds(brand, challenge):
    make_idea(challenge)
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_orderplace IN SHARE MODE")
        crowd = Crowd([lambda: orders.rebuild(orders.List(brand.pk, challenge.pk))])
        crowd.wait_until_all_wait()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", crowd.pids)
        crowd.finish()
    assert not OrderVersion.objects.exists()
    assert orders.rebuild_touched() == 2
