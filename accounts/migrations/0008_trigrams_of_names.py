from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    """Made while people sign up and vote: an upgrade stops nobody."""

    atomic = False
    dependencies = [("accounts", "0007_spent_tokens")]

    operations = [
        TrigramExtension(),
        AddIndexConcurrently(
            "user",
            GinIndex(
                fields=["display_name"], name="user_name_trigrams", opclasses=["gin_trgm_ops"]
            ),
        ),
        AddIndexConcurrently(
            "participant",
            GinIndex(
                condition=models.Q(("user", None)),
                fields=["display_name"],
                name="participant_name_trigrams",
                opclasses=["gin_trgm_ops"],
            ),
        ),
    ]
