"""A reader's own notices, of brands they may still see."""

from dataclasses import dataclass, replace
from functools import cache

from django.db.models import QuerySet

from accounts.models import User
from cocreate.lib import pages, written
from cocreate.lib.errors import NotFound
from cocreate.lib.written import SOMEBODY
from notifications.domain import headlines, outcomes
from notifications.domain.headlines import Line
from notifications.models import Notice

ORDER = "inbox"
AT_HAND = ("activity__brand", "activity__participant__user", "activity__actor")


@dataclass(frozen=True)
class Delivery:
    """A notice and what became of its mail; no line for what its reader may not read any more."""

    line: Line | None
    notice: Notice
    outcome: outcomes.Outcome


def inbox_of(
    user: User, cursor: str | None = None, limit: int = pages.DEFAULT_LIMIT
) -> "pages.Page[Notice]":
    """Newest first, with activity, brand and whom it names at hand. Raises BadCursor."""
    notices = Notice.objects.readable_by(user)
    return _newest_first(notices.select_related(*AT_HAND), cursor, limit)


def notice_of(user: User, code: str) -> Notice:
    """Raises NotFound."""
    notices = Notice.objects.readable_by(user).select_related(*AT_HAND)
    notice = notices.filter(code=code).first()
    if notice is None:
        raise NotFound
    return notice


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


def deliveries_of(
    user: User, cursor: str | None = None, limit: int = pages.DEFAULT_LIMIT
) -> "pages.Page[Delivery]":
    """Every notice of the user, newest first, with what became of its mail; also of those that they
    may not read any more. As many queries for one as for a hundred. Raises BadCursor.
    """
    mine = Notice.objects.filter(user=user).select_related(*AT_HAND, "digest")
    page = _newest_first(mine.prefetch_related("mails", "digest__mails"), cursor, limit)
    ids = [notice.pk for notice in page.items]
    readable = set(Notice.objects.readable_by(user).filter(pk__in=ids).values_list("pk", flat=True))
    rows = [
        Delivery(
            line if line.notice.pk in readable else None, line.notice, outcomes.of(line.notice)
        )
        for line in headlines.lines_of(page.items)
    ]
    return pages.Page(rows, page.next)


def unread_count(user: User) -> int:
    row = written.first(_unread(), {SOMEBODY: user.pk})
    assert row is not None  # noqa: S101 - it counts
    return int(row[0])


@cache
def _unread() -> written.Written:
    each = written.write(Notice.objects.readable_by(User(pk=SOMEBODY)).unread().values("pk"))
    return replace(each, text=f"SELECT count(*) FROM ({each.text}) unread")  # noqa: S608 - Django's
