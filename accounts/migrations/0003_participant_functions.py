from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"

DROP = """
    DROP FUNCTION author_of_claim, participant_of_claim, named_participant, participant_of_user, participant_for;
    DROP FUNCTION prove_mailbox, has_proved_mailbox, mailbox_lock_key, random_ref;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_profiles_teams_and_keys")]

    operations = [install(SQL, "participants.sql", drop=DROP)]
