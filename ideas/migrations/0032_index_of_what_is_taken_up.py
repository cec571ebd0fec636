from django.db import migrations, models

from cocreate.lib.sql import MakeIndex

NOT_TAKEN_UP = ["submitted", "under_review", "declined", "archived"]


class Migration(migrations.Migration):
    """Made while teams decide: an upgrade stops nobody."""

    atomic = False
    dependencies = [("ideas", "0031_truth_of_some_ideas")]

    operations = [
        MakeIndex(
            "decision",
            models.Index(
                fields=["-at", "-id"],
                condition=models.Q(("undone_at__isnull", True))
                & ~models.Q(("after__in", NOT_TAKEN_UP)),
                name="decision_taken_up",
            ),
        ),
    ]
