"""What happens to votes and ideas when people change."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Activity
from accounts.signals import activity_recorded
from ideas.domain import joining


@receiver(activity_recorded)
def join_what_was_claimed(activity: Activity, **_kwargs: Any) -> None:
    if activity.kind == "mailbox.proved" and activity.actor_id:
        joining.join_identities(user_id=activity.actor_id)
