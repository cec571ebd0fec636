from django.db import migrations

from cocreate.lib.mailboxes import mailbox_key

BATCH = 5000


def remember_proved_mailboxes(apps, schema_editor):
    """Addresses that were proved before mailboxes were kept. Of two accounts with one mailbox, the older has it."""
    mailboxes = apps.get_model("accounts", "Mailbox").objects
    proved = apps.get_model("account", "EmailAddress").objects.filter(verified=True)
    batch = []
    for user_id, email in proved.order_by("user_id").values_list("user_id", "email").iterator():
        batch.append(mailboxes.model(key=mailbox_key(email), user_id=user_id))
        if len(batch) == BATCH:
            mailboxes.bulk_create(batch, ignore_conflicts=True)
            batch = []
    mailboxes.bulk_create(batch, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_participant_functions"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.RunPython(remember_proved_mailboxes, migrations.RunPython.noop),
    ]
