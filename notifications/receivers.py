"""What is said about an activity is decided by a task, which this wakes; what it ends is ended at
once.
"""

from typing import Any

from django.dispatch import receiver

from accounts.models import Activity
from accounts.signals import activity_recorded
from notifications.domain import audience, hints, inbox, subscriptions


@receiver(activity_recorded)
def wake_dispatch(activity: Activity, **_kwargs: Any) -> None:
    """Only for what somebody hears of: an import of 10,000 ideas must not publish 10,000 hints."""
    if audience.is_told(activity) and activity.due_at is None:
        hints.after_commit(hints.DISPATCH)


@receiver(activity_recorded)
def move_digests(activity: Activity, **_kwargs: Any) -> None:
    """Who lives by another clock now has another morning."""
    if activity.kind == "profile.changed" and "time_zone" in activity.data.get("changed", []):
        user = activity.actor
        if user:
            subscriptions.follow_clock(user)


@receiver(activity_recorded)
def mark_done(activity: Activity, **_kwargs: Any) -> None:
    """Who has done what a notice asks for need not be told that it waits."""
    if activity.kind in inbox.ASKED_BY:
        inbox.mark_done(activity)
