from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from accounts.enums import Visibility
from accounts.models import Activity
from cocreate.lib.tokens import random_code
from notifications.enums import FOR_THE_TEAM, Frequency, Reason
from notifications.models.digest import Digest

if TYPE_CHECKING:
    from accounts.models import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def awaiting_digest(self) -> "NoticeQuerySet":
        return self.filter(digest=None, digest_at__isnull=False)

    def readable_by(self, user: "User") -> "NoticeQuerySet":
        """The user's own, of brands they still see; what they were told as a team, while in it."""
        # As BrandQuerySet.visible_to, from the notice's side: a list of all public brands is long.
        admitted = user.participants.filter(admitted=True).values("brand")
        seen = models.Q(activity__brand__visibility=Visibility.PUBLIC)
        seen |= models.Q(activity__brand__in=admitted) | models.Q(activity__brand=None)
        teams = models.Q(activity__brand__in=user.memberships.values("brand"))
        theirs = ~models.Q(reason__in=[*FOR_THE_TEAM, ""]) | models.Q(activity__private=False)
        return self.filter(teams | (seen & theirs), user=user)


class Notice(models.Model):
    """One line of somebody's inbox: they are told what happened. `domain.fanout` writes it."""

    code = models.CharField(max_length=12, unique=True, default=random_code)
    user: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", db_index=False
    )
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="notices")
    reason = models.CharField(max_length=8, choices=Reason, blank=True, db_default="")
    pace = models.CharField(
        max_length=7,
        choices=Frequency,
        default=Frequency.INSTANT,
        db_default=Frequency.INSTANT,
        help_text="How its reader wanted mail of the brand when it was written.",
    )
    digest_at = models.DateTimeField(
        null=True, blank=True, help_text="When it is to be mailed with others; empty: it is not."
    )
    digest: "models.ForeignKey[Digest | None, Digest | None]" = models.ForeignKey(
        Digest,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="notices",
        db_index=False,
    )
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "activity"], name="notice_once")]
        indexes = [
            # serves inbox_of()
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            # serves unread_count()
            models.Index(
                fields=["user"], condition=models.Q(read_at=None), name="notice_unread_of_user"
            ),
            # serves pairs_due()
            models.Index(
                fields=["digest_at"],
                condition=models.Q(digest=None, digest_at__isnull=False),
                name="notice_awaiting_digest",
            ),
            # serves content_of()
            models.Index(
                fields=["digest"],
                condition=models.Q(digest__isnull=False),
                name="notice_of_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} to {self.user_id}"
