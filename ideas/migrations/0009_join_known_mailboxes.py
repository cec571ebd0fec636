from django.db import connections, migrations, transaction

# Of a large community few have anything to join, and join_identities() takes a lock for each.
WITH_SOMETHING_TO_JOIN = """
    SELECT DISTINCT m.user_id FROM accounts_mailbox m
     WHERE m.user_id IS NOT NULL
       AND (EXISTS (SELECT FROM accounts_participant p
                     WHERE p.mailbox = m.key AND p.user_id IS NULL AND p.joined_into_id IS NULL)
            OR EXISTS (SELECT FROM accounts_participant p WHERE p.user_id = m.user_id AND NOT p.verified))
     ORDER BY m.user_id
"""


def join_known_mailboxes(apps, schema_editor):
    """One person a transaction: nobody else's vote waits, and no number of people fills the table of locks."""
    alias = schema_editor.connection.alias
    with connections[alias].cursor() as cursor:
        cursor.execute(WITH_SOMETHING_TO_JOIN)
        for (user_id,) in cursor.fetchall():
            with transaction.atomic(using=alias):
                cursor.execute("SELECT join_identities(%s)", [user_id])


class Migration(migrations.Migration):
    """May be run again: who was joined has nothing left to join."""

    atomic = False
    dependencies = [("ideas", "0008_alerts")]

    operations = [migrations.RunPython(join_known_mailboxes, migrations.RunPython.noop)]
