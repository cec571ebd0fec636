"""Eight in the morning, where the reader lives, on every day of the year."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.domain.slots import next_slot

PARIS, NEW_YORK, KOLKATA = (
    ZoneInfo(name) for name in ("Europe/Paris", "America/New_York", "Asia/Kolkata")
)
HALF_PAST_TWO = time(2, 30)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "slot"),
    [
        (UTC, "2026-11-22 07:59", "2026-11-22 08:00"),
        (UTC, "2026-11-22 08:00", "2026-11-23 08:00"),
        (PARIS, "2026-11-22 06:59", "2026-11-22 07:00"),
        (PARIS, "2026-11-22 23:30", "2026-11-23 07:00"),  # past midnight there
        (NEW_YORK, "2026-11-22 02:00", "2026-11-22 13:00"),  # still the day before there
        (KOLKATA, "2026-11-22 03:00", "2026-11-23 02:30"),
        # The night without 02:30 in Paris, 29 March 2026, and the one with two, 25 October.
        (PARIS, "2026-03-28 07:01", "2026-03-29 06:00"),
        (PARIS, "2026-03-29 00:59", "2026-03-29 06:00"),
        (PARIS, "2026-03-29 01:00", "2026-03-29 06:00"),
        (PARIS, "2026-10-24 06:01", "2026-10-25 07:00"),
        (PARIS, "2026-10-25 00:30", "2026-10-25 07:00"),  # 02:30, the first
        (PARIS, "2026-10-25 01:30", "2026-10-25 07:00"),  # 02:30, the second
        (PARIS, "2026-10-25 07:00", "2026-10-26 07:00"),
    ],
)
def test_a_mail_a_day_leaves_at_the_next_eight_o_clock(zone, now: str, slot: str):
    assert next_slot("daily", zone, utc(now)) == utc(slot)


@pytest.mark.parametrize(
    ("zone", "now", "slot"),
    [
        (UTC, "2026-11-22 12:00", "2026-11-23 08:00"),  # a Sunday
        (UTC, "2026-11-23 07:59", "2026-11-23 08:00"),
        (UTC, "2026-11-23 08:00", "2026-11-30 08:00"),
        (NEW_YORK, "2026-11-23 12:59", "2026-11-23 13:00"),
        (ZoneInfo("Pacific/Auckland"), "2026-11-22 18:59", "2026-11-22 19:00"),  # Monday there
        (PARIS, "2026-03-23 07:00", "2026-03-30 06:00"),  # the clock changes in between
        (PARIS, "2026-10-19 06:00", "2026-10-26 07:00"),
    ],
)
def test_a_mail_a_week_leaves_on_monday(zone, now: str, slot: str):
    assert next_slot("weekly", zone, utc(now)) == utc(slot)


def test_a_time_that_the_clock_jumps_over_is_the_moment_it_would_have_been():
    slot = next_slot("daily", PARIS, utc("2026-03-28 12:00"), HALF_PAST_TWO)
    assert slot == utc("2026-03-29 01:30")
    assert slot.astimezone(PARIS).time() == time(3, 30)


def test_of_a_time_that_comes_twice_the_first_counts_and_once_only():
    slot = next_slot("daily", PARIS, utc("2026-10-24 12:00"), HALF_PAST_TWO)
    assert slot == utc("2026-10-25 00:30")
    for now in ("2026-10-25 00:30", "2026-10-25 01:29", "2026-10-25 01:30"):
        assert next_slot("daily", PARIS, utc(now), HALF_PAST_TWO) == utc("2026-10-26 01:30")


@pytest.mark.parametrize("zone", [PARIS, NEW_YORK, ZoneInfo("Australia/Lord_Howe")])
def test_through_a_year_of_hours_there_is_one_slot_a_day(zone: ZoneInfo):
    now, slots = utc("2026-01-01 00:00"), set()
    while now < utc("2027-01-01 00:00"):
        slot = next_slot("daily", zone, now)
        assert timedelta(0) < slot - now <= timedelta(hours=25)
        assert slot.astimezone(zone).time() == time(8)
        slots.add(slot)
        now += timedelta(minutes=30)
    assert len(slots) in {365, 366}
    assert len({slot.astimezone(zone).date() for slot in slots}) == len(slots)
