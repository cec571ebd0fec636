"""What Celery does with people's traces. Run twice it ends in the same state."""

from celery import shared_task

from accounts.domain import mailboxes, sessions


@shared_task
def clear_expired_sessions() -> None:
    """Signed out long ago: nothing of it is kept."""
    sessions.clear_expired()


@shared_task
def settle_mailboxes() -> None:
    """Count the votes whose mailbox has rested, and catch up on proofs that were cut short."""
    mailboxes.settle()
