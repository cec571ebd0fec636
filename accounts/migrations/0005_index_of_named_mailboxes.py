from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Made while people are written: an upgrade stops nobody."""

    atomic = False
    dependencies = [("accounts", "0004_proved_mailboxes")]

    operations = [
        AddIndexConcurrently(
            "participant",
            models.Index(
                fields=["mailbox"],
                condition=models.Q(mailbox__isnull=False),
                name="participant_of_mailbox",
            ),
        ),
    ]
