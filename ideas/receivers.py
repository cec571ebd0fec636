"""What happens to votes and ideas when people change."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Activity
from accounts.signals import activity_recorded
from ideas.domain import facets, joining, reports


@receiver(activity_recorded)
def join_what_was_claimed(activity: Activity, **_kwargs: Any) -> None:
    if activity.kind == "mailbox.proved" and activity.actor_id:
        joining.join_identities(user_id=activity.actor_id)


@receiver(activity_recorded)
def keep_what_is_shown_again(activity: Activity, **_kwargs: Any) -> None:
    if activity.kind in {"idea.shown", "comment.shown"}:
        comment = str(activity.data.get("comment", ""))
        reports.keep_shown(idea_code=activity.subject_code, comment_code=comment)


@receiver(activity_recorded)
def count_anew(activity: Activity, **_kwargs: Any) -> None:
    if activity.brand_id and activity.kind in facets.DECIDES:
        facets.decided(activity.brand_id)
