"""Time zones as people look for theirs: by region, each place by its name and with its clock of
today. What is kept is the name that the database of time zones has.
"""

from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import TZPATH, ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.domain.people import time_zones

UTC = "UTC"
REGIONS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic Ocean"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific Ocean"),
}
Choices = list[tuple[str, Any]]
Groups = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@cache
def places() -> tuple[str, ...]:
    """Under its name of today, once each: Kolkata, and not Calcutta beside it. All names where the
    machine has no list of places.
    """
    for folder in TZPATH:
        with suppress(OSError):
            lines = (Path(folder) / "zone.tab").read_text("utf-8").splitlines()
            rows = [line.split("\t") for line in lines if not line.startswith("#")]
            named = {row[2] for row in rows if len(row) > 2}
            return tuple(name for name in time_zones() if name in named)
    return tuple(name for name in time_zones() if name != UTC)


def choices(chosen: str) -> Choices:
    """With what was chosen first of all; js/zones.js puts the browser's beside it. A name that the
    list has no more may be kept by whoever has it.
    """
    now = timezone.now()
    quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    groups = regions(quarter, get_language())
    is_place = chosen != UTC and chosen in time_zones()
    own = [(_("Yours"), [(chosen, described(chosen, now))])] if is_place else []
    return [("", _("Not chosen: UTC")), (UTC, UTC), *own, *groups]


@lru_cache(maxsize=len(settings.LANGUAGES))
def regions(moment: datetime, language: str | None) -> Groups:
    """Kept, as four hundred zones are read from as many files; for a quarter of an hour, at whose
    turns clocks are put forward and back.
    """
    by_region: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in places():
        by_region[name.partition("/")[0]].append((name, described(name, moment)))
    return tuple(
        sorted(
            (str(REGIONS[region]), tuple(sorted(found, key=lambda one: one[1].casefold())))
            for region, found in by_region.items()
        )
    )


def described(name: str, now: datetime) -> str:
    """ "Paris (UTC+2)" in summer."""
    return f"{place_of(name)} ({offset_at(name, now)})"


def place_of(name: str) -> str:
    """ "Buenos Aires, Argentina" of America/Argentina/Buenos_Aires."""
    *around, place = name.split("/")
    words = ", ".join([place, *reversed(around[1:])]).replace("_", " ")
    return words.replace("DumontDUrville", "Dumont d’Urville")


def offset_at(name: str, moment: datetime) -> str:
    offset = moment.astimezone(ZoneInfo(name)).utcoffset() or timedelta()
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    sign = "−" if offset < timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")
