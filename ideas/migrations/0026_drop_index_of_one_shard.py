from django.db import migrations

DROP = "DROP INDEX CONCURRENTLY IF EXISTS voteevent_xid"
MAKE = "CREATE INDEX CONCURRENTLY IF NOT EXISTS voteevent_xid ON ideas_voteevent (xid)"


class Migration(migrations.Migration):
    """The fold of one cursor read it."""

    atomic = False
    dependencies = [("ideas", "0025_tally_shards")]

    operations = [migrations.RunSQL(DROP, MAKE)]
