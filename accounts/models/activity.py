from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from accounts.models.brand import Brand
from accounts.models.participant import Participant

if TYPE_CHECKING:
    from accounts.models.user import User


# Of no brand: what may change under which name ideas stand.
CHANGES_NAMES = ["account.erased", "mailbox.proved", "profile.changed"]


class Activity(models.Model):
    """What happened: written in the verb's own transaction, told to people from here, and never
    changed, except that somebody's name follows their handle and goes with their account.

    Names its subject by kind and code, so that it needs no app to its right. Votes are not here:
    the ledger is their record. That somebody of a team voted for another is, without for whom.
    """

    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40, help_text="idea.posted, idea.top, key.created, …")
    subject_kind = models.CharField(max_length=20)
    subject_code = models.CharField(max_length=60)
    actor: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    participant = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.SET_NULL)
    private = models.BooleanField(default=False, help_text="For the team and the audit trail only.")
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="When people are told; empty: at once."
    )
    dispatched_at = models.DateTimeField(
        null=True, blank=True, help_text="When its notices were written."
    )

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(dispatched_at=None), name="activity_undispatched"
            ),
            models.Index(fields=["brand", "-at"], name="activity_of_brand"),
            models.Index(fields=["subject_kind", "subject_code"], name="activity_of_subject"),
            # serves ideas.domain.stamps
            models.Index(
                fields=["-at"],
                condition=models.Q(brand=None, kind__in=CHANGES_NAMES),
                name="activity_of_names",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_code}"
