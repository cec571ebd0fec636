from ideas.models.alert import Alert, AlertRule, Hushed
from ideas.models.challenge import Challenge, Phase, Rules
from ideas.models.comment import Comment, Follow
from ideas.models.idea import Idea, Score
from ideas.models.image import Image
from ideas.models.importing import ImportBatch, ImportPart
from ideas.models.moderation import Note, Report
from ideas.models.order import Attendance, Exposure, OrderPlace, OrderTouch, OrderVersion
from ideas.models.search import Searchable
from ideas.models.status import Decision, StatusStep
from ideas.models.view import SavedView
from ideas.models.vote import (
    LedgerBatch,
    Recount,
    TopIdea,
    Unsettled,
    Vote,
    VoteBudget,
    VoteEvent,
)
from ideas.models.writing import CoAuthor, Draft, Revision

__all__ = [
    "Alert",
    "AlertRule",
    "Attendance",
    "Challenge",
    "CoAuthor",
    "Comment",
    "Decision",
    "Draft",
    "Exposure",
    "Follow",
    "Hushed",
    "Idea",
    "Image",
    "ImportBatch",
    "ImportPart",
    "LedgerBatch",
    "Note",
    "OrderPlace",
    "OrderTouch",
    "OrderVersion",
    "Phase",
    "Recount",
    "Report",
    "Revision",
    "Rules",
    "SavedView",
    "Score",
    "Searchable",
    "StatusStep",
    "TopIdea",
    "Unsettled",
    "Vote",
    "VoteBudget",
    "VoteEvent",
]
