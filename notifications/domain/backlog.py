"""How far behind the outbox is, for those who watch."""

from dataclasses import dataclass

from django.db import connection

from notifications.enums import MailState
from notifications.models import Mail

# Each part reads a partial index, so it costs what waits and not what was ever sent.
WAITING = """
    SELECT count(*), COALESCE(extract(epoch FROM clock_timestamp() - min(created_at)), 0)
      FROM notifications_mail WHERE state = %s
"""


@dataclass(frozen=True)
class Backlog:
    waiting: int
    oldest_seconds: float
    failed: int


def of_mail() -> Backlog:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [MailState.QUEUED])
        waiting, oldest = cursor.fetchone()
    failed = Mail.objects.filter(state=MailState.FAILED).count()
    return Backlog(waiting, float(oldest), failed)
