from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role, Visibility
from cocreate.lib.accents import SHAPE

if TYPE_CHECKING:
    from accounts.models.user import User

SLUG_SHAPE = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$", _("Small letters, digits and - only.")
)
DEFAULT_HALF_LIFE = timedelta(days=30)
COLOUR_SHAPE = RegexValidator(
    rf"^{SHAPE.pattern}\Z", _("A colour is # and six digits, 0 to 9 and A to F.")
)
DEFAULT_HUE = 32


class BrandQuerySet(models.QuerySet["Brand"]):
    def visible_to(self, user: Any) -> "BrandQuerySet":
        """Public brands, and those whose team or admitted community the user belongs to."""
        public = models.Q(visibility=Visibility.PUBLIC)
        if not getattr(user, "is_authenticated", False):
            return self.filter(public)
        team = models.Q(pk__in=user.memberships.values("brand"))
        admitted = models.Q(pk__in=user.participants.filter(admitted=True).values("brand"))
        return self.filter(public | team | admitted)


class Brand(models.Model):
    """A tenant: it asks, its community answers. Every other tenant row names it."""

    slug = models.SlugField(max_length=50, unique=True, validators=[SLUG_SHAPE])
    name = models.CharField(max_length=80)
    tagline = models.CharField(max_length=200, blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    language = models.CharField(max_length=8, default="en", choices=settings.LANGUAGES)
    languages = ArrayField(
        models.CharField(max_length=8),
        blank=True,
        default=list,
        db_default=models.Value([], ArrayField(models.CharField(max_length=8))),
        help_text="Those its community writes in; empty: any.",
    )
    logo = models.FileField(upload_to="logos", max_length=120, blank=True, db_default="")
    cover = models.FileField(upload_to="covers", max_length=120, blank=True, db_default="")
    hue = models.PositiveSmallIntegerField(
        default=DEFAULT_HUE,
        validators=[MinValueValidator(0), MaxValueValidator(360)],
        help_text="The one accent, in degrees of OKLCH; the design tokens do the rest.",
    )
    colour = models.CharField(
        max_length=7,
        blank=True,
        default="",
        db_default="",
        validators=[COLOUR_SHAPE],
        help_text="A colour of its own, #rrggbb, in place of the hue.",
    )
    half_life = models.DurationField(
        default=DEFAULT_HALF_LIFE, help_text="Of a vote in the brand's own hot list."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BrandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(half_life__gt=timedelta(0)), name="brand_half_life_positive"
            )
        ]
        indexes = [models.Index(fields=["name", "id"], name="brand_by_name")]  # the front page's

    def __str__(self) -> str:
        return self.name

    @property
    def look(self) -> str:
        """As cocreate.lib.accents reads it."""
        return self.colour or str(self.hue)


class FormerSlug(models.Model):
    """An address that a brand left: it redirects to today's, and no other brand may take it."""

    slug = models.SlugField(max_length=50, primary_key=True)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="former_slugs")
    left_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug


class Membership(models.Model):
    """A user's place in a brand's team. Every brand has one owner."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="memberships")
    user: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "user"], name="membership_once"),
            models.UniqueConstraint(
                fields=["brand"], condition=models.Q(role=Role.OWNER), name="membership_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.brand_id}"
