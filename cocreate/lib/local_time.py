"""What a clock on the wall shows, as people type it: when clocks change, a time of day may not
exist, or come twice.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

FIRST, SECOND = "1", "2"  # which of two


class Unreadable(ValueError):
    """No local time at all."""


class NeverComes(ValueError):
    """Clocks jump over it."""


class ComesTwice(ValueError):
    """Clocks are set back: which one is meant must be said."""


def moment_of(text: str, zone: ZoneInfo, which: str = "") -> datetime:
    """The moment of "2026-03-29T08:00" in a zone. `which` chooses among two. Raises Unreadable,
    NeverComes, ComesTwice.
    """
    try:
        wall = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable from error
    if wall.tzinfo is not None or not 1 < wall.year < 9999:  # beyond, a zone has no room
        raise Unreadable
    moments = _moments(wall, zone)
    if not moments:
        raise NeverComes
    if len(moments) == 2 and which not in {FIRST, SECOND}:
        raise ComesTwice
    return moments[-1] if which == SECOND else moments[0]


def wall_of(moment: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """What the clock shows at a moment, with seconds only where there are some, and which of two
    it is (empty: it comes once). A moment is the same again from `moment_of`, down to its second.
    """
    wall = moment.astimezone(zone).replace(microsecond=0)
    shown = wall.replace(tzinfo=None, fold=0)
    text = shown.isoformat(timespec="seconds" if shown.second else "minutes")
    if len(_moments(shown, zone)) < 2:
        return text, ""
    return text, SECOND if wall.fold else FIRST


def both(text: str, zone: ZoneInfo) -> list[datetime]:
    """The two moments, in the zone, of a time that comes twice; else nothing."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return []
    if wall.tzinfo is not None or not 1 < wall.year < 9999:
        return []
    moments = _moments(wall, zone)
    return [moment.astimezone(zone) for moment in moments] if len(moments) == 2 else []


def _moments(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """When the clock shows it: never, once or twice."""
    found = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(one for one in found if one.astimezone(zone).replace(tzinfo=None, fold=0) == wall)
