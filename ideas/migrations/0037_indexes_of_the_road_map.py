from django.db import migrations, models

from cocreate.lib.sql import MakeIndex

LISTED = models.Q(("hidden", False), ("merged_into", None))


class Migration(migrations.Migration):
    """Made while teams decide and people post: an upgrade stops nobody."""

    atomic = False
    dependencies = [("ideas", "0036_two_names")]

    operations = [
        MakeIndex(
            "idea",
            models.Index(
                models.F("brand"),
                models.F("status"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.F("code"),
                condition=LISTED & ~models.Q(("status", "submitted")),
                name="idea_of_status",
            ),
        ),
        MakeIndex(
            "decision",
            models.Index(
                fields=["brand", "after", "-at", "-id"],
                condition=models.Q(("undone_at__isnull", True)),
                name="decision_of_brand",
            ),
        ),
    ]
