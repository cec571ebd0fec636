from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"

DROP_TABLES = """
    DROP VIEW hiding_challenge;
    DROP TABLE ideas_tallycursor;
    ALTER TABLE ideas_voteevent DROP COLUMN xid;
    DROP INDEX voteevent_total;
"""
DROP_LOCKS = """
    DROP FUNCTION wait_for_votes_in_flight, wait_for_votes_under_rules, place_score CASCADE;
    DROP FUNCTION vote_lock_key;
"""
DROP_CAST = """
    DROP FUNCTION cast_vote_on_behalf, cast_vote_as_user, cast_vote;
    DROP FUNCTION unfolded_of, budget_period;
"""
DROP_FOLD = """
    DROP FUNCTION fold_votes, apply_events, number_in_ledger, this_cluster, must_share_one_snapshot;
    DROP FUNCTION effects_of, unfolded_events, sums_of_idea;
    DROP VIEW counted_vote, imported_total, idea_half_life;
    DROP FUNCTION decayed_now, hot_key;
    DROP AGGREGATE log2_sum(float8);
    DROP FUNCTION log2_add, decay_exponent;
"""
DROP_VERIFY = """
    DROP FUNCTION reset_tally, heal_tallies, write_truth, ledger_differences, counter_differences, nearly_equal, tally_truth;
    DROP FUNCTION votes_on, half_lives_of;
"""


class Migration(migrations.Migration):
    dependencies = [("ideas", "0001_ideas_and_votes"), ("account", "0001_initial")]

    operations = [
        install(SQL, "tables.sql", drop=DROP_TABLES),
        install(SQL, "locks.sql", drop=DROP_LOCKS),
        install(SQL, "cast_vote.sql", drop=DROP_CAST),
        install(SQL, "fold.sql", drop=DROP_FOLD),
        install(SQL, "verify.sql", drop=DROP_VERIFY),
    ]
