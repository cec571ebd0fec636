"""What Celery does with votes. Each may run twice, or be killed anywhere: the database says what
is left to do.
"""

from celery import shared_task

from ideas.domain import (
    alerts,
    cards,
    coauthors,
    costs,
    deleting,
    drafts,
    exposure,
    images,
    orders,
    ranking,
    tally,
)
from ideas.importers import working

DRAIN_SECONDS = 1.0  # beat starts one every half second, so that two workers are always at it
IMPORT_SECONDS = 20.0  # then other work of its queue has a turn


@shared_task
def tally_votes() -> None:
    """Fold new votes every 200 ms for a second."""
    tally.drain(DRAIN_SECONDS)


@shared_task
def watch_top_ideas() -> None:
    """Tell the teams whose top ten has a newcomer."""
    ranking.watch_touched_brands()


@shared_task
def watch_alerts() -> None:
    """Tell the teams which ideas passed a threshold of theirs, or burst."""
    alerts.watch()


@shared_task
def heal_recent_drift() -> None:
    tally.heal_recent()


@shared_task
def heal_all_drift() -> None:
    tally.heal()


@shared_task
def settle_costs() -> None:
    """Give back what votes on closed ideas cost, and take it again where they opened."""
    costs.settle()


@shared_task
def rebuild_orders() -> None:
    """Write the next version of best, discover and rising where something has happened."""
    orders.rebuild_touched()


@shared_task
def sweep_images() -> None:
    """Remove the pictures that nobody has put on an idea, and cards painted long ago."""
    images.sweep()
    cards.sweep()


@shared_task
def sweep_drafts() -> None:
    """Delete what somebody sent after their session had ended, and nobody took; the names of
    deleted drafts; and the addresses of people who never answered whether they sign an idea.
    """
    drafts.sweep()
    coauthors.sweep()


@shared_task
def empty_deleted_ideas() -> None:
    """Let go of the texts of deleted ideas that can be brought back no more."""
    deleting.empty_deleted()


@shared_task
def keep_exposure() -> None:
    """Add what lists have shown to the database."""
    exposure.keep()


@shared_task
def work_on_imports() -> None:
    """Go on with the imports that wait, and with those whose worker was killed."""
    working.work(IMPORT_SECONDS)


@shared_task
def sweep_imports() -> None:
    """Drop files that nobody imported, and what was said of single rows a month ago."""
    working.sweep()
