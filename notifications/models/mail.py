from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

from notifications.enums import MailState
from notifications.models.digest import Digest
from notifications.models.notice import Notice

SUBJECT_LENGTH = 150
ERROR_LENGTH = 300
CLAIM_LASTS = timedelta(seconds=100)  # five commands to a silent server; less than two minutes


class MailQuerySet(models.QuerySet["Mail"]):
    def ready(self) -> "MailQuerySet":
        """What somebody may claim: due, or claimed so long ago that its worker must be dead."""
        due = models.Q(state=MailState.QUEUED, due_at__lte=Now())
        orphaned = models.Q(state=MailState.SENDING, claimed_at__lt=Now() - CLAIM_LASTS)
        return self.filter(due | orphaned)


class Mail(models.Model):
    """The outbox: a mail is this row, written with what it tells of; the queue is only speed.

    Either an address and a finished text, or a notice or a digest, rendered when it is sent, for
    its reader of that moment. `domain.outbox` writes it, `domain.delivery` moves its state.
    """

    notice: "models.ForeignKey[Notice | None, Notice | None]" = models.ForeignKey(
        Notice, null=True, blank=True, on_delete=models.CASCADE, related_name="mails"
    )
    digest: "models.ForeignKey[Digest | None, Digest | None]" = models.ForeignKey(
        Digest,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="mails",
        db_index=False,
    )
    to = models.EmailField(blank=True)
    sent_to = models.EmailField(blank=True, db_default="", help_text="Where it went, or was to go.")
    subject = models.CharField(max_length=SUBJECT_LENGTH, blank=True)
    text = models.TextField(blank=True, help_text="Emptied at the end: it may hold a secret.")
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=300, unique=True)
    dedupe = models.CharField(max_length=80, unique=True, null=True, blank=True)  # noqa: DJ001 - NULL is "none" to UNIQUE
    state = models.CharField(max_length=8, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Also names who holds it.")
    handovers = models.PositiveSmallIntegerField(
        default=0, help_text="How often a server may have taken it without saying so."
    )
    due_at = models.DateTimeField(db_default=Now())
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=ERROR_LENGTH, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = MailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(notice=None, digest=None) & ~models.Q(to="")
                | models.Q(notice__isnull=False, digest=None, to="")
                | models.Q(notice=None, digest__isnull=False, to=""),
                name="mail_to_notice_or_digest",
            )
        ]
        # the first two serve ready(), the third counts what was given up, the last finds a digest's
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state=MailState.QUEUED), name="mail_due"
            ),
            models.Index(
                fields=["claimed_at"],
                condition=models.Q(state=MailState.SENDING),
                name="mail_claimed",
            ),
            models.Index(
                fields=["created_at"],
                condition=models.Q(state=MailState.FAILED),
                name="mail_failed",
            ),
            models.Index(
                fields=["digest"],
                condition=models.Q(digest__isnull=False),
                name="mail_of_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk} ({self.state})"
