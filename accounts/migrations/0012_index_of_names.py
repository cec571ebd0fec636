from django.db import migrations, models

from cocreate.lib.sql import MakeIndex


class Migration(migrations.Migration):
    """Made while people act: an upgrade stops nobody."""

    atomic = False
    dependencies = [("accounts", "0011_colour_of_its_own")]

    operations = [
        MakeIndex(
            "activity",
            models.Index(
                fields=["-at"],
                condition=models.Q(
                    ("brand", None),
                    ("kind__in", ["account.erased", "mailbox.proved", "profile.changed"]),
                ),
                name="activity_of_names",
            ),
        ),
    ]
