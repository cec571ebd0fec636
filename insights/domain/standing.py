"""How a brand's latest ideas stand: their statuses, how long they waited, what they are about.

So many and no more: an index has them, however large the brand is, and what was years ago says
little of how it goes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import median

from django.utils import timezone

from accounts.models import Brand
from cocreate.lib import prepared

LATEST = 1_000
MOST_TAGS, MONTHS = 12, 6

# An answer is the first decision that holds, or the first pinned comment that people can read.
# How many is a value: of a number it knows, a plan for any brand thinks that few have as many, and
# sorts all ideas of a large one.
STANDING = """
    SELECT i.status, i.tags, i.created_at,
           least((SELECT min(d.at) FROM ideas_decision d
                   WHERE d.idea_id = i.id AND d.undone_at IS NULL),
                 (SELECT min(t.created_at) FROM ideas_comment t WHERE t.idea_id = i.id
                     AND t.pinned AND NOT t.hidden AND t.deleted_at IS NULL)) AS answered_at
      FROM (SELECT id, status, tags, created_at FROM ideas_idea
             WHERE brand_id = %(brand)s AND NOT hidden AND merged_into_id IS NULL
             ORDER BY created_at DESC, code LIMIT %(latest)s::bigint) i
"""
# Up to so long; None: longer.
WAITS = (timedelta(days=2), timedelta(days=7), timedelta(days=30), timedelta(days=90), None)


@dataclass(frozen=True)
class Stand:
    status: str
    tags: list[str]
    posted_at: datetime
    answered_at: datetime | None

    @property
    def waited(self) -> timedelta | None:
        """An import may bring an answer that is older than the idea's day here."""
        return max(self.answered_at - self.posted_at, timedelta()) if self.answered_at else None


@dataclass(frozen=True)
class Heat:
    """Of one tag: how many ideas had it in each of the months."""

    tag: str
    months: list[int]

    @property
    def total(self) -> int:
        return sum(self.months)


@dataclass(frozen=True)
class Standing:
    ideas: list[Stand]
    now: datetime

    @property
    def is_all(self) -> bool:
        """Whether these are all of the brand."""
        return len(self.ideas) < LATEST

    def by_status(self) -> Counter[str]:
        return Counter(idea.status for idea in self.ideas)

    @cached_property
    def waits(self) -> list[timedelta]:
        return sorted(idea.waited for idea in self.ideas if idea.waited is not None)

    @property
    def typical_wait(self) -> timedelta | None:
        """Half of the answered ideas waited no longer."""
        seconds = [wait.total_seconds() for wait in self.waits]
        return timedelta(seconds=median(seconds)) if seconds else None

    def by_wait(self) -> list[int]:
        """How many were answered within each of WAITS, each idea once."""
        found, before = [], 0
        for limit in WAITS:
            within = sum(limit is None or wait <= limit for wait in self.waits)
            found.append(within - before)
            before = within
        return found

    @property
    def unanswered(self) -> int:
        return len(self.ideas) - len(self.waits)

    @property
    def waiting_since(self) -> datetime | None:
        """When the idea that has waited longest was posted."""
        return min((i.posted_at for i in self.ideas if i.answered_at is None), default=None)

    def months(self) -> list[date]:
        """Their first days, this one last."""
        month = timezone.localtime(self.now).date().replace(day=1)
        found = [month]
        while len(found) < MONTHS:
            month = (month - timedelta(days=1)).replace(day=1)
            found.append(month)
        return found[::-1]

    def heat(self) -> list[Heat]:
        """The tags that most of these ideas have had in these months, the hottest first."""
        months = {month: n for n, month in enumerate(self.months())}
        found: dict[str, list[int]] = defaultdict(lambda: [0] * MONTHS)
        for idea in self.ideas:
            posted_in = timezone.localtime(idea.posted_at).date().replace(day=1)
            if posted_in in months:
                for tag in idea.tags:
                    found[tag][months[posted_in]] += 1
        return _hottest(Heat(tag, counts) for tag, counts in found.items())


def _hottest(heats: Iterable[Heat]) -> list[Heat]:
    return sorted(heats, key=lambda heat: (-heat.total, heat.tag))[:MOST_TAGS]


def standing_of(brand: Brand) -> Standing:
    """One query."""
    rows = prepared.rows(STANDING, {"brand": brand.pk, "latest": LATEST})
    return Standing([Stand(*row) for row in rows], timezone.now())
