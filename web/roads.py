"""A challenge as a road: its phases, what is behind, what is now, what is ahead."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from ideas.domain.challenges import State
from ideas.models import Challenge, Phase


@dataclass(frozen=True)
class Step:
    phase: Phase
    when: str  # done, now or later


def is_over(challenge: Challenge, state: State) -> bool:
    """Nothing can be done there now: by its dates, or because the team closed it."""
    return challenge.closed or state.current is None


def road(state: State, moment: datetime | None = None) -> list[Step]:
    """Empty where there is only one phase: that is no road."""
    moment = moment or timezone.now()
    if len(state.phases) < 2:
        return []
    return [Step(phase, _when(phase, moment)) for phase in state.phases]


def _when(phase: Phase, moment: datetime) -> str:
    if phase.is_open_at(moment):
        return "now"
    return "later" if phase.opens_at and phase.opens_at > moment else "done"
