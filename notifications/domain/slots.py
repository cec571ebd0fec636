"""When a digest leaves: at eight in the morning where its reader lives."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from notifications.enums import Frequency

HOUR = time(8)
WEEK, MONDAY = 7, 0


def next_slot(frequency: str, zone: tzinfo, now: datetime, clock: time = HOUR) -> datetime:
    """The first moment after `now`, in UTC: every day, or on Mondays.

    A clock that jumps over `clock` that day shows the moment as if it had not jumped; of a time
    that comes twice the first counts.
    """
    day = now.astimezone(zone).date()
    step = 1
    if frequency == Frequency.WEEKLY:
        day += timedelta(days=(MONDAY - day.weekday()) % WEEK)
        step = WEEK
    slot = moment(day, clock, zone)
    return slot if slot > now else moment(day + timedelta(days=step), clock, zone)


def moment(day: date, clock: time, zone: tzinfo) -> datetime:
    """In UTC: two moments of one zone compare by the clock on the wall, not by time."""
    return datetime.combine(day, clock, zone).astimezone(UTC)
