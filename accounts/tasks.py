"""What Celery does with people's traces. Run twice it ends in the same state."""

from celery import shared_task

from accounts.domain import sessions


@shared_task
def clear_expired_sessions() -> None:
    """Signed out long ago: nothing of it is kept."""
    sessions.clear_expired()
