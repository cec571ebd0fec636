"""The simulated crowd: docs/decisions/0061 says how it behaves."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from cocreate.domain.demo.arrivals import HERD, Offer, Room, Site, rate, simulated

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


def ago(days):
    return NOW - timedelta(days=days)


def offer(code, days=30.0, **over):
    return Offer(code, ago(days), **({"until": None, "appeal": 0.3, "against": 0.0} | over))


def room(*offers, **over):
    defaults = {
        "opens": ago(40), "closes": None, "largest": 1, "is_signed": False, "budget": None,
        "weight": 1.0,
    }  # fmt: skip
    return Room([*offers], **(defaults | over))


def site(*rooms, seed=1, **over):
    defaults = {"people": range(200), "begins": ago(40), "visits": 40.0, "mails": []}
    return Site([*rooms], **(defaults | over), chance=Random(seed), onlookers=Random(seed + 1))


def ballots(*rooms, **over):
    return simulated(site(*rooms, **over), now=NOW)


def kept(cast):
    """The last word of each person on each idea."""
    return Counter({(one.person, one.code): one.value for one in cast})


def test_the_same_seed_is_the_same_crowd():
    assert ballots(room(offer("a"))) == ballots(room(offer("a")))
    assert ballots(room(offer("a"))) != ballots(room(offer("a")), seed=2)


def test_votes_come_by_time_while_the_idea_and_the_question_take_them():
    late, decided = offer("late", 3), offer("decided", until=ago(20))
    cast = ballots(room(offer("a"), late, decided, opens=ago(35), closes=ago(1)))
    assert [one.at for one in cast] == sorted(one.at for one in cast)
    assert ago(35) < cast[0].at
    assert cast[-1].at < ago(1)
    assert min(one.at for one in cast if one.code == "late") > ago(3)
    assert max(one.at for one in cast if one.code == "decided") < ago(20)


def test_many_who_read_at_once_vote_in_order_and_none_in_the_future():
    offers = [offer(f"i{n}") for n in range(12)]
    cast = ballots(room(*offers), people=range(5000), begins=ago(0.05), visits=20_000.0)
    assert len(cast) > 200
    assert [one.at for one in cast] == sorted(one.at for one in cast)
    assert cast[-1].at < NOW


def test_a_person_votes_once_and_sometimes_takes_it_back():
    standing, zeros = {}, 0
    for one in ballots(room(offer("a"), offer("b")), visits=200.0):
        key = (one.person, one.code)
        assert bool(one.value) != bool(standing.get(key))
        standing[key], zeros = one.value, zeros + (one.value == 0)
    assert 0 < zeros < len(standing) / 2


@pytest.mark.parametrize(("signed", "values"), [(False, {0, 1}), (True, {-1, 0, 1})])
def test_nobody_votes_against_where_one_cannot(signed, values):
    cast = ballots(room(offer("a", against=0.4), is_signed=signed), visits=200.0)
    assert {one.value for one in cast} == values


def test_points_reach_the_largest_and_no_further():
    cast = ballots(room(offer("a", appeal=0.6), largest=3))
    assert {one.value for one in cast} - {0} == {1, 2, 3}


def test_nobody_spends_more_than_the_budget():
    offers = [offer(f"i{n}", appeal=0.8) for n in range(8)]
    spent = Counter()
    for (person, _code), value in kept(ballots(room(*offers, largest=3, budget=5))).items():
        spent[person] += value
    assert max(spent.values()) == 5


def test_what_appeals_to_more_people_gets_more_votes():
    cast = kept(ballots(room(offer("good", appeal=0.5), offer("dull", 30.1, appeal=0.05))))
    votes = Counter(code for (_person, code), value in cast.items() if value)
    assert votes["good"] > 3 * votes["dull"] > 0


def test_who_is_ahead_gets_more_of_what_is_as_good_but_not_all():
    """Rich get richer by their place and by the herd, which is bounded."""
    shares = []
    for seed in range(12):
        twins = [offer(f"t{n}", 30 + n / 100, appeal=0.15) for n in range(6)]
        cast = kept(ballots(room(*twins), seed=seed, visits=15.0))
        votes = sorted(Counter(code for (_p, code), v in cast.items() if v).values())
        shares.append(votes[-1] / sum(votes))
    assert min(shares) > 1 / 6
    assert max(shares) < 0.6
    assert 0 < HERD < 1


def test_evenings_are_busier_than_nights_and_sundays_than_saturdays():
    here = site(room(offer("a")))
    evening, night = NOW.replace(hour=20), NOW.replace(hour=3)
    assert rate(here, evening) > 5 * rate(here, night)
    saturday = datetime(2026, 5, 16, 12, tzinfo=UTC)
    assert rate(here, saturday) < rate(here, saturday + timedelta(days=1))


def test_a_letter_brings_a_burst_that_fades():
    letter = ago(10)
    quiet, told = site(room(offer("a"))), site(room(offer("a")), mails=[letter])
    before, soon, days_after = (letter + timedelta(hours=h) for h in (-1, 1, 100))
    assert rate(told, before) == rate(quiet, before)
    assert rate(told, soon) > 5 * rate(quiet, soon)
    assert rate(told, days_after) == rate(quiet, days_after)
    cast = simulated(told, now=NOW)
    day = [one for one in cast if letter <= one.at < letter + timedelta(days=1)]
    assert len(day) > 2 * len(cast) / 40


def test_a_few_come_often_and_most_come_once_or_twice():
    offers = [offer(f"i{n}") for n in range(20)]
    busy = Counter(one.person for one in ballots(room(*offers), visits=15.0))
    votes = sorted(busy.values(), reverse=True)
    assert sum(votes[: len(votes) // 5]) > 0.4 * sum(votes)


def test_before_the_first_question_nobody_finds_anything():
    assert ballots(room(offer("a"), opens=NOW)) == []


def test_lists_count_whom_they_showed_what_once_a_visitor_and_day():
    """Nobody only reads here: one person comes many times on each of three days."""
    place = site(room(offer("a", 3), opens=ago(3)), people=[1], visits=400.0, begins=ago(3))
    place.onlookers.random = lambda: 1.0
    simulated(place, now=NOW)
    shown = place.rooms[0].offers[0]
    assert (shown.times, shown.views, place.rooms[0].visits) == (4, 4.0, 4)  # from noon to noon
    assert NOW.date() == shown.shown_at.date()


def test_ideas_are_shown_far_more_often_than_they_are_voted_on():
    good, dull = offer("good", appeal=0.5), offer("dull", 30.1, appeal=0.1)
    votes = Counter(one.code for one in ballots(room(good, dull)) if one.value)
    assert min(good.times, dull.times) > 2 * votes["good"]
    assert 0 < dull.views < dull.times
    rates = [votes[one.code] / one.views for one in (dull, good)]
    assert 0.01 < rates[0] < rates[1] < 0.4


def test_who_only_reads_changes_no_vote():
    busy = site(room(offer("a"), offer("b")))
    busy.onlookers = Random(99)
    assert simulated(busy, now=NOW) == ballots(room(offer("a"), offer("b")))


def test_a_young_idea_was_shown_seldom():
    young, old = offer("young", 0.5), offer("old")
    ballots(room(young, old))
    assert 0 < young.views < old.views / 10
    assert ago(0.5) < young.shown_at < NOW
