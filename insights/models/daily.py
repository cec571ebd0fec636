"""Votes by day, and how far the ledger has been read for them (insights.domain.daily alone
writes here).
"""

from django.db import models

from ideas.models import Challenge


class DailyVotes(models.Model):
    """What the ledger says of one day (UTC) in one challenge: votes that began to count for or
    against, and votes that no longer count.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, db_index=False)
    day = models.DateField()
    supported = models.BigIntegerField(default=0)
    opposed = models.BigIntegerField(default=0)
    withdrawn = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "daily votes"
        constraints = [
            # its index serves votes_by_day()
            models.UniqueConstraint(fields=["challenge", "day"], name="dailyvotes_once"),
        ]

    def __str__(self) -> str:
        return f"{self.challenge_id} {self.day}"


class CountedLedger(models.Model):
    """The last batch of a challenge's ledger whose votes stand in DailyVotes."""

    challenge = models.OneToOneField(Challenge, primary_key=True, on_delete=models.CASCADE)
    number = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.challenge_id} #{self.number}"


class CountingPlace(models.Model):
    """One row: up to which batch of the whole ledger the counting has looked."""

    batch = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.batch)
