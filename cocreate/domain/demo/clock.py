"""Everything in the demo has an age in days, counted from the moment of loading."""

from datetime import datetime, timedelta

from django.utils import timezone


def ago(days: float) -> datetime:
    """Below zero: a time to come."""
    return timezone.now() - timedelta(days=days)


def on_the_hour(days: float) -> datetime:
    return ago(days).replace(minute=0, second=0, microsecond=0)
