"""Challenges count what their team changes, so that two managers never overwrite each other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ideas", "0012_words_of_ideas")]

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
    ]
