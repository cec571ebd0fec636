from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

if TYPE_CHECKING:
    from accounts.models import User

ANSWER_LENGTH = 300


class RefusedAddress(models.Model):
    """The mail server of somebody's address does not know it: no notice goes there any more, until
    they change the address or ask to try again (`domain.addresses`).
    """

    user: "models.OneToOneField[User, User]" = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="refused_address",
    )
    email = models.EmailField(help_text="It says nothing of another address.")
    answer = models.CharField(max_length=ANSWER_LENGTH, help_text="In the words of the server.")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "refused addresses"

    def __str__(self) -> str:
        return f"address of {self.user_id}"
