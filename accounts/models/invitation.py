from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from accounts.enums import Role
from accounts.models.brand import Brand

if TYPE_CHECKING:
    from accounts.models.user import User

CODE_LENGTH = 16  # of the hash's 64: 64 bits


class Invitation(models.Model):
    """A link by mail into a brand's team, or, without a role, into its closed community.

    Bound to one address, good once, until it expires. Only a keyed hash of the link is stored.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(
        max_length=10, choices=Role, blank=True, help_text="Empty: admission, no place in the team."
    )
    hash = models.CharField(max_length=64, unique=True)
    invited_by: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["brand", "-created_at"], name="invitation_of_brand")]

    def __str__(self) -> str:
        return f"{self.email} to {self.brand_id}"

    @property
    def code(self) -> str:
        """Its public name. A new link gives it another."""
        return self.hash[:CODE_LENGTH]
