from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """Whoever votes for somebody does not learn what they cast themselves, and an import replaces
    no vote that a key has cast.
    """

    dependencies = [("ideas", "0020_young_ideas")]

    operations = [install(SQL, "cast_vote.sql", drop=migrations.RunSQL.noop)]
