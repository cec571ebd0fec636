from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    """own_unfolded() stays: processes of the version before ask it until they end."""

    dependencies = [("ideas", "0026_drop_index_of_one_shard")]

    operations = [install(SQL, "cast_vote.sql", drop=migrations.RunSQL.noop)]
