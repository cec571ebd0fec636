"""Several notices in one mail: of a day, or of a week.

Whoever builds one holds the reader's choice for the brand; notices, digest and mail are one
transaction, and a digest has one reader, brand and day: killed anywhere, it is built once or again.
"""

import time
from datetime import date

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.domain.people import zone_named
from accounts.models import User
from notifications.domain import outbox, subscriptions
from notifications.enums import Frequency
from notifications.models import Digest, Notice, Subscription

PAIRS_AT_ONCE = 200
AT_HAND = ("user", "activity__brand", "activity__participant", "activity__actor")
AT_ONCE = 50  # notices of one digest that are judged together
LONGEST_RUN_SECONDS = 60.0


def build_due() -> int:
    """Build each digest that is due. Returns how many mails that makes."""
    end, built = time.monotonic() + LONGEST_RUN_SECONDS, 0
    while time.monotonic() < end:
        pairs = pairs_due()
        results = [build(user_id=user, brand_id=brand) for user, brand in pairs]
        built += results.count(True)
        if len(pairs) < PAIRS_AT_ONCE or None in results:
            break
    return built


def pairs_due() -> list[tuple[int, int]]:
    """Readers and brands for whom something waits whose time has come."""
    due = Notice.objects.awaiting_digest().filter(digest_at__lte=Now())
    rows = due.values_list("user", "activity__brand").order_by("user", "activity__brand")
    return list(rows.distinct()[:PAIRS_AT_ONCE])


@transaction.atomic
def build(*, user_id: int, brand_id: int) -> bool | None:
    """Put what waits and is unread into one digest and its mail into the outbox. False: there was
    nothing to send. None: somebody else holds the choice of this reader; they are next.
    """
    rows = Subscription.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    choice = rows.select_related("user", "brand").filter(user=user_id, brand=brand_id).first()
    if choice is None:
        return None
    waiting = Notice.objects.filter(user=user_id, activity__brand=brand_id).awaiting_digest()
    due = waiting.filter(digest_at__lte=Now())
    due.exclude(read_at=None).update(digest_at=None)
    if choice.frequency == Frequency.OFF:  # chosen while the notice was being written
        subscriptions.put_off(due, choice.user, Frequency.OFF)
    first = due.first()
    return _built(choice, first.pace, list(due.values_list("pk", flat=True))) if first else False


def _built(choice: Subscription, pace: str, ids: list[int]) -> bool:
    notices = Notice.objects.filter(pk__in=ids)
    digest, is_new = Digest.objects.get_or_create(
        user=choice.user, brand=choice.brand, day=_today(choice.user), defaults={"pace": pace}
    )
    if not is_new:  # one has left today already: they chose again, or live elsewhere now
        subscriptions.put_off(notices, choice.user, pace)
        return False
    notices.update(digest=digest)
    outbox.queue_digest(digest=digest)
    return True


def _today(user: User) -> date:
    return timezone.localdate(timezone=zone_named(user.time_zone))


def unread(digest: Digest, *, before: int | None = None) -> list[Notice]:
    """The newest of what it would tell of now, or the newest before a notice."""
    rows = Notice.objects.filter(digest=digest).unread().order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.select_related(*AT_HAND)[:AT_ONCE])


def older(digest: Digest, before: int) -> int:
    """How many more it would tell of."""
    return Notice.objects.filter(digest=digest, pk__lt=before).unread().count()


def leave_out(notices: list[Notice], *, frequency: str) -> None:
    """They may not be told any more, or their reader chose no mail since. They count as never
    mailed.
    """
    left_out = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
    left_out.update(digest=None, digest_at=None)
    if frequency == Frequency.OFF:
        left_out.update(pace=Frequency.OFF)
