"""Answers kept for whoever repeats a request."""

from datetime import timedelta

from django.db import connection, models
from django.db.models.functions import Now

KEPT = timedelta(hours=24)
SWEPT = KEPT + timedelta(hours=1)  # never one that somebody is just reading


class KeptAnswer(models.Model):
    """What a POST with an Idempotency-Key was answered (api/idempotency.py)."""

    slot = models.CharField(
        primary_key=True, max_length=64, help_text="Keyed hash of the caller and their key."
    )
    request = models.CharField(max_length=64, help_text="Keyed hash of path and body.")
    answer = models.TextField(
        help_text="Encrypted with a key made of the caller's own, which is not kept."
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        # The sweep: the oldest first.
        indexes = (models.Index(fields=["at"], name="kept_answers_by_age"),)

    def __str__(self) -> str:
        return self.slot[:12]

    @classmethod
    def hold(cls, slot: str) -> bool:
        """Until the transaction ends nobody else answers for this slot. False: somebody does."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [slot])
            return bool(cursor.fetchone()[0])

    @classmethod
    def living(cls, slot: str) -> "KeptAnswer | None":
        return cls.objects.filter(slot=slot, at__gt=Now() - KEPT).first()

    @classmethod
    def keep(cls, *, slot: str, request: str, answer: str) -> None:
        """In place of one that is too old to be repeated, too."""
        values = {"request": request, "answer": answer, "at": Now()}
        cls.objects.update_or_create(slot=slot, defaults=values)

    @classmethod
    def sweep(cls) -> int:
        """Returns how many went."""
        return cls.objects.filter(at__lt=Now() - SWEPT).delete()[0]
