from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from accounts.models.brand import Brand
from cocreate.lib.tokens import random_code

if TYPE_CHECKING:
    from accounts.models.user import User

REF_LENGTH = 12
new_ref = partial(random_code, REF_LENGTH)


class Participant(models.Model):
    """Somebody as one brand knows them. Created on the first act; ideas, votes and budgets point
    here.

    `cast_vote()` creates rows here too (ideas/sql/), so a new required column needs a database
    default.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE)
    ref = models.CharField(
        max_length=REF_LENGTH, unique=True, default=new_ref, help_text="All that the ledger knows."
    )
    user: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="participants",
    )
    external_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - NULL is "no claim" to UNIQUE
    named_by = models.ForeignKey(
        "accounts.ApiKey", null=True, blank=True, on_delete=models.SET_NULL
    )
    mailbox = models.CharField(max_length=64, null=True, blank=True, help_text="Keyed hash.")  # noqa: DJ001
    display_name = models.CharField(
        max_length=40, blank=True, help_text="For people without an account."
    )
    admitted = models.BooleanField(
        default=False, db_default=False, help_text="To a members-only brand."
    )
    active = models.BooleanField(
        default=True, db_default=True, help_text="False: suspended or erased."
    )
    stopped_at = models.DateTimeField(
        null=True, blank=True, help_text="When the team stopped them; empty for somebody erased."
    )
    verified = models.BooleanField(
        default=True, db_default=True, help_text="False: votes wait as pending."
    )
    joined_into: "models.ForeignKey[Participant | None, Participant | None]" = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="joined",
        help_text="Who this turned out to be; names given to this one lead there.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "user"], name="participant_user_once"),
            models.UniqueConstraint(
                fields=["brand", "external_id"], name="participant_external_once"
            ),
            models.UniqueConstraint(fields=["brand", "mailbox"], name="participant_mailbox_once"),
        ]
        indexes = [  # whoever proves a mailbox asks for it in all brands (ideas/sql/people.sql)
            models.Index(
                fields=["mailbox"],
                condition=models.Q(mailbox__isnull=False),
                name="participant_of_mailbox",
            ),
            # serves the desk's search for authors (ideas/domain/narrowing.py)
            GinIndex(
                fields=["display_name"],
                opclasses=["gin_trgm_ops"],
                condition=models.Q(user=None),
                name="participant_name_trigrams",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def name(self) -> str:
        """What others see; empty for somebody erased or never named."""
        return self.user.display_name if self.user else self.display_name
