from ideas.models.challenge import Challenge, Phase, Rules
from ideas.models.idea import Idea, Score
from ideas.models.vote import LedgerBatch, TopIdea, Vote, VoteBudget, VoteEvent

__all__ = [
    "Challenge",
    "Idea",
    "LedgerBatch",
    "Phase",
    "Rules",
    "Score",
    "TopIdea",
    "Vote",
    "VoteBudget",
    "VoteEvent",
]
