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


class Voters(TextChoices):
    """Who may vote in a challenge."""

    EVERYBODY = "everybody", _("Everybody with a confirmed account")
    ADMITTED = "admitted", _("People the brand has admitted, and its team")
    TEAM = "team", _("The team alone")


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


class Lock(TextChoices):
    """What a status may end."""

    VOTE = "vote", _("Voting")
    COMMENT = "comment", _("Comments")
    EDIT = "edit", _("Changes by the author")


class Tone(TextChoices):
    """How a status looks: the colour of its chip."""

    PLAIN = "plain", _("Grey")
    AMBER = "amber", _("Amber")
    SKY = "sky", _("Blue")
    LEAF = "leaf", _("Green")
    ROSE = "rose", _("Red")


class DeclineReason(TextChoices):
    """Why an idea is not taken up, in a few words; the message says the rest."""

    NOT_FEASIBLE = "not_feasible", _("It cannot be built, as far as we can see")
    TOO_COSTLY = "too_costly", _("It costs more than it brings")
    OUT_OF_SCOPE = "out_of_scope", _("It is not what we do")
    NOT_ALLOWED = "not_allowed", _("Law, safety or a contract forbids it")
    ALREADY_DONE = "already_done", _("It exists already")
    LITTLE_SUPPORT = "little_support", _("Few people asked for it")
    OTHER = "other", _("Another reason")


class ReportReason(TextChoices):
    """What is wrong with a text, in the eyes of who reports it."""

    SPAM = "spam", _("Advertising or spam")
    ABUSE = "abuse", _("Insults, hate or threats")
    PERSONAL = "personal", _("It tells private things about somebody")
    COPYRIGHT = "copyright", _("It takes what belongs to somebody else")
    OFF_TOPIC = "off_topic", _("It has nothing to do with the question")
    OTHER = "other", _("Something else")


class ReportState(TextChoices):
    OPEN = "open", _("Waiting for the team")
    HIDDEN = "hidden", _("The text was hidden")
    KEPT = "kept", _("The text stays")


class CommentSort(TextChoices):
    OLD = "old", _("Oldest first")
    NEW = "new", _("Newest first")


class AlertKind(TextChoices):
    """What a team may be told of, beside its top ten."""

    SUPPORTERS = "supporters", _("Supporters")
    VOTES = "votes", _("Votes in a span of time")
    BURST = "burst", _("Far more votes than usual")


class VoteState(TextChoices):
    """Only counted votes count."""

    COUNTED = "counted", _("Counted")
    PENDING = "pending", _("Waiting for the e-mail to be confirmed")
    HELD = "held", _("Under review")
    VOID = "void", _("Void")
    MERGED = "merged", _("Counted on the merged idea")


class Source(TextChoices):
    """Who cast a vote: the person, a brand's key or team for them, or an import."""

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
    UNDO = "undo"


class ImportKind(TextChoices):
    """What an import reads."""

    IDEAS = "ideas", _("A table of ideas")
    POLIS = "polis", _("A conversation from Polis")


class ImportState(TextChoices):
    """How far an import is."""

    DRAFT = "draft", _("Being prepared")
    CHECKING = "checking", _("Being checked")
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class Sort(TextChoices):
    """The orders in which ideas are listed (docs/ranking.md)."""

    DISCOVER = "discover", _("Discover")
    HOT = "hot", _("Hot")
    BEST = "best", _("Best")
    TOP = "top", _("Top")
    NEW = "new", _("New")
    RISING = "rising", _("Rising")
    DISCUSSED = "discussed", _("Discussed")
    RANDOM = "random", _("Random")
    UNSEEN = "unseen", _("Without my votes")


class Answer(TextChoices):
    """What became of an invitation to be co-author."""

    WAITING = "waiting", _("Invited")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("No longer co-author")
