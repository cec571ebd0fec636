"""A challenge as a road: its phases, what is behind, what is now, what is ahead."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from ideas.domain.challenges import State
from ideas.models import Challenge, Phase

DRAFT, COMING, RUNNING, OVER = "draft", "coming", "running", "over"


@dataclass(frozen=True)
class Step:
    phase: Phase
    when: str  # done, now or later


def stage(challenge: Challenge, state: State, moment: datetime | None = None) -> str:
    """Where a challenge stands: by its dates, or because the team closed it. A pause between two
    phases is part of its running.
    """
    if not challenge.is_published:
        return DRAFT
    times = {_when(phase, moment or timezone.now()) for phase in state.phases}
    if challenge.closed or times == {"done"}:
        return OVER
    return COMING if times == {"later"} else RUNNING


def is_over(challenge: Challenge, state: State) -> bool:
    """Nothing can be done there any more."""
    return stage(challenge, state) == OVER


def next_opening(state: State, moment: datetime | None = None) -> datetime | None:
    """When the next phase begins."""
    moment = moment or timezone.now()
    ahead = [one.opens_at for one in state.phases if one.opens_at and one.opens_at > moment]
    return min(ahead, default=None)


@dataclass(frozen=True)
class Stretch:
    """Of a road, as partials/road.html shows it."""

    when: str
    title: str
    opens_at: datetime | None
    closes_at: datetime | None


def road(state: State, moment: datetime | None = None) -> tuple[Stretch, ...]:
    """Empty where there is only one phase: that is no road."""
    steps = road_of_all(state, moment) if len(state.phases) > 1 else []
    return tuple(
        Stretch(step.when, step.phase.title, step.phase.opens_at, step.phase.closes_at)
        for step in steps
    )


def road_of_all(state: State, moment: datetime | None = None) -> list[Step]:
    """In the order in which the phases begin."""
    moment = moment or timezone.now()
    return [Step(phase, _when(phase, moment)) for phase in sorted(state.phases, key=_beginning)]


def _beginning(phase: Phase) -> tuple[float, int]:
    return (phase.opens_at.timestamp() if phase.opens_at else float("-inf"), phase.place)


def _when(phase: Phase, moment: datetime) -> str:
    if phase.is_open_at(moment):
        return "now"
    return "later" if phase.opens_at and phase.opens_at > moment else "done"
