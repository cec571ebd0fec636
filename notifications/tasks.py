"""Ids in, one verb each; run twice or never, the rows end in the same state."""

from celery import shared_task

from notifications.domain import delivery, digests, fanout


@shared_task
def dispatch_activities() -> None:
    """Write the notices and mails of what happened."""
    fanout.dispatch()


@shared_task
def send_mail(mail_id: int) -> None:
    """Send one mail at once: somebody waits for a code."""
    delivery.send_one(mail_id)


@shared_task
def send_due_mail() -> None:
    """Send what is due, and what a killed worker left."""
    delivery.sweep()


@shared_task
def build_digests() -> None:
    """Put what waits for its readers' morning into mails."""
    digests.build_due()
