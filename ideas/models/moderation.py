from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from accounts.models import Brand, Participant
from cocreate.lib.tokens import random_code
from ideas.enums import ReportReason, ReportState
from ideas.models.comment import Comment
from ideas.models.idea import Idea

if TYPE_CHECKING:
    from accounts.models import User

DETAIL_LENGTH = 1_000
NOTE_LENGTH = 5_000


class Report(models.Model):
    """Somebody thinks that a text should not stand there: an idea's, or a comment's."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    code = models.CharField(max_length=12, unique=True, default=random_code)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="reports")
    comment: "models.ForeignKey[Comment | None, Comment | None]" = models.ForeignKey(
        Comment,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="reports",
        help_text="Empty: the idea itself.",
    )
    reporter = models.ForeignKey(
        Participant, null=True, on_delete=models.SET_NULL, related_name="reports"
    )
    reason = models.CharField(max_length=10, choices=ReportReason)
    detail = models.TextField(blank=True, max_length=DETAIL_LENGTH)
    state = models.CharField(max_length=6, choices=ReportState, default=ReportState.OPEN)
    settled_by: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "reporter"],
                condition=models.Q(comment=None, state=ReportState.OPEN),
                name="report_of_idea_once",
            ),
            models.UniqueConstraint(
                fields=["comment", "reporter"],
                condition=models.Q(state=ReportState.OPEN),
                name="report_of_comment_once",
            ),
        ]
        indexes = [
            # serves the desk's list of what waits
            models.Index(
                fields=["brand", "id"],
                condition=models.Q(state=ReportState.OPEN),
                name="report_open_of_brand",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


class Note(models.Model):
    """What the team tells itself about an idea. Nobody else ever reads it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="notes")
    code = models.CharField(max_length=12, unique=True, default=random_code)
    author: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = models.TextField(max_length=NOTE_LENGTH)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"note {self.code}"
