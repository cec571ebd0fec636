from django.db import migrations, models

from cocreate.lib.sql import MakeIndex


class Migration(migrations.Migration):
    """Made while people sign up and vote: an upgrade stops nobody."""

    atomic = False
    dependencies = [("accounts", "0008_trigrams_of_names")]

    operations = [
        MakeIndex("brand", models.Index(fields=["name", "id"], name="brand_by_name")),
    ]
