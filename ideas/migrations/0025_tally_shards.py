from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"

# The fold in flight ends first; the next one finds eight cursors where the one was. A table more, and
# not a column: to change the cursors' table would wait for whoever verifies or backs up, and all votes
# would wait behind.
DEAL_OUT = """
    LOCK TABLE ideas_tallycursor IN EXCLUSIVE MODE;
    CREATE TABLE ideas_tallyshard (
        shard     bigint PRIMARY KEY,
        folded_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    INSERT INTO ideas_tallyshard (shard) SELECT generate_series(0, 7);
    INSERT INTO ideas_tallycursor (name, seen, after_seq, cluster)
        SELECT 'votes ' || shard, seen, after_seq, cluster
          FROM ideas_tallycursor, generate_series(0, 7) shard WHERE name = 'votes';
    DELETE FROM ideas_tallycursor WHERE name = 'votes';
    INSERT INTO ideas_tallycursor (name, seen, cluster) VALUES ('healed', pg_current_snapshot(), 0);
"""
# As in ideas/sql/fold.sql, which a later migration installs: a vote asks for it before.
VOTES_CURSOR = """
    CREATE OR REPLACE FUNCTION votes_cursor(p_shard bigint) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 'votes ' || p_shard $$
"""
# It had no argument.
DROP_OLD_FOLD = "DROP FUNCTION IF EXISTS take_recounts()"
DROP_FOLD = """
    DROP FUNCTION unfolded_events(bigint), take_recounts(bigint);
    DROP FUNCTION shards_to_fold, fold_shard, last_batch, tally_shards, votes_cursor, power_of_2;
"""
DROP_AUDIT = """
    DROP FUNCTION ideas_to_heal, heal_slices;
    DROP FUNCTION doubtful_ledgers, unlike_their_votes, broken_steps, wrong_budgets, vote_print;
"""


class Migration(migrations.Migration):
    """Eight shards of brands are folded by as many workers as there are."""

    dependencies = [("ideas", "0024_index_of_tally_shards")]

    operations = [
        migrations.RunSQL(DROP_OLD_FOLD, migrations.RunSQL.noop),
        migrations.RunSQL(DEAL_OUT, "DROP TABLE ideas_tallyshard"),
        migrations.RunSQL(VOTES_CURSOR, DROP_FOLD),
        install(SQL, "audit.sql", drop=DROP_AUDIT),
    ]
