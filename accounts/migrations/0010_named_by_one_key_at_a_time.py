from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """Whom a key names is found without reading all people of the brand."""

    dependencies = [("accounts", "0009_brands_by_name")]

    operations = [install(SQL, "participants.sql", drop=migrations.RunSQL.noop)]
