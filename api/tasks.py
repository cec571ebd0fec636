"""What Celery does for the API. Run twice it ends in the same state."""

from celery import shared_task

from api.models import KeptAnswer


@shared_task
def sweep_kept_answers() -> None:
    """Nobody repeats a request after a day."""
    KeptAnswer.sweep()
