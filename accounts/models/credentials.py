"""Secrets that programs present. Shown once; stored as prefix + keyed hash
(cocreate/lib/tokens.py).
"""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.enums import Scope
from accounts.models.brand import Brand

if TYPE_CHECKING:
    from accounts.models.user import User

DEFAULT_RATE = 100  # requests a second; 0 means no limit


class ApiKey(models.Model):
    """A brand's key: `cos_…` is secret, `cow_…` (scope widget) is publishable and has a signing
    secret beside it.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=60, blank=True, db_default="")
    prefix = models.CharField(max_length=16, unique=True)
    hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope))
    origins = ArrayField(models.URLField(), default=list, blank=True)
    rate = models.PositiveIntegerField(default=DEFAULT_RATE)
    signing_secret = models.TextField(
        blank=True, help_text="Encrypted: HS256 needs the secret itself."
    )
    created_by: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(
        null=True, blank=True, help_text="To ten minutes: a use does not write each time."
    )
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="Set when a newer key takes over (rotation)."
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @property
    def is_widget(self) -> bool:
        return Scope.WIDGET in self.scopes

    def has(self, scope: Scope) -> bool:
        return scope in self.scopes


class PersonalToken(models.Model):
    """`cop_…`: a member's program acts as the member."""

    user: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens"
    )
    prefix = models.CharField(max_length=16, unique=True)
    hash = models.CharField(max_length=64)
    name = models.CharField(max_length=60, blank=True, db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="To ten minutes.")
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.prefix}…"
