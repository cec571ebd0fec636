from django.db import models
from django.db.models.functions import Now

from accounts.models import Brand, Membership
from cocreate.lib.tokens import random_code

NAME_LENGTH = 60


class SavedView(models.Model):
    """What somebody narrows the desk's list to, under a name."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="views")
    member: "models.ForeignKey[Membership | None, Membership | None]" = models.ForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="views",
        help_text="Whose alone it is; empty: the team's.",
    )
    code = models.CharField(max_length=12, unique=True, default=random_code)
    name = models.CharField(max_length=NAME_LENGTH)
    query = models.TextField(blank=True, help_text="Of the list's address.")
    place = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name
