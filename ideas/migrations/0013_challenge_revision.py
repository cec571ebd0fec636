"""Challenges count what their team changes, so that two managers never overwrite each other. Those
that were there before drafts came were public from their first day.
"""

from django.db import migrations, models

FROM_THEIR_FIRST_DAY = """
    UPDATE ideas_challenge SET published_at = created_at WHERE published_at > created_at
"""


class Migration(migrations.Migration):
    dependencies = [("ideas", "0012_indexes_of_last_ideas")]

    operations = [
        migrations.AddField(
            model_name="challenge",
            name="revision",
            field=models.PositiveIntegerField(
                db_default=1,
                default=1,
                help_text="Counts what a team changes: of two who do so at once the second is told.",
            ),
        ),
        migrations.RunSQL(FROM_THEIR_FIRST_DAY, migrations.RunSQL.noop),
    ]
