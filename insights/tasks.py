"""What Celery does for figures. It may run twice, or be killed anywhere: what is counted stands in
the transaction that counted it.
"""

from celery import shared_task

from insights.domain import daily

COUNT_SECONDS = 20.0  # then other work of its queue has a turn


@shared_task
def count_daily_votes() -> None:
    """Add the newest votes to the figures by day."""
    daily.count_new(COUNT_SECONDS)
