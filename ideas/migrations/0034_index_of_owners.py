from django.db import migrations, models

from cocreate.lib.sql import MakeIndex


class Migration(migrations.Migration):
    """Made while ideas are read and posted: an upgrade stops nobody."""

    atomic = False
    dependencies = [("ideas", "0033_owners_and_saved_views")]

    operations = [
        MakeIndex(
            "idea",
            models.Index(
                fields=["owner"],
                condition=models.Q(("owner__isnull", False)),
                name="idea_of_owner",
            ),
        ),
    ]
