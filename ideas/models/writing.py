"""What is written before an idea is public, and what it said before it was changed."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from accounts.models import Brand, Participant
from cocreate.lib.tokens import random_code
from ideas.enums import Answer
from ideas.models.challenge import Challenge
from ideas.models.idea import TAG_LENGTH, TITLE_LENGTH, Idea

if TYPE_CHECKING:
    from accounts.models import User


class Draft(models.Model):
    """An idea that is being written, kept word by word; nothing of it is checked yet.

    Where a session was lost on the way it belongs to nobody: the one who has the secret takes it
    (`secret` is a keyed hash).
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    code = models.CharField(max_length=12, unique=True, default=random_code)
    user: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="drafts",
        db_index=False,
    )
    secret = models.CharField(max_length=64, unique=True, null=True, blank=True)  # noqa: DJ001 - NULL is "none" to UNIQUE
    challenge: "models.ForeignKey[Challenge | None, Challenge | None]" = models.ForeignKey(
        Challenge, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    title = models.TextField(blank=True)
    body = models.TextField(blank=True)
    tags = models.TextField(blank=True, help_text="As typed.")
    language = models.CharField(max_length=8, blank=True)
    images = ArrayField(
        models.CharField(max_length=12), default=list, blank=True, help_text="Their codes."
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            # serves somebody's drafts, the last first, at one brand and at all
            models.Index(fields=["user", "-updated_at"], name="draft_of_user"),
            # serves the sweep of what nobody took
            models.Index(
                fields=["updated_at"], condition=models.Q(user=None), name="draft_of_nobody"
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.code}"


class Revision(models.Model):
    """What an idea said at one of its revisions, and who wrote it so. The first is written when
    the second is; the newest is the idea itself.
    """

    idea = models.ForeignKey(
        Idea, on_delete=models.CASCADE, related_name="revisions", db_index=False
    )
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.TextField(blank=True)
    tags = ArrayField(models.CharField(max_length=TAG_LENGTH), default=list, blank=True)
    language = models.CharField(max_length=8)
    editor = models.ForeignKey(
        Participant,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty: the brand, or somebody erased.",
    )
    by_brand = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField()
    hidden = models.BooleanField(
        default=False, db_default=False,
        help_text=(
            "Those who may answer read what it said, and whoever wrote it in their copy of their"
            " data; why, is in the activities."
        ),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["idea", "number"], name="revision_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.idea_id} r{self.number}"


class CoAuthor(models.Model):
    """Somebody whom an author has invited to sign the idea with them.

    By handle (`participant` from the beginning) or by address: then whoever opens the link and
    accepts is the one; `secret` is a keyed hash, and the address goes when it is answered. Of an
    address that declined a keyed hash stays, so that nobody asks there again.
    """

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="co_authors")
    code = models.CharField(max_length=12, unique=True, default=random_code)
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="co_authored"
    )
    email = models.EmailField(blank=True)
    secret = models.CharField(max_length=64, unique=True, null=True, blank=True)  # noqa: DJ001 - NULL is "none" to UNIQUE
    mailbox = models.CharField(
        max_length=64, blank=True, default="", db_default="",
        help_text="Keyed hash of an address that declined (cocreate.lib.mailboxes).",
    )  # fmt: skip
    invited_by = models.ForeignKey(
        Participant, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer = models.CharField(max_length=8, choices=Answer, default=Answer.WAITING)
    at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["idea", "participant"], name="co_author_once"),
            models.UniqueConstraint(
                fields=["idea", "email"],
                condition=~models.Q(email=""),
                name="co_author_address_once",
            ),
        ]

    def __str__(self) -> str:
        return f"co-author {self.code}"
