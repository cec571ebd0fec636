"""Budgets follow what an idea says of its votes: closed or hidden it gives their cost back, opened
again it takes it (ideas/sql/costs.sql).
"""

from django.db import transaction
from django.db.models.functions import Now

from accounts.domain import activity
from accounts.models import Participant
from cocreate.lib import grace, prepared
from ideas.models import Idea, Unsettled

SETTLE = "SELECT settled, moved, lapsed FROM settle_costs(%s, %s)"
AT_ONCE = 200  # each holds the lock of one voter until the batch commits


def settle() -> int:
    """Settle every idea whose change can be undone no more. Returns how many ideas are done."""
    firm = Unsettled.objects.filter(at__lte=Now() - grace.to_undo())
    waiting = firm.order_by("at").values_list("pk", flat=True)
    return sum(settle_idea(idea_id) for idea_id in list(waiting))


def settle_idea(idea_id: int) -> bool:
    """Go through an idea's voters, some at a time. False: it changed meanwhile, and the next run
    sees how it stands then.
    """
    while True:
        settled, moved = _settle_some(idea_id)
        if settled or not moved:
            return settled


def settle_soon(idea: Idea) -> None:
    """Settle its first votes as soon as the caller's transaction is through, without the wait for
    second thoughts; settle() does those that are left.
    """
    transaction.on_commit(lambda: _settle_some(idea.pk), robust=True)


@transaction.atomic
def _settle_some(idea_id: int) -> tuple[bool, int]:
    """Whether nothing is left, and how many votes this call went through. Records `vote.lapsed` for
    each that could not be paid again.
    """
    row = prepared.one(SETTLE, (idea_id, AT_ONCE))
    assert row is not None  # noqa: S101 - a function with OUT parameters returns one row
    settled, moved, lapsed = row
    if lapsed:
        _tell_owners(Idea.objects.select_related("brand").get(pk=idea_id), lapsed)
    return settled, moved


def _tell_owners(idea: Idea, lapsed: list[int]) -> None:
    for participant in Participant.objects.filter(pk__in=lapsed).order_by("pk"):
        activity.record(
            "vote.lapsed", subject=("idea", idea.code), brand=idea.brand, participant=participant
        )
