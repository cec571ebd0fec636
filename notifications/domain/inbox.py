"""What people do with their inbox."""

from collections.abc import Sequence

from django.db.models.functions import Now

from accounts.models import User
from notifications.models import Notice


def mark_read(*, user: User, codes: Sequence[str] | None = None) -> int:
    """Mark the user's notices as read, these or all. Returns how many were unread."""
    notices = Notice.objects.filter(user=user).unread()
    if codes is not None:
        notices = notices.filter(code__in=codes)
    return notices.update(read_at=Now())
