from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now

import cocreate.lib.tokens
from cocreate.lib.at_once import AtOnce
from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"

DROP_IMPORTS = """
    DROP FUNCTION undo_votes, votes_of_import, undo_totals, standing_total, set_totals, write_total, imported_total,
                  lock_totals_of;
"""
STATES = [
    ("draft", "Being prepared"),
    ("checking", "Being checked"),
    ("waiting", "Waiting"),
    ("running", "Running"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("undoing", "Being undone"),
    ("undone", "Undone"),
]
EVENT_KINDS = [
    "cast", "change", "withdraw", "refund", "reclaim", "hold", "release", "void", "merge",
    "unmerge", "join", "renew", "import", "erase", "undo",
]  # fmt: skip
KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    """Only the ideas get a column: what an import brought is found by its brand and its challenge,
    so no large table needs another index.
    """

    dependencies = [
        ("accounts", "0006_told_later"),
        ("ideas", "0017_hidden_meanwhile"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="voteevent",
            name="kind",
            field=models.CharField(
                choices=[(kind, kind.title()) for kind in EVENT_KINDS], max_length=8
            ),
        ),
        AtOnce(
            [
                migrations.CreateModel(
                    name="ImportBatch",
                    fields=[
                        ("id", KEY),
                        (
                            "code",
                            models.CharField(
                                default=cocreate.lib.tokens.random_code, max_length=12, unique=True
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("ideas", "A table of ideas"),
                                    ("polis", "A conversation from Polis"),
                                ],
                                default="ideas",
                                max_length=10,
                            ),
                        ),
                        ("file_name", models.CharField(max_length=200)),
                        (
                            "state",
                            models.CharField(choices=STATES, default="draft", max_length=10),
                        ),
                        (
                            "plan",
                            models.JSONField(
                                default=dict, help_text="Which column is what, and how dates read."
                            ),
                        ),
                        (
                            "rows",
                            models.PositiveIntegerField(
                                blank=True,
                                help_text="Of the file; empty until somebody has counted them.",
                                null=True,
                            ),
                        ),
                        (
                            "taken",
                            models.PositiveIntegerField(
                                default=0, help_text="Rows that are done with."
                            ),
                        ),
                        (
                            "counts",
                            models.JSONField(
                                default=dict, help_text="What became of the rows, by name."
                            ),
                        ),
                        (
                            "report",
                            models.JSONField(
                                default=list,
                                help_text="The first remarks on rows: line, column, why, or what was done.",
                            ),
                        ),
                        (
                            "kept",
                            models.JSONField(
                                default=list,
                                help_text="The first ideas that undoing has left, and why.",
                            ),
                        ),
                        (
                            "error",
                            models.TextField(blank=True, default="", help_text="Why it failed."),
                        ),
                        ("created_at", models.DateTimeField(db_default=Now())),
                        (
                            "touched_at",
                            models.DateTimeField(db_default=Now(), help_text="When it last moved."),
                        ),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "brand",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="accounts.brand",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                blank=True,
                                help_text="Empty: the operator, by a command.",
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "challenge",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="imports",
                                to="ideas.challenge",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "import batches",
                        "indexes": [
                            models.Index(fields=["brand", "-id"], name="importbatch_of_brand"),
                            models.Index(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["draft", "checking", "waiting", "running", "undoing"],
                                    )
                                ),
                                fields=["touched_at"],
                                name="importbatch_at_work",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportPart",
                    fields=[
                        ("id", KEY.clone()),
                        ("place", models.PositiveIntegerField()),
                        ("data", models.BinaryField()),
                        (
                            "batch",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parts",
                                to="ideas.importbatch",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("batch", "place"), name="importpart_place_once"
                            )
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="idea",
                    name="import_batch",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The import that brought it; empty: posted here.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="ideas",
                        to="ideas.importbatch",
                    ),
                ),
            ]
        ),
        install(SQL, "imports.sql", drop=DROP_IMPORTS),
    ]
