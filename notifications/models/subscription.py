from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from accounts.models import Brand
from cocreate.lib.tokens import random_code
from notifications.enums import Frequency

if TYPE_CHECKING:
    from accounts.models import User

TOKEN_LENGTH = 40
new_token = partial(random_code, TOKEN_LENGTH)


class Subscription(models.Model):
    """How often somebody wants mail of a brand. Without a row it is at once. `domain.subscriptions`
    writes it.
    """

    user: "models.ForeignKey[User, User]" = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="subscriptions",
        db_index=False,
    )
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="subscriptions")
    frequency = models.CharField(
        max_length=7, choices=Frequency, default=Frequency.INSTANT, db_default=Frequency.INSTANT
    )
    token = models.CharField(
        max_length=TOKEN_LENGTH,
        unique=True,
        default=new_token,
        help_text="In every mail: whoever holds it ends these mails without signing in.",
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "brand"], name="subscription_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.frequency} of {self.brand_id}"
