import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_told_later")]

    operations = [
        migrations.CreateModel(
            name="SpentToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "jti",
                    models.CharField(
                        help_text="Keyed hash of the name that the host gave it.", max_length=64
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spent_tokens",
                        to="accounts.apikey",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="spent_tokens_by_end")],
                "constraints": [
                    models.UniqueConstraint(fields=("key", "jti"), name="token_is_spent_once")
                ],
            },
        ),
    ]
