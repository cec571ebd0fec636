from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

LISTED = models.Q(("hidden", False), ("merged_into", None))


class Migration(migrations.Migration):
    """Made while ideas are read and posted: an upgrade stops nobody."""

    atomic = False
    dependencies = [("ideas", "0011_functions_of_rules_and_search")]

    operations = [
        AddIndexConcurrently(
            "idea",
            models.Index(condition=LISTED, fields=["brand", "-id"], name="idea_last_of_brand"),
        ),
        AddIndexConcurrently(
            "idea",
            models.Index(
                condition=LISTED, fields=["challenge", "-id"], name="idea_last_of_challenge"
            ),
        ),
    ]
