from django.db import migrations, models

from cocreate.lib.sql import MakeIndex


class Migration(migrations.Migration):
    """Made while teams decide: an upgrade stops nobody."""

    atomic = False
    dependencies = [("ideas", "0031_truth_of_some_ideas")]

    operations = [
        MakeIndex(
            "decision",
            models.Index(
                fields=["-at", "-id"],
                condition=models.Q(("undone_at__isnull", True)),
                name="decision_latest",
            ),
        ),
    ]
