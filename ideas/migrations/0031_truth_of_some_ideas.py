from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """What some ideas should be reads their votes, and not those of all."""

    dependencies = [("ideas", "0030_indexes_of_a_question")]

    operations = [install(SQL, "verify.sql", drop=migrations.RunSQL.noop)]
