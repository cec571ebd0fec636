from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

if TYPE_CHECKING:
    from accounts.models.user import User


class Mailbox(models.Model):
    """A mailbox that somebody proved to be theirs, as the keyed hash of its normalised address.

    One mailbox is one voter, whatever its spelling: who proves it second, or soon after its owner
    was erased, waits (their votes are pending).
    """

    key = models.CharField(primary_key=True, max_length=64)
    user: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="mailboxes",
        help_text="Empty: erased, and resting until `rests_until`.",
    )
    proved_at = models.DateTimeField(db_default=Now())
    rests_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.key[:8]
