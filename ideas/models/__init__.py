from ideas.models.alert import Alert, AlertRule, Hushed
from ideas.models.challenge import Challenge, Phase, Rules
from ideas.models.comment import Comment, Follow
from ideas.models.idea import Idea, Score
from ideas.models.moderation import Note, Report
from ideas.models.status import Decision, StatusStep
from ideas.models.vote import LedgerBatch, TopIdea, Unsettled, Vote, VoteBudget, VoteEvent

__all__ = [
    "Alert",
    "AlertRule",
    "Challenge",
    "Comment",
    "Decision",
    "Follow",
    "Hushed",
    "Idea",
    "LedgerBatch",
    "Note",
    "Phase",
    "Report",
    "Rules",
    "Score",
    "StatusStep",
    "TopIdea",
    "Unsettled",
    "Vote",
    "VoteBudget",
    "VoteEvent",
]
