"""What an editor shows is what it stores: across changes of the clock, leap days and years."""
# ruff: noqa: DTZ001 - what a clock on the wall shows has no zone

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cocreate.lib.local_time import (
    FIRST,
    SECOND,
    ComesTwice,
    NeverComes,
    Unreadable,
    both,
    moment_of,
    wall_of,
)

ZONES = [ZoneInfo(name) for name in ("Europe/Paris", "America/New_York", "Australia/Lord_Howe")]
zones = st.sampled_from(ZONES)
CHANGES = [  # the moments at which a clock changes: in 2024, a leap year, and in 2026
    datetime(2024, 3, 31, 1, tzinfo=UTC), datetime(2024, 10, 27, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
]  # fmt: skip
near_a_change = st.builds(
    lambda change, seconds: change + timedelta(seconds=seconds),
    st.sampled_from(CHANGES),
    st.integers(-3 * 3600, 3 * 3600),
)
leap_days = st.builds(
    lambda year, seconds: datetime(year, 2, 28, tzinfo=UTC) + timedelta(seconds=seconds),
    st.sampled_from([2000, 2024, 2028, 2096, 2100, 2104]),  # 2100 has no leap day
    st.integers(0, 3 * 86_400),
)
moments = st.one_of(
    near_a_change,
    leap_days,
    st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)),
)


@given(moment=moments, zone=zones)
@example(moment=datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC), zone=ZONES[0])
def test_a_moment_is_the_same_again_after_it_was_shown(moment, zone):
    text, which = wall_of(moment, zone)
    assert moment_of(text, zone, which) == moment.replace(microsecond=0)


@given(wall=st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31)), zone=zones)
@example(wall=datetime(2026, 3, 29, 2, 30), zone=ZONES[0])
@example(wall=datetime(2026, 10, 25, 2, 30), zone=ZONES[0])
@example(wall=datetime(2026, 10, 4, 2, 15), zone=ZONES[2])
@example(wall=datetime(2024, 2, 29, 0, 0), zone=ZONES[1])
def test_what_is_typed_is_what_is_shown_or_it_is_refused(wall, zone):
    text = wall.replace(microsecond=0).isoformat()
    for which in ("", FIRST, SECOND):
        try:
            moment = moment_of(text, zone, which)
        except (NeverComes, ComesTwice):
            continue
        shown, _which = wall_of(moment, zone)
        assert datetime.fromisoformat(shown) == wall.replace(microsecond=0)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Paris", "2026-03-29T02:00"),
        ("Europe/Paris", "2026-03-29T02:59:59"),
        ("America/New_York", "2026-03-08T02:30"),
        ("Australia/Lord_Howe", "2026-10-04T02:00"),  # its clocks jump half an hour
        ("Australia/Lord_Howe", "2026-10-04T02:29"),
    ],
)
@pytest.mark.parametrize("which", ["", FIRST, SECOND])
def test_a_time_over_which_clocks_jump_never_comes(zone, text, which):
    with pytest.raises(NeverComes):
        moment_of(text, ZoneInfo(zone), which)
    assert both(text, ZoneInfo(zone)) == []


@pytest.mark.parametrize(
    ("zone", "text", "apart"),
    [
        ("Europe/Paris", "2026-10-25T02:00", 60),
        ("Europe/Paris", "2026-10-25T02:59", 60),
        ("America/New_York", "2026-11-01T01:30", 60),
        ("Australia/Lord_Howe", "2026-04-05T01:30", 30),
        ("Australia/Lord_Howe", "2026-04-05T01:59", 30),
    ],
)
def test_a_time_that_comes_twice_must_say_which_one(zone, text, apart):
    place = ZoneInfo(zone)
    with pytest.raises(ComesTwice):
        moment_of(text, place)
    first, second = moment_of(text, place, FIRST), moment_of(text, place, SECOND)
    assert second - first == timedelta(minutes=apart)
    assert [moment.astimezone(UTC) for moment in both(text, place)] == [first, second]
    assert [wall_of(moment, place) for moment in (first, second)] == [(text, FIRST), (text, SECOND)]


@pytest.mark.parametrize("text", ["2026-10-25T03:00", "2026-03-29T01:59:59", "2026-03-29T03:00"])
def test_beside_a_change_of_the_clock_times_come_once(text):
    assert both(text, ZONES[0]) == []
    assert wall_of(moment_of(text, ZONES[0]), ZONES[0]) == (text, "")


def test_a_leap_day_is_a_day_of_leap_years_alone():
    assert moment_of("2028-02-29T12:00", ZONES[1]) == datetime(2028, 2, 29, 17, tzinfo=UTC)
    for text in ("2026-02-29T12:00", "2100-02-29T12:00"):
        with pytest.raises(Unreadable):
            moment_of(text, ZONES[1])


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13-01T00:00", "2026-01-01T24:30", "2026-01-01T00:00Z", "0001-01-01T00:00",
     "9999-12-31T23:59", "12026-01-01T00:00", "2026-01-01T00:00+01:00"],
)  # fmt: skip
def test_what_is_no_local_time_is_refused(text):
    with pytest.raises(Unreadable):
        moment_of(text, ZONES[0])
    assert both(text, ZONES[0]) == []
