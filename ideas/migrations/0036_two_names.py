from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"
# with_their_names() stays: join_identities() goes on asking it.
DROP = "DROP FUNCTION IF EXISTS join_names(bigint, text, text);"


class Migration(migrations.Migration):
    """Two names that a host says are one person's become one."""

    dependencies = [("ideas", "0035_with_the_place_in_the_team")]

    operations = [install(SQL, "people.sql", drop=DROP)]
