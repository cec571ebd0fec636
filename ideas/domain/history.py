"""What was done with an idea, for its brand's team: who did what, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import Activity, Membership
from ideas.domain.owners import mark_of
from ideas.models import Decision, Idea

MOST_SHOWN = 50
KINDS = (
    "idea.posted", "idea.edited", "idea.hidden", "idea.shown", "idea.closed", "idea.reopened",
    "idea.deleted", "idea.restored",
    "status.changed", "status.undone", "answer.posted", "comment.hidden", "comment.shown",
    "report.settled", "revision.hidden", "revision.shown", "owner.changed", "owner.undone",
)  # fmt: skip


@dataclass(frozen=True)
class Event:
    """`decision` where a status changed or was undone later; `in_charge`: the name of whom the team
    gave it to, while they are in the team.
    """

    activity: Activity
    decision: Decision | None
    in_charge: str = ""

    @property
    def kind(self) -> str:
        return self.activity.kind

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.activity.data)

    @property
    def owner(self) -> str | None:
        """Who was put in charge; empty: somebody who is gone. None: nobody."""
        if self.in_charge:
            return self.in_charge
        if self.activity.participant:
            return self.activity.participant.name
        return "" if self.data.get("owner") else None

    @property
    def by(self) -> str:
        """Who of the team, or who posted; empty: a key, or somebody erased."""
        actor, participant = self.activity.actor, self.activity.participant
        if actor:
            return actor.display_name
        return participant.name if participant and self.kind == "idea.posted" else ""


def history_for_team(idea: Idea, team: Iterable[Membership]) -> list[Event]:
    """The latest first; two queries. `team`: who is in it now, each with their user."""
    rows = Activity.objects.filter(subject_kind="idea", subject_code=idea.code)
    # What the brand said has no participant: its taking back is the team's doing.
    rows = rows.filter(Q(kind__in=KINDS) | Q(kind="comment.deleted", participant=None))
    latest = rows.select_related("actor", "participant__user").order_by("-id")[:MOST_SHOWN]
    decisions = {one.code: one for one in Decision.objects.filter(idea=idea).order_by("id")}
    names = {mark_of(place): place.user.display_name for place in team}
    return [
        Event(
            row, decisions.get(row.data.get("decision", "")), names.get(row.data.get("owner"), "")
        )
        for row in latest
    ]
