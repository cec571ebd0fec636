from django.db import migrations

# As in ideas/sql/fold.sql, which the next migration installs.
SHARD = """
    CREATE OR REPLACE FUNCTION tally_shard(p_brand bigint) RETURNS bigint
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT p_brand % 8'
"""
DROP_SHARD = "DROP FUNCTION tally_shard CASCADE"
# An index that was interrupted is there, and serves nobody.
DROP_HALF_MADE = "DROP INDEX CONCURRENTLY IF EXISTS voteevent_shard"
MAKE = "CREATE INDEX CONCURRENTLY voteevent_shard ON ideas_voteevent (tally_shard(brand_id), xid)"


class Migration(migrations.Migration):
    """Made while people vote: an upgrade stops nobody."""

    atomic = False
    dependencies = [("ideas", "0023_hidden_revisions")]

    operations = [
        migrations.RunSQL(SHARD, DROP_SHARD),
        migrations.RunSQL(DROP_HALF_MADE, migrations.RunSQL.noop),
        migrations.RunSQL(MAKE, migrations.RunSQL.noop),
    ]
