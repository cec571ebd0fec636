from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Brand
from cocreate.lib import written
from cocreate.lib.tokens import random_code
from cocreate.lib.written import SOMETHING
from ideas.enums import DeclineReason, Lock, Status, Tone
from ideas.models.graph import DEFAULT, Graph, Step
from ideas.models.idea import Idea

if TYPE_CHECKING:
    from accounts.models import User

STATUS_LENGTH = 20
# What most ideas come to; an index leaves them out, so whoever changes this makes another.
NOT_TAKEN_UP = [
    str(one) for one in (Status.SUBMITTED, Status.UNDER_REVIEW, Status.DECLINED, Status.ARCHIVED)
]
MESSAGE_LENGTH = 5_000
STATUS_SHAPE = RegexValidator(r"^[a-z][a-z0-9_]{0,19}$", _("Small letters, digits and _ only."))


class StatusStepQuerySet(models.QuerySet["StatusStep"]):
    def graph_of(self, brand: Brand) -> Graph:
        """A brand's statuses in their order; one query."""
        rows = written.objects(_steps(), {SOMETHING: brand.pk})
        return Graph({row.key: row.step for row in rows}) if rows else DEFAULT


@cache
def _steps() -> written.Written:
    return written.write(StatusStep.objects.filter(brand=SOMETHING).order_by("place", "id"))


class StatusStep(models.Model):
    """One status of a brand's own graph. A brand without rows has the graph that every brand starts
    with (`ideas.models.graph`).
    """

    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, related_name="status_steps", db_index=False
    )
    key = models.CharField(max_length=STATUS_LENGTH, validators=[STATUS_SHAPE])
    place = models.PositiveSmallIntegerField(default=0)
    labels = models.JSONField(
        default=dict, blank=True, help_text="By language; empty: the words of the product."
    )
    tone = models.CharField(max_length=5, choices=Tone, default=Tone.PLAIN)
    next = ArrayField(models.CharField(max_length=STATUS_LENGTH), default=list, blank=True)
    locks = ArrayField(models.CharField(max_length=7, choices=Lock), default=list, blank=True)
    needs_reason = models.BooleanField(default=False)

    objects = StatusStepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "key"], name="statusstep_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.brand_id}"

    @property
    def step(self) -> Step:
        return Step(
            self.key,
            self.tone,
            tuple(self.next),
            frozenset(self.locks),
            self.needs_reason,
            self.labels,
        )


class Decision(models.Model):
    """What the brand decided about an idea, in public: its status before and after, why, and what
    the brand says to the people behind it.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    idea = models.ForeignKey(
        Idea, on_delete=models.CASCADE, related_name="decisions", db_index=False
    )
    code = models.CharField(max_length=12, unique=True, default=random_code)
    before = models.CharField(max_length=STATUS_LENGTH)
    after = models.CharField(max_length=STATUS_LENGTH)
    reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    message = models.TextField(blank=True, max_length=MESSAGE_LENGTH)
    actor: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        help_text="For the team alone; empty: a key.",
    )
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True, help_text="Before anybody was told.")

    class Meta:
        indexes = [
            # serves history_of()
            models.Index(fields=["idea", "-id"], name="decision_of_idea"),
            # serves the road map
            models.Index(
                fields=["brand", "after", "-at", "-id"],
                condition=models.Q(undone_at__isnull=True),
                name="decision_of_brand",
            ),
            # serves latest_outcomes(), over all brands
            models.Index(
                fields=["-at", "-id"],
                condition=models.Q(undone_at__isnull=True) & ~models.Q(after__in=NOT_TAKEN_UP),
                name="decision_taken_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.before} to {self.after}"
