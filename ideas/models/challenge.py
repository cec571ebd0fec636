from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from accounts.models import Brand
from accounts.models.brand import DEFAULT_HALF_LIFE, SLUG_SHAPE
from ideas.enums import Mode, Period, Verb, Voters

if TYPE_CHECKING:
    from accounts.models import User

PERMANENT_SLUG = "open"
MAX_POINTS = 10


class Challenge(models.Model):
    """A question of a brand. What may be done when stands in its current rules.

    Whoever changes `rules` or `closed` waits for the votes in flight (trigger in
    ideas/sql/locks.sql).
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="challenges")
    slug = models.SlugField(max_length=50, validators=[SLUG_SHAPE])
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True, max_length=20_000)
    language = models.CharField(max_length=8, default="en")
    rules: "models.ForeignKey[Rules | None, Rules | None]" = models.ForeignKey(
        "ideas.Rules", null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed = models.BooleanField(default=False, db_default=False)
    published_at = models.DateTimeField(
        null=True,
        blank=True,
        db_default=Now(),
        help_text="Empty: a draft that the team alone sees.",
    )
    cover = models.FileField(upload_to="challenges", max_length=120, blank=True, db_default="")
    cover_alt = models.CharField(max_length=300, blank=True, default="", db_default="")
    revision = models.PositiveIntegerField(
        default=1, db_default=1,
        help_text="Counts what a team changes: of two who do so at once the second is told.",
    )  # fmt: skip
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "slug"], name="challenge_slug_once")
        ]
        indexes = [
            models.Index(  # the newest of all brands, for the front page
                models.F("published_at").desc(),
                models.F("slug"),
                condition=models.Q(closed=False, published_at__isnull=False)
                & ~models.Q(slug=PERMANENT_SLUG),
                name="challenge_newest",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_permanent(self) -> bool:
        return self.slug == PERMANENT_SLUG

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class Rules(models.Model):
    """One version of a challenge's rules. Never edited once the challenge is published: a change is
    a new version (`domain.challenges.change_rules`).
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.UP)
    max_points = models.PositiveSmallIntegerField(default=1)
    budget = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    budget_period = models.CharField(max_length=10, choices=Period, default=Period.CHALLENGE)
    half_life = models.DurationField(default=DEFAULT_HALF_LIFE)
    licence = models.TextField(blank=True, help_text="What people agree to when they post.")
    licence_version = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Counts the texts of the licence; 0: there was none yet."
    )
    who_votes = models.CharField(
        max_length=10, choices=Voters, default=Voters.EVERYBODY, db_default=Voters.EVERYBODY
    )
    reason = models.CharField(
        max_length=500, blank=True, default="", db_default="",
        help_text="Why this version, in the public log.",
    )  # fmt: skip
    votes_leave = models.BooleanField(
        default=False, db_default=False, help_text="Votes are withdrawn when their owner is erased."
    )
    created_by: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "rules"
        constraints = [
            models.UniqueConstraint(fields=["challenge", "version"], name="rules_version_once"),
            models.CheckConstraint(
                condition=models.Q(half_life__gt=timedelta(0)), name="rules_half_life_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(max_points__gte=1, max_points__lte=MAX_POINTS),
                name="rules_max_points_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge_id} v{self.version}"

    def allows_value(self, value: int) -> bool:
        """Whether a vote may be worth this much."""
        match self.mode:
            case Mode.UP:
                return value == 1
            case Mode.UP_DOWN:
                return value in {1, -1}
            case _:
                return 1 <= value <= self.max_points


class PhaseQuerySet(models.QuerySet["Phase"]):
    def open_at(self, moment: datetime) -> "PhaseQuerySet":
        begun = models.Q(opens_at=None) | models.Q(opens_at__lte=moment)
        running = models.Q(closes_at=None) | models.Q(closes_at__gt=moment)
        return self.filter(begun & running)


class Phase(models.Model):
    """A span of a challenge: dates, and what may be done between them. Phases may overlap."""

    rules = models.ForeignKey(Rules, on_delete=models.CASCADE, related_name="phases")
    place = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=80)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    verbs = ArrayField(models.CharField(max_length=10, choices=Verb), blank=True, default=list)
    hides_counts = models.BooleanField(default=False, db_default=False)

    objects = PhaseQuerySet.as_manager()

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens_at=None)
                | models.Q(closes_at=None)
                | models.Q(opens_at__lt=models.F("closes_at")),
                name="phase_opens_before_it_closes",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def is_open_at(self, moment: datetime) -> bool:
        return is_between(self.opens_at, self.closes_at, moment)


def is_between(opens_at: datetime | None, closes_at: datetime | None, moment: datetime) -> bool:
    """Without a date that side is open."""
    return (opens_at is None or opens_at <= moment) and (closes_at is None or moment < closes_at)
