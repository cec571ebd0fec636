from django.db import models
from django.db.models.functions import Now

from accounts.models import Brand
from cocreate.lib.tokens import random_code
from ideas.enums import AlertKind
from ideas.models.challenge import Challenge
from ideas.models.idea import Idea

LEAST_BURST = 10  # fewer votes in an hour are nobody's burst, unless the team says otherwise


class AlertRule(models.Model):
    """When a brand's team wants to hear of an idea. A brand without a row for bursts hears of them
    (`ideas.domain.alerts`).
    """

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, related_name="alert_rules", db_index=False
    )
    code = models.CharField(max_length=12, unique=True, default=random_code)
    kind = models.CharField(max_length=10, choices=AlertKind)
    threshold = models.PositiveIntegerField(help_text="Of a burst: the fewest votes in an hour.")
    hours = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="The span in which votes are counted; else 0."
    )
    active = models.BooleanField(
        default=True, db_default=True, help_text="Bursts can be switched off."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "kind", "threshold", "hours"], name="alertrule_once"
            ),
            models.UniqueConstraint(
                fields=["brand"],
                condition=models.Q(kind=AlertKind.BURST),
                name="alertrule_one_burst",
            ),
            models.CheckConstraint(
                condition=models.Q(threshold__gte=1), name="alertrule_threshold_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=AlertKind.VOTES, hours__gte=1)
                | ~models.Q(kind=AlertKind.VOTES) & models.Q(hours=0),
                name="alertrule_hours_of_votes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.threshold}"


class Alert(models.Model):
    """An idea that is over a threshold, as the team was told. The row goes once the figure is
    clearly below (hysteresis).
    """

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="alerts", db_index=False)
    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="alerts")
    figure = models.PositiveIntegerField(help_text="As it was when the alert was raised.")
    raised_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "rule"], name="alert_once")]

    def __str__(self) -> str:
        return f"{self.idea_id} over {self.rule_id}"


class Hushed(models.Model):
    """A challenge with votes that no look has judged, because a phase hides its counts: all of its
    ideas are looked at once they are shown.
    """

    challenge = models.OneToOneField(Challenge, primary_key=True, on_delete=models.CASCADE)

    class Meta:
        verbose_name_plural = "hushed"

    def __str__(self) -> str:
        return f"{self.challenge_id}"
