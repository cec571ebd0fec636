"""How long what a brand says can be taken back, and when people hear of it."""

from datetime import timedelta

from django.conf import settings

MARGIN = timedelta(seconds=2)


def to_undo() -> timedelta:
    """UNDO_SECONDS. 0: nothing can be undone."""
    return timedelta(seconds=settings.UNDO_SECONDS)


def to_tell() -> timedelta | None:
    """A little longer: who undoes in the last moment commits before anybody is told."""
    return to_undo() + MARGIN if to_undo() else None
