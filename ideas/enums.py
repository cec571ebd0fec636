"""The words that ideas and votes store."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Mode(TextChoices):
    """How people vote in a challenge."""

    UP = "up", _("For")
    UP_DOWN = "up_down", _("For or against")
    POINTS = "points", _("Points")


class Period(TextChoices):
    """When a budget of votes fills up again."""

    CHALLENGE = "challenge", _("Once")
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")
    QUARTER = "quarter", _("Every quarter")


class Verb(TextChoices):
    """What a phase may allow."""

    SUBMIT = "submit", _("Post ideas")
    VOTE = "vote", _("Vote")
    COMMENT = "comment", _("Discuss")


class Status(TextChoices):
    """The statuses every brand starts with."""

    SUBMITTED = "submitted", _("Submitted")
    UNDER_REVIEW = "under_review", _("Under review")
    PLANNED = "planned", _("Planned")
    IN_PROGRESS = "in_progress", _("In progress")
    IMPLEMENTED = "implemented", _("Implemented")
    PARTLY = "partly_implemented", _("Partly implemented")
    OFFERED = "already_offered", _("Already offered")
    DECLINED = "declined", _("Declined")
    ARCHIVED = "archived", _("Archived")


class VoteState(TextChoices):
    """Only counted votes count."""

    COUNTED = "counted", _("Counted")
    PENDING = "pending", _("Waiting for the e-mail to be confirmed")
    HELD = "held", _("Under review")
    VOID = "void", _("Void")
    MERGED = "merged", _("Counted on the merged idea")


class Source(TextChoices):
    """Who cast a vote: the person, a brand's key for them, or an import."""

    SELF = "self", _("Themselves")
    ON_BEHALF = "on_behalf", _("On behalf")
    IMPORTED = "imported", _("Imported")


class EventKind(TextChoices):
    """Why the ledger has a row."""

    CAST = "cast"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    REFUND = "refund"
    RECLAIM = "reclaim"
    HOLD = "hold"
    RELEASE = "release"
    VOID = "void"
    MERGE = "merge"
    UNMERGE = "unmerge"
    JOIN = "join"
    RENEW = "renew"
    IMPORT = "import"
    ERASE = "erase"


class Sort(TextChoices):
    """The orders in which ideas are listed (docs/ranking.md)."""

    HOT = "hot", _("Hot")
    TOP = "top", _("Top")
    NEW = "new", _("New")
    DISCUSSED = "discussed", _("Discussed")
    RANDOM = "random", _("Random")
