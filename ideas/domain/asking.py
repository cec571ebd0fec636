"""What a brand asks, to be named beside one of its questions. Kept a while (web/figures.py), so it
says of each phase when it runs, and not whether it does.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils import timezone

from accounts.models import Brand
from ideas.enums import Verb
from ideas.models import Challenge
from ideas.models.challenge import PERMANENT_SLUG, is_between

SPAN = ("opens_at", "closes_at", "verbs")


@dataclass(frozen=True)
class Span:
    opens_at: datetime | None
    closes_at: datetime | None
    verbs: frozenset[str]

    def is_open_at(self, moment: datetime) -> bool:
        return is_between(self.opens_at, self.closes_at, moment)


@dataclass(frozen=True)
class Asked:
    """A public question that the team has not closed."""

    slug: str
    title: str
    is_permanent: bool
    spans: tuple[Span, ...]

    @property
    def verbs(self) -> frozenset[str]:
        """What may be done there now."""
        now = timezone.now()
        return frozenset(verb for span in self.spans if span.is_open_at(now) for verb in span.verbs)

    @property
    def is_open(self) -> bool:
        return bool(self.verbs & {Verb.SUBMIT, Verb.VOTE})

    @property
    def takes_ideas(self) -> bool:
        return Verb.SUBMIT in self.verbs


def asked_by(brand: Brand) -> list[Asked]:
    """Newest first, the permanent one last. One query."""
    rows = (
        Challenge.objects.filter(brand=brand, closed=False)
        .exclude(published_at=None)
        .order_by("-published_at", "slug")
        .values_list("slug", "title", *(f"rules__phases__{name}" for name in SPAN))
    )
    found = [
        Asked(slug, title, slug == PERMANENT_SLUG, tuple(_span(*row[2:]) for row in spans))
        for (slug, title), spans in groupby(rows, key=lambda row: row[:2])
    ]
    return sorted(found, key=lambda one: one.is_permanent)


def _span(opens_at: datetime | None, closes_at: datetime | None, verbs: list[str] | None) -> Span:
    """A question without phases has a row without any of it, and allows nothing."""
    return Span(opens_at, closes_at, frozenset(verbs or ()))
