"""The words that accounts store."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a member of a brand's team may do; `rules.py` says what each role carries."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    ANALYST = "analyst", _("Analyst")


class Visibility(TextChoices):
    PUBLIC = "public", _("Everybody")
    MEMBERS = "members", _("Admitted people only")


class Scope(TextChoices):
    """What a key opens. `widget` makes it publishable: anybody may see it."""

    READ = "read", _("Read")
    WRITE = "write", _("Write")
    VOTE = "vote", _("Vote on behalf")
    WIDGET = "widget", _("Widget")
