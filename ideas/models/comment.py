from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from accounts.models import Brand, Participant
from cocreate.lib.tokens import random_code
from ideas.models.idea import Idea

if TYPE_CHECKING:
    from accounts.models import User

COMMENT_LENGTH = 20_000
DEEPEST = 4  # a reply to a comment of this depth stands beside it


class CommentQuerySet(models.QuerySet["Comment"]):
    def shown(self) -> "CommentQuerySet":
        """What the public reads; a deleted comment keeps its place in the thread, empty."""
        return self.filter(hidden=False)


class Comment(models.Model):
    """What somebody says about an idea, or answers to somebody who did.

    `thread` is the first comment's id; `path` are the ids from there down to this one, so that
    sorting by it puts every reply under what it answers. Triggers fill both and count the comments
    of the idea (ideas/sql/talk.sql).
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="talk", db_index=False)
    code = models.CharField(max_length=12, unique=True, default=random_code)
    author = models.ForeignKey(
        Participant,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="comments",
        help_text="Empty: the brand, where it is official; else somebody erased.",
    )
    actor: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        help_text="Who of the team wrote for the brand: for the team alone.",
    )
    parent: "models.ForeignKey[Comment | None, Comment | None]" = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="replies"
    )
    thread = models.BigIntegerField(db_default=0)
    path = ArrayField(
        models.BigIntegerField(),
        db_default=models.Value([], ArrayField(models.BigIntegerField())),
    )
    body = models.TextField(max_length=COMMENT_LENGTH)
    official = models.BooleanField(default=False, help_text="The brand speaks.")
    pinned = models.BooleanField(default=False, help_text="The brand's answer, above all others.")
    hidden = models.BooleanField(default=False, help_text="By the team.")
    deleted_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pinned=False) | models.Q(official=True),
                name="comment_pinned_is_official",
            ),
        ]
        indexes = [
            # serve comments_page(): oldest threads first, newest threads first
            models.Index(fields=["idea", "path"], name="comment_path_of_idea"),
            models.Index("idea", models.F("thread").desc(), "path", name="comment_new_of_idea"),
            # serves answers_of()
            models.Index(
                fields=["idea", "-id"], condition=models.Q(pinned=True), name="comment_pinned"
            ),
            # serves the desk's list of people and the export of one's own words
            models.Index(fields=["author", "-id"], name="comment_of_author"),
        ]

    def __str__(self) -> str:
        return f"{self.code} on {self.idea_id}"

    @property
    def depth(self) -> int:
        """1 for a comment on the idea itself."""
        return len(self.path)

    @property
    def said_at(self) -> datetime:
        """When it was put into the words that it has now; each change has a moment of its own."""
        return self.edited_at or self.created_at


class Follow(models.Model):
    """Whether somebody wants to hear of an idea: a row with `active` off is a no that no later
    comment of theirs turns into a yes.
    """

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="follows")
    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="follows", db_index=False
    )
    active = models.BooleanField(default=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "idea"], name="follow_once"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {'follows' if self.active else 'leaves'} {self.idea_id}"
