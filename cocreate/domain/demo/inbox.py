"""What a persona finds in the inbox. Nobody gets a mail of it, so it has no pace."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Activity, User
from ideas.models import Follow, Idea
from notifications.enums import Reason
from notifications.models import Notice

NEWS = timedelta(days=7)  # what is older has been read
DECIDED = ("status.changed", "answer.posted")


def fill(user: User) -> None:
    """What others said under their own ideas, and what was decided on those that they follow."""
    mine = Idea.objects.filter(author__user=user)
    followed = Follow.objects.filter(participant__user=user, active=True)
    said = Q(kind="comment.posted") & ~Q(participant__user=user) | Q(kind__in=DECIDED)
    own = _about(mine.values("code")).filter(said)
    other = _about(followed.values("idea__code")).filter(kind__in=DECIDED)
    rows = {one.pk: (one, Reason.FOLLOWER) for one in other}
    rows |= {one.pk: (one, Reason.AUTHOR) for one in own}
    notices = [_notice(user, one, reason) for one, reason in rows.values()]
    Notice.objects.bulk_create(sorted(notices, key=lambda notice: notice.activity.at))


def _about(codes: Any) -> "QuerySet[Activity]":
    return Activity.objects.filter(subject_kind="idea", subject_code__in=codes)


def _notice(user: User, activity: Activity, reason: Reason) -> Notice:
    is_news = timezone.now() - activity.at < NEWS
    return Notice(
        user=user, activity=activity, reason=reason, pace="", created_at=activity.at,
        read_at=None if is_news else activity.at,
    )  # fmt: skip
