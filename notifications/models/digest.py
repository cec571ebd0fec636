from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from accounts.models import Brand
from notifications.enums import Frequency

if TYPE_CHECKING:
    from accounts.models import User


class Digest(models.Model):
    """One mail about several notices; `day` is its reader's. `domain.digests` writes it, and the
    constraint lets nobody write a second.
    """

    user: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests", db_index=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="digests")
    pace = models.CharField(max_length=7, choices=Frequency)
    day = models.DateField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "brand", "day"], name="digest_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.brand_id} on {self.day}"
