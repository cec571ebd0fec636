from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """Made while notices and mails are written: an upgrade stops nobody."""

    atomic = False
    dependencies = [("notifications", "0003_who_hears_how")]

    operations = [
        AddIndexConcurrently(
            "notice",
            models.Index(
                fields=["digest_at"],
                condition=models.Q(digest=None, digest_at__isnull=False),
                name="notice_awaiting_digest",
            ),
        ),
        AddIndexConcurrently(
            "notice",
            models.Index(
                fields=["digest"],
                condition=models.Q(digest__isnull=False),
                name="notice_of_digest",
            ),
        ),
        AddIndexConcurrently(
            "mail",
            models.Index(
                fields=["digest"],
                condition=models.Q(digest__isnull=False),
                name="mail_of_digest",
            ),
        ),
        ValidateConstraint("mail", "mail_to_notice_or_digest"),
    ]
