import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cocreate.lib.tokens
from cocreate.lib.at_once import AtOnce


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_named_by_one_key_at_a_time"),
        ("ideas", "0032_index_of_what_is_taken_up"),
    ]

    operations = [
        AtOnce(
            [
                migrations.AddField(
                    "idea",
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Who of the team sees to it; with their place it is nobody's.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="ideas_in_charge",
                        to="accounts.membership",
                    ),
                ),
                migrations.CreateModel(
                    name="SavedView",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                default=cocreate.lib.tokens.random_code, max_length=12, unique=True
                            ),
                        ),
                        ("name", models.CharField(max_length=60)),
                        ("query", models.TextField(blank=True, help_text="Of the list's address.")),
                        ("place", models.PositiveSmallIntegerField(default=0)),
                        (
                            "at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        (
                            "brand",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="views",
                                to="accounts.brand",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                blank=True,
                                help_text="Whose alone it is; empty: the team's.",
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="views",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                ),
            ]
        ),
    ]
