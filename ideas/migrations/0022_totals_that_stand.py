from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """A total that an import set is taken back to what the last one said that stands."""

    dependencies = [("ideas", "0021_votes_of_others")]

    operations = [
        migrations.RunSQL(
            "DROP FUNCTION IF EXISTS standing_total(bigint, smallint)", migrations.RunSQL.noop
        ),
        install(SQL, "imports.sql", drop=migrations.RunSQL.noop),
    ]
