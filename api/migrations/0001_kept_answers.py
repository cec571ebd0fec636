"""Answers to repeated requests (api/idempotency.py)."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                (
                    "slot",
                    models.CharField(
                        help_text="Keyed hash of the caller and their key.",
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "request",
                    models.CharField(help_text="Keyed hash of path and body.", max_length=64),
                ),
                (
                    "answer",
                    models.TextField(
                        help_text="Encrypted with a key made of the caller's own, which is not kept."
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="kept_answers_by_age")],
            },
        ),
    ]
