"""What a team hides while its author has deleted it stays hidden when it comes back; who declined to
sign an idea by mail is not asked again.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ideas", "0016_first_versions_and_joined_images")]

    operations = [
        migrations.AddField(
            model_name="idea",
            name="hidden_meanwhile",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="By the team, while it was deleted: if it comes back, it comes back hidden.",
            ),
        ),
        migrations.AddField(
            model_name="coauthor",
            name="mailbox",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Keyed hash of an address that declined (cocreate.lib.mailboxes).",
                max_length=64,
            ),
        ),
    ]
