"""How long what a brand says can be taken back, and when people hear of it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

MARGIN = timedelta(seconds=2)


def to_undo() -> timedelta:
    """UNDO_SECONDS. 0: nothing can be undone."""
    return timedelta(seconds=settings.UNDO_SECONDS)


def is_open(since: datetime) -> bool:
    """Whether it may still be undone, by this machine's clock: for what a page offers, and for what
    changes no vote. Decisions ask the database's.
    """
    return timezone.now() - since < to_undo()


def to_tell() -> timedelta | None:
    """A little longer: who undoes in the last moment commits before anybody is told."""
    return to_undo() + MARGIN if to_undo() else None
