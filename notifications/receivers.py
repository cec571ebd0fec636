"""What is said about an activity is decided by a task; this only wakes it."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Activity
from accounts.signals import activity_recorded
from notifications.domain import audience, hints


@receiver(activity_recorded)
def wake_dispatch(activity: Activity, **_kwargs: Any) -> None:
    """Only for what somebody hears of: an import of 10,000 ideas must not publish 10,000 hints."""
    if audience.is_told(activity):
        hints.after_commit(hints.DISPATCH)
