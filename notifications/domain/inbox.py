"""What people do with their inbox."""

from collections.abc import Sequence
from typing import Any

from django.db.models.functions import Now

from accounts.models import Activity, User
from ideas.enums import ReportState
from ideas.models import Report
from notifications.models import Notice

# What is done with: the kind whose notices have asked for it.
ASKED_BY = {
    "co_author.accepted": "co_author.invited",
    "co_author.declined": "co_author.invited",
    "key.revoked": "key.leaked",
    "key.rotated": "key.leaked",
    "report.settled": "text.reported",
}


def mark_read(*, user: User, codes: Sequence[str] | None = None) -> int:
    """Mark the user's notices as read, these or all. Returns how many were unread."""
    notices = Notice.objects.filter(user=user).unread()
    if codes is not None:
        notices = notices.filter(code__in=codes)
    return notices.update(read_at=Now())


def mark_done(activity: Activity) -> int:
    """Mark as read, of everybody who was asked to do something, what this has done: nothing is
    left to do for them. Returns how many were unread.
    """
    asked = Activity.objects.filter(
        kind=ASKED_BY[activity.kind], subject_kind=activity.subject_kind,
        subject_code=activity.subject_code, **_which(activity),
    )  # fmt: skip
    return Notice.objects.filter(activity__in=asked).unread().update(read_at=Now())


def _which(activity: Activity) -> dict[str, Any]:
    """Of an idea several reports and invitations may wait. Reports of one text are settled
    together, and who was invited by handle and by mail accepts once.
    """
    if activity.kind == "report.settled":
        reports = Report.objects.filter(idea__code=activity.subject_code)
        settled = reports.exclude(state=ReportState.OPEN).values_list("code", flat=True)
        return {"data__report__in": list(settled)}
    return {"participant": activity.participant} if activity.subject_kind == "idea" else {}
