from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"

DROP_TALK = """
    DROP FUNCTION count_comments, place_comment CASCADE;
    DROP FUNCTION comment_counts;
"""
DROP_COSTS = """
    DROP FUNCTION mark_unsettled CASCADE;
    DROP FUNCTION settle_costs, unsettled_votes, take_cost, return_cost, rewrite_cost;
"""
DROP_PEOPLE = """
    DROP TRIGGER joining_in_flight ON accounts_participant;
    DROP FUNCTION join_identities, count_waiting_votes, join_participant, erase_votes, rewrite_vote, lock_votes_of;
"""
# What was closed or hidden before budgets came back.
OWED = """
    INSERT INTO ideas_unsettled (idea_id)
    SELECT i.id FROM ideas_idea i
     WHERE (i.closed OR i.hidden) AND EXISTS (SELECT FROM ideas_vote v WHERE v.idea_id = i.id AND v.cost > 0)
"""


class Migration(migrations.Migration):
    dependencies = [("ideas", "0006_statuses_and_talk")]

    operations = [
        install(SQL, "talk.sql", drop=DROP_TALK),
        install(SQL, "costs.sql", drop=DROP_COSTS),
        install(SQL, "people.sql", drop=DROP_PEOPLE),
        migrations.RunSQL(OWED, migrations.RunSQL.noop),
    ]
