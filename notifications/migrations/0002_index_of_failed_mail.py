from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Made while mails are written: an upgrade stops nobody."""

    atomic = False
    dependencies = [("notifications", "0001_inbox_and_mail")]

    operations = [
        AddIndexConcurrently(
            "mail",
            models.Index(
                fields=["created_at"], condition=models.Q(state="failed"), name="mail_failed"
            ),
        ),
    ]
