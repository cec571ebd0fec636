"""From what happened to who is told: each activity once, whoever is killed."""

import logging

from django.db import DatabaseError, transaction
from django.db.models.functions import Now

from accounts.models import Activity
from notifications.domain import audience, hints, outbox
from notifications.models import Notice

log = logging.getLogger(__name__)

BATCH, MOST_BATCHES = 100, 50


def dispatch() -> int:
    """Tell people of all that waits, oldest first. Returns how many activities were looked at."""
    after, done = 0, 0
    for _n in range(MOST_BATCHES):
        looked_at = dispatch_batch(after=after)
        if not looked_at:
            break
        after, done = looked_at[-1], done + len(looked_at)
    return done


@transaction.atomic
def dispatch_batch(*, after: int = 0) -> list[int]:
    """Write the notices and mails of the next activities and mark these, all or nothing.

    Returns their ids. What another worker holds is passed over. What cannot be told (a defect) is
    logged and stays for the next run; those behind it go on. Wakes the sweep of the outbox.
    """
    waiting = Activity.objects.filter(dispatched_at=None, pk__gt=after).select_related("brand")
    waiting = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("id")[:BATCH]
    activities = list(waiting)
    done = [activity for activity in activities if _tell_or_log(activity)]
    Activity.objects.filter(pk__in=[activity.pk for activity in done]).update(dispatched_at=Now())
    if any(audience.is_told(activity) for activity in done):
        hints.after_commit(hints.SEND_DUE_MAIL)
    return [activity.pk for activity in activities]


def tell(*, activity: Activity) -> None:
    """Write a notice and a mail for each of its audience who has none."""
    notices = [Notice(activity=activity, user=user) for user in audience.of(activity)]
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=1000)
    unsent = Notice.objects.filter(activity=activity, mails=None)
    outbox.queue_notices(notices=list(unsent))


def _tell_or_log(activity: Activity) -> bool:
    if not audience.is_told(activity):
        return True
    try:
        with transaction.atomic():
            tell(activity=activity)
    except DatabaseError:
        raise
    except Exception:
        log.exception("nobody was told of activity %s", activity.pk)
        return False
    return True
