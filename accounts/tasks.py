"""What Celery does with people's traces. Run twice it ends in the same state."""

from celery import shared_task

from accounts.domain import mailboxes, sessions, widgets


@shared_task
def clear_expired_sessions() -> None:
    """Signed out long ago: nothing of it is kept."""
    sessions.clear_expired()


@shared_task
def settle_mailboxes() -> None:
    """Count the votes whose mailbox has rested, and catch up on proofs that were cut short."""
    mailboxes.settle()


@shared_task
def clear_spent_tokens() -> None:
    """Hosts' tokens that have expired by themselves need not be known as spent."""
    widgets.clear_spent_tokens()
