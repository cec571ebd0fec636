from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"

DROP_PEOPLE = """
    DROP TRIGGER joining_in_flight ON accounts_participant;
    DROP FUNCTION join_identities, count_waiting_votes, join_participant, erase_votes, rewrite_vote, lock_votes_of;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ideas", "0003_votes_leave"),
        ("accounts", "0004_proved_mailboxes"),
    ]

    operations = [
        install(SQL, "cast_vote.sql", drop=migrations.RunSQL.noop),
        install(SQL, "fold.sql", drop=migrations.RunSQL.noop),
        install(SQL, "people.sql", drop=DROP_PEOPLE),
    ]
