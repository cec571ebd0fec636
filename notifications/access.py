"""A reader's own notices, of brands they may still see."""

from django.db.models import QuerySet

from accounts.models import User
from cocreate.lib import pages
from notifications.models import Notice

ORDER = "inbox"


def inbox_of(
    user: User, cursor: str | None = None, limit: int = pages.DEFAULT_LIMIT
) -> "pages.Page[Notice]":
    """Newest first, with activity and brand at hand. Raises BadCursor."""
    notices = Notice.objects.readable_by(user)
    return _newest_first(notices.select_related("activity__brand"), cursor, limit)


def _newest_first(
    notices: "QuerySet[Notice]", cursor: str | None, limit: int
) -> "pages.Page[Notice]":
    notices = notices.order_by("-id")
    if cursor:
        (after,) = pages.decode(cursor, ORDER, int)
        notices = notices.filter(pk__lt=after)
    rows = list(notices[: limit + 1])
    more = len(rows) > limit
    return pages.Page(rows[:limit], pages.encode(ORDER, rows[limit - 1].pk) if more else None)


def unread_count(user: User) -> int:
    return Notice.objects.readable_by(user).unread().count()
