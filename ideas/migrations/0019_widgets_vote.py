from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ideas", "0018_imports")]

    operations = [install(SQL, "widgets.sql", drop="DROP FUNCTION cast_vote_by_widget")]
