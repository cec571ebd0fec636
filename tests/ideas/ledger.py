"""What tests ask of votes and counters."""

from ideas.domain import tally
from ideas.models import Idea, Score, Vote, VoteBudget, VoteEvent


def votes_on(idea: Idea) -> list[int]:
    return sorted(Vote.objects.filter(idea=idea).exclude(value=0).values_list("value", flat=True))


def events_on(idea: Idea) -> list[str]:
    return list(VoteEvent.objects.filter(idea=idea).order_by("seq").values_list("kind", flat=True))


def counters(idea: Idea) -> tuple[int, int, int]:
    """(support, oppose, points) after a fold."""
    tally.fold_until_settled()
    score = Score.objects.get(pk=idea.pk)
    return score.support, score.oppose, score.points


def spent(challenge_id: int) -> int:
    return sum(VoteBudget.objects.filter(challenge=challenge_id).values_list("used", flat=True))


def all_is_true() -> bool:
    """Ledger = votes = counters + unfolded rows; the differences are printed by the assertion
    that calls this.
    """
    differences = tally.verify()
    assert differences == []
    return True
