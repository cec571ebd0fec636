from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_index_of_names")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="has_own_name",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="False: we have made the name, until they choose.",
            ),
        ),
    ]
