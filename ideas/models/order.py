"""Orders that Celery writes as a whole, and how often ideas were seen."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

from accounts.models import Brand
from ideas.models.challenge import Challenge
from ideas.models.idea import Idea

LONG_HALF_LIFE = timedelta(hours=72)


class OrderVersion(models.Model):
    """One numbered state of the orders `best`, `discover` and `rising` of a challenge, or of a
    whole brand. Written once, with all its places; a list is read from one version from end to end.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    challenge: "models.ForeignKey[Challenge | None, Challenge | None]" = models.ForeignKey(
        Challenge, null=True, blank=True, on_delete=models.CASCADE, help_text="Empty: the brand."
    )
    number = models.PositiveIntegerField()
    mean = models.FloatField(help_text="Share of votes for among all, with a prior: m of R1.")
    visits = models.BigIntegerField(help_text="t of R2.")
    newest = models.BigIntegerField(help_text="Id of the youngest idea that it places.")
    can_say_no = models.BooleanField(
        db_default=True,
        help_text="Somebody may vote against: else best is by points, and discover by votes per"
        " view.",
    )
    half_life = models.DurationField(db_default=LONG_HALF_LIFE, help_text="h of R3.")
    built_at = models.DateTimeField(db_default=Now())
    took = models.DurationField(db_default=timedelta(0), help_text="To build it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "challenge", "number"],
                nulls_distinct=False,
                name="order_version_once",
            )
        ]

    def __str__(self) -> str:
        return f"order {self.number} of {self.challenge_id or self.brand_id}"


class OrderPlace(models.Model):
    """Where one idea stands in one order, and the figures its score is made of."""

    pk = models.CompositePrimaryKey("version_id", "sort", "place")
    version = models.ForeignKey(
        OrderVersion, on_delete=models.CASCADE, related_name="places", db_index=False
    )
    sort = models.CharField(max_length=10)
    place = models.PositiveIntegerField()
    idea = models.ForeignKey(
        Idea, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    score = models.FloatField()
    ups = models.IntegerField()
    downs = models.IntegerField()
    views = models.FloatField(help_text="e of R2.")
    recent = models.FloatField(help_text="V of R3.")
    expected = models.FloatField(help_text="E of R3.")

    class Meta:
        constraints = [
            # serves why an idea stands where it does
            models.UniqueConstraint(fields=["version", "idea", "sort"], name="order_place_once")
        ]

    def __str__(self) -> str:
        return f"{self.sort} {self.place}"


class OrderTouch(models.Model):
    """Something has happened to a list since its last version. Triggers and tasks write it; whoever
    builds the next version takes away what it has seen (ideas/sql/orders.sql).
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    challenge: "models.ForeignKey[Challenge | None, Challenge | None]" = models.ForeignKey(
        Challenge,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_index=False,
        help_text="Empty: the brand.",
    )
    urgent = models.BooleanField(help_text="It does not wait for the minute to be over.")

    class Meta:
        verbose_name_plural = "order touches"
        # serves the look for what is to be built
        indexes = [models.Index(fields=["brand", "challenge"], name="order_touch_of_list")]

    def __str__(self) -> str:
        return f"{self.challenge_id or self.brand_id}"


class Exposure(models.Model):
    """How often an idea was shown in lists. `views` weighs a showing at place r by r^-0.7."""

    idea = models.OneToOneField(
        Idea, primary_key=True, on_delete=models.CASCADE, related_name="exposure"
    )
    views = models.FloatField(db_default=0)
    times = models.BigIntegerField(db_default=0)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            # serves the search for challenges whose ideas were shown since
            models.Index(fields=["stored_at"], name="exposure_stored_at"),
        ]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.views}"


class Attendance(models.Model):
    """How many visits a challenge's lists have had: one for each visitor and day."""

    challenge = models.OneToOneField(
        Challenge, primary_key=True, on_delete=models.CASCADE, related_name="attendance"
    )
    visits = models.BigIntegerField(db_default=0)

    def __str__(self) -> str:
        return f"{self.challenge_id}: {self.visits}"
