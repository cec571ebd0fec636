from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"
# A fold in flight ends first: it holds the views that are replaced, and in another order.
STOP_FOLDS = "LOCK TABLE ideas_tallycursor IN EXCLUSIVE MODE"
# It returns more than it did.
DROP_OLD = "DROP FUNCTION IF EXISTS effects_of(ideas_voteevent[])"


class Migration(migrations.Migration):
    """The fold finds each score by its key, and adds up weights before it takes their logarithm."""

    dependencies = [("ideas", "0027_unfolded_of")]

    operations = [
        migrations.RunSQL(STOP_FOLDS, migrations.RunSQL.noop),
        migrations.RunSQL(DROP_OLD, migrations.RunSQL.noop),
        install(SQL, "fold.sql", drop=migrations.RunSQL.noop),
    ]
