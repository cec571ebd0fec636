from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from cocreate.lib.sql import MakeIndex


class Migration(migrations.Migration):
    """Made while people sign up and vote: an upgrade stops nobody."""

    atomic = False
    dependencies = [("accounts", "0007_spent_tokens")]

    operations = [
        TrigramExtension(),
        MakeIndex(
            "user",
            GinIndex(
                fields=["display_name"], name="user_name_trigrams", opclasses=["gin_trgm_ops"]
            ),
        ),
        MakeIndex(
            "participant",
            GinIndex(
                condition=models.Q(("user", None)),
                fields=["display_name"],
                name="participant_name_trigrams",
                opclasses=["gin_trgm_ops"],
            ),
        ),
    ]
