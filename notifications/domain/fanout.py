"""From what happened to who is told: each activity once, whoever is killed."""

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from accounts.domain.people import zone_named
from accounts.models import Activity
from notifications.domain import audience, hints, outbox, slots, stories
from notifications.domain.audience import Users
from notifications.domain.subscriptions import DIGESTS
from notifications.enums import Frequency, Reason
from notifications.models import Notice, Subscription

log = logging.getLogger(__name__)

CHUNK = 1000  # people, or activities of which nobody hears
WAKE_EVERY = 100  # activities
LONGEST_RUN_SECONDS = 60.0  # beat starts another


def dispatch() -> int:
    """Tell people of all that is due, oldest first, and wake the sweep of the outbox. Returns how
    many activities were looked at.
    """
    while _pass_over_records():
        pass
    end, after, done = time.monotonic() + LONGEST_RUN_SECONDS, 0, 0
    while time.monotonic() < end:
        looked_at = dispatch_next(after=after)
        if looked_at is None:
            break
        if done % WAKE_EVERY == 0:
            hints.after_commit(hints.SEND_DUE_MAIL)
        after, done = looked_at, done + 1
    return done


@transaction.atomic
def dispatch_next(*, after: int = 0) -> int | None:
    """Write the notices and mails of the next activity that is due and mark it, all or nothing.

    Returns its id, None where nothing waits. What another worker holds is passed over. What cannot
    be told (a defect) is logged and stays for the next run; those behind it go on.
    """
    told = _waiting().filter(kind__in=audience.AUDIENCES, pk__gt=after)
    rows = told.select_related("brand", "participant").order_by("id")
    activity = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if activity is None:
        return None
    if _tell_or_log(activity):
        Activity.objects.filter(pk=activity.pk).update(dispatched_at=Now())
    return activity.pk


def tell(*, activity: Activity) -> None:
    """Write a notice for each of its audience who has none, with the strongest reason, and a mail
    where they want one at once. Holds a thousand people in memory, however many there are.
    """
    pace_of = Pace(activity)
    for reason, people in audience.circles(stories.one(activity)):
        for some in _chunks(pace_of.asked(people)):
            notices = [pace_of.notice(reason, *person) for person in some]
            Notice.objects.bulk_create(notices, ignore_conflicts=True)
    at_once = Notice.objects.filter(activity=activity, pace=Frequency.INSTANT, mails=None)
    for ids in _chunks(at_once.values_list("pk", flat=True).iterator(chunk_size=CHUNK)):
        outbox.queue_notices(ids=ids)


class Pace:
    """How soon each hears of one activity."""

    def __init__(self, activity: Activity) -> None:
        self.activity, self.now = activity, timezone.now()
        self._slots: dict[tuple[str, str], datetime] = {}

    def asked(self, people: Users) -> Iterator[tuple[int, str, str]]:
        """Each one's id, time zone and choice."""
        pace: Any = Value(Frequency.INSTANT)
        if audience.is_chosen(self.activity):
            mine = Subscription.objects.filter(brand=self.activity.brand_id, user=OuterRef("pk"))
            pace = Coalesce(Subquery(mine.values("frequency")), pace)
        rows: Any = people.order_by("pk").annotate(pace=pace)
        asked: Iterator[tuple[int, str, str]] = rows.values_list(
            "pk", "time_zone", "pace"
        ).iterator(chunk_size=CHUNK)
        return asked

    def notice(self, reason: Reason, user_id: int, zone: str, pace: str) -> Notice:
        digest_at = self._slot(pace, zone) if pace in DIGESTS else None
        return Notice(
            activity=self.activity, user_id=user_id, reason=reason, pace=pace, digest_at=digest_at
        )

    def _slot(self, pace: str, zone: str) -> datetime:
        if (pace, zone) not in self._slots:
            self._slots[pace, zone] = slots.next_slot(pace, zone_named(zone), self.now)
        return self._slots[pace, zone]


@transaction.atomic
def _pass_over_records() -> int:
    """Mark what nobody hears of. Returns how many were marked."""
    records = _waiting().exclude(kind__in=audience.AUDIENCES).order_by("id")
    ids = records.select_for_update(skip_locked=True).values_list("pk", flat=True)[:CHUNK]
    return Activity.objects.filter(pk__in=list(ids)).update(dispatched_at=Now())


def _waiting() -> "QuerySet[Activity]":
    due = Q(due_at=None) | Q(due_at__lte=Now())
    return Activity.objects.filter(due, dispatched_at=None)


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while some := list(islice(rows, CHUNK)):
        yield some


def _tell_or_log(activity: Activity) -> bool:
    try:
        with transaction.atomic():
            tell(activity=activity)
    except DatabaseError:
        raise
    except Exception:
        log.exception("nobody was told of activity %s", activity.pk)
        return False
    return True
