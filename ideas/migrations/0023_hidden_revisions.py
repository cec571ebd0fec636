from django.db import migrations, models


class Migration(migrations.Migration):
    """What an idea said before can be taken away from the public, one revision at a time."""

    dependencies = [("ideas", "0022_totals_that_stand")]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="hidden",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text=(
                    "Those who may answer read what it said, and whoever wrote it in their copy of"
                    " their data; why, is in the activities."
                ),
            ),
        ),
    ]
