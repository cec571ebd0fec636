import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_named_by_one_key_at_a_time")]

    operations = [
        migrations.AddField(
            model_name="brand",
            name="colour",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="A colour of its own, #rrggbb, in place of the hue.",
                max_length=7,
                validators=[
                    django.core.validators.RegexValidator(
                        "^#[0-9a-f]{6}\\Z", "A colour is # and six digits, 0 to 9 and A to F."
                    )
                ],
            ),
        ),
    ]
