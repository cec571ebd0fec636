"""A challenge as a road: its phases, what is behind, what is now, what is ahead."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from ideas.domain.challenges import State
from ideas.models import Phase


@dataclass(frozen=True)
class Step:
    phase: Phase
    when: str  # done, now or later


def road(state: State, moment: datetime | None = None) -> list[Step]:
    """Empty where there is only one phase and it never ends: that is no road."""
    moment = moment or timezone.now()
    steps = [Step(phase, _when(phase, moment)) for phase in state.phases]
    has_end = any(step.phase.opens_at or step.phase.closes_at for step in steps)
    return steps if has_end else []


def _when(phase: Phase, moment: datetime) -> str:
    if phase.is_open_at(moment):
        return "now"
    return "later" if phase.opens_at and phase.opens_at > moment else "done"
