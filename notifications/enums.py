"""The words that notifications store."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MailState(TextChoices):
    """Where a mail of the outbox stands. All but the first two are final and hold no body."""

    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("Dropped: its reader may not read it any more")
    WITHHELD = "withheld", _("Withheld: their server refuses the address")


class Frequency(TextChoices):
    """How often somebody wants mail of a brand. The inbox has every notice at once."""

    INSTANT = "instant", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    OFF = "off", _("Never")


class Reason(TextChoices):
    """Why somebody hears of something."""

    SELF = "self", _("it is about you")
    AUTHOR = "author", _("you posted this idea")
    ANSWERED = "answered", _("somebody answered your comment")
    NAMED = "named", _("somebody named you")
    FOLLOWER = "follower", _("you follow this idea")
    VOTER = "voter", _("you voted for this idea")
    TEAM = "team", _("you are in the team")
    OWNER = "owner", _("the brand is yours")


FOR_THE_TEAM = (Reason.TEAM, Reason.OWNER)
