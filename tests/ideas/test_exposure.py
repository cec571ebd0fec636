"""Showings are counted once per visitor, idea and day, and added to the database exactly once."""

import time
from types import SimpleNamespace

import pytest

from cocreate.lib.store import Away, store
from ideas.domain import exposure, showings
from ideas.models import Attendance, Exposure, OrderTouch, Score
from tests.factories import make_challenge, make_idea
from tests.gate import Crowd, another_connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty_store():
    """The tests of a process share a store; other keys are others' business."""
    showings.waiting.send()
    there = store()
    for key in there.client.scan_iter("seen:*"):
        there.client.delete(key)
    exposure._keys.clear()
    return there.client


@pytest.fixture
def set_clock(monkeypatch):
    """Ours alone: the store has its own."""

    def turn_to(at):
        monkeypatch.setattr(exposure, "time", SimpleNamespace(time=lambda: at))

    return turn_to


def midnight():
    """That ends today."""
    return (int(time.time()) // 86_400 + 1) * 86_400


@pytest.fixture
def three(challenge):
    return [make_idea(challenge) for _n in range(3)]


def look(three, visitor="192.0.2.1 Firefox", challenges=None):
    shown = challenges if challenges is not None else {idea.challenge_id for idea in three}
    network, _space, agent = visitor.partition(" ")
    ideas = tuple(idea.pk for idea in three)
    exposure.seen_all([exposure.Showing(network, agent, ideas, tuple(sorted(shown)))])


def stored(three):
    rows = {row.idea_id: row for row in Exposure.objects.all()}
    return [
        (rows[idea.pk].times, round(rows[idea.pk].views, 4)) if idea.pk in rows else None
        for idea in three
    ]


def test_a_place_further_down_weighs_less():
    assert exposure.weight(1) == 1
    assert exposure.weight(2) == pytest.approx(0.6156, abs=1e-4)
    assert exposure.weight(100) == pytest.approx(0.0398, abs=1e-4)


def test_what_a_list_shows_is_stored_by_place_and_the_visit_with_it(three, challenge):
    look(three)
    assert not Exposure.objects.exists()
    assert exposure.keep() == 3
    assert stored(three) == [(1, 1), (1, 0.6156), (1, 0.4635)]
    assert Attendance.objects.get(challenge=challenge).visits == 1


def test_a_visitor_counts_once_a_day_for_each_idea_and_challenge(three, challenge):
    look(three)
    look([three[2], three[0]])
    exposure.keep()
    look(three)
    assert exposure.keep() == 0
    assert stored(three) == [(1, 1), (1, 0.6156), (1, 0.4635)]
    assert Attendance.objects.get(challenge=challenge).visits == 1


def test_two_visitors_count_twice_and_batches_add_up(three, challenge):
    look(three, "192.0.2.1 Firefox")
    look(three, "192.0.2.1 Chrome")
    exposure.keep()
    look(three, "192.0.2.2 Firefox")
    exposure.keep()
    assert stored(three)[0] == (3, 3)
    assert Attendance.objects.get(challenge=challenge).visits == 3


def test_a_list_over_several_challenges_is_a_visit_to_each(brand, three):
    other = make_idea(make_challenge(brand))
    look([*three, other])
    exposure.keep()
    assert list(Attendance.objects.values_list("visits", flat=True)) == [1, 1]


def test_a_new_day_counts_anew_and_nobody_can_tell_who_came_before(three, empty_store, set_clock):
    look(three)
    before = set(empty_store.scan_iter("seen:by:*"))
    set_clock(midnight() + 1)
    look(three)
    exposure.keep()
    assert stored(three)[0] == (2, 2)
    assert len(set(empty_store.scan_iter("seen:by:*")) - before) == 1


def test_everything_about_a_visitor_is_forgotten_soon_after_midnight(three, empty_store, set_clock):
    end = midnight()
    set_clock(end - 1)  # the key serves no other day
    look(three)
    about = set(empty_store.scan_iter("seen:*")) - {exposure.COLLECTED.encode()}
    assert len(about) == 4  # the key, the visitor, the network, the day's number of visitors
    assert {empty_store.expiretime(key) for key in about} == {end + 300}
    assert empty_store.ttl(exposure.COLLECTED) > 0


def test_a_day_that_is_over_by_the_stores_clock_counts_nobody_and_fails_for_nobody(
    three, empty_store, set_clock
):
    set_clock(midnight() - 2 * 86_400 + 1)  # far behind: a day and more
    look(three)
    assert not list(empty_store.scan_iter("seen:*"))
    set_clock(time.time())
    look(three)
    assert exposure.keep() == 3


def test_no_address_is_in_the_store(three, empty_store):
    look(three, "192.0.2.77 Firefox")
    for key in empty_store.scan_iter("seen:*"):
        assert b"192.0.2" not in key
        assert b"192.0.2" not in empty_store.dump(key)


def test_so_many_visitors_a_day_and_so_many_ideas_each_are_counted(three, monkeypatch):
    monkeypatch.setattr(exposure, "MOST_VISITORS", 2)
    for n in range(4):
        look(three, f"visitor {n}")
    exposure.keep()
    assert stored(three)[0] == (2, 2)
    monkeypatch.setattr(exposure, "MOST_VISITORS", 10)
    monkeypatch.setattr(exposure, "MOST_IDEAS", 2)
    look(three, "another")
    exposure.keep()
    assert [times for times, _views in stored(three)] == [3, 3, 2]


def test_browsers_made_up_in_one_network_count_so_far_and_others_all_the_same(three, monkeypatch):
    monkeypatch.setattr(exposure, "MOST_OF_NETWORK", 2)
    for n in range(5):
        look(three, f"192.0.2.1 Browser{n}")
    look(three, "192.0.2.1 Browser0")
    look(three, "192.0.2.2 Browser0")
    exposure.keep()
    assert [times for times, _views in stored(three)] == [3, 3, 3]


def test_an_idea_that_is_gone_meanwhile_is_passed_over(three):
    look(three)
    three[0].delete()
    assert exposure.keep() == 3
    assert stored(three)[1:] == [(1, 0.6156), (1, 0.4635)]


def test_stored_showings_wait_for_the_next_version(three, brand):
    OrderTouch.objects.all().delete()
    look(three)
    exposure.keep()
    found = OrderTouch.objects.values_list("brand", "challenge", "urgent")
    assert set(found) == {(brand.pk, None, False), (brand.pk, three[0].challenge_id, False)}


def test_a_batch_that_was_stored_is_not_stored_again_when_its_deletion_failed(three, empty_store):
    look(three)
    exposure.keep()
    empty_store.hset(exposure.TAKEN, mapping=taken(three, number=last_batch()))
    assert exposure.keep() == 0
    assert stored(three)[0] == (1, 1)
    assert not empty_store.exists(exposure.TAKEN)


def test_a_batch_whose_storing_was_killed_is_stored_by_the_next_one(three, empty_store):
    look(three)
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_exposure IN SHARE MODE")
        crowd = Crowd([exposure.keep])
        crowd.wait_until_all_wait()
        gate.execute("SELECT pg_terminate_backend(%s)", [crowd.pids[0]])
        crowd.finish()
    assert empty_store.exists(exposure.TAKEN)
    assert not Exposure.objects.exists()
    look(three, "somebody else")
    assert exposure.keep() == 3
    assert exposure.keep() == 3
    assert stored(three)[0] == (2, 2)


def test_of_two_who_store_at_once_one_does(three):
    look(three)
    with another_connection() as gate:
        gate.execute("LOCK TABLE ideas_exposure IN SHARE MODE")
        crowd = Crowd([exposure.keep])
        crowd.wait_until_all_wait()
        assert exposure.keep() == 0
    assert crowd.finish() == [3]
    assert stored(three)[0] == (1, 1)


def test_with_the_store_away_nobody_is_counted_and_nothing_fails(three, no_store):
    look(three)
    assert exposure.keep() == 0
    assert not Exposure.objects.exists()
    with pytest.raises(Away):
        store().ask(store().client.ping)


def test_figures_of_an_idea(three):
    assert exposure.figures_of(three[0].pk) == {
        "times": 0, "views": 0, "per_hundred": None, "has_more_votes": False,
    }  # fmt: skip
    Exposure.objects.create(idea=three[0], views=40, times=90)
    three[0].score.support = 5
    three[0].score.oppose = 1
    three[0].score.save()
    assert exposure.figures_of(three[0].pk) == {
        "times": 90, "views": 40, "per_hundred": 15, "has_more_votes": False,
    }  # fmt: skip


def taken(three, number):
    return {"batch": number, f"v{three[0].pk}": 1.0, f"n{three[0].pk}": 1}


def last_batch():
    with another_connection() as cursor:
        cursor.execute("SELECT after_seq FROM ideas_tallycursor WHERE name = 'exposure'")
        return cursor.fetchone()[0]


def test_votes_that_came_from_elsewhere_make_no_share_of_views(three):
    Exposure.objects.create(idea=three[0], times=2, views=0.4)
    Score.objects.filter(pk=three[0].pk).update(support=36)
    assert exposure.figures_of(three[0].pk) == {
        "times": 2, "views": 0.4, "per_hundred": None, "has_more_votes": True,
    }  # fmt: skip
