import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.contrib.postgres.operations import (
    BtreeGinExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations, models

import cocreate.lib.tokens
from cocreate.lib.at_once import AtOnce


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_told_later"),
        ("ideas", "0009_join_known_mailboxes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGinExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        AtOnce(
            [
                migrations.CreateModel(
                    name="Attendance",
                    fields=[
                        (
                            "challenge",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="attendance",
                                serialize=False,
                                to="ideas.challenge",
                            ),
                        ),
                        ("visits", models.BigIntegerField(db_default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="CoAuthor",
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
                        ("email", models.EmailField(blank=True, max_length=254)),
                        (
                            "secret",
                            models.CharField(blank=True, max_length=64, null=True, unique=True),
                        ),
                        (
                            "answer",
                            models.CharField(
                                choices=[
                                    ("waiting", "Invited"),
                                    ("accepted", "Accepted"),
                                    ("declined", "Declined"),
                                    ("ended", "No longer co-author"),
                                ],
                                default="waiting",
                                max_length=8,
                            ),
                        ),
                        (
                            "at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="Draft",
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
                        (
                            "secret",
                            models.CharField(blank=True, max_length=64, null=True, unique=True),
                        ),
                        ("title", models.TextField(blank=True)),
                        ("body", models.TextField(blank=True)),
                        ("tags", models.TextField(blank=True, help_text="As typed.")),
                        ("language", models.CharField(blank=True, max_length=8)),
                        (
                            "images",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12),
                                blank=True,
                                default=list,
                                help_text="Their codes.",
                                size=None,
                            ),
                        ),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        (
                            "updated_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Exposure",
                    fields=[
                        (
                            "idea",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="exposure",
                                serialize=False,
                                to="ideas.idea",
                            ),
                        ),
                        ("views", models.FloatField(db_default=0)),
                        ("times", models.BigIntegerField(db_default=0)),
                        (
                            "stored_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Image",
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
                        ("place", models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ("alt", models.CharField(blank=True, max_length=300)),
                        ("width", models.PositiveIntegerField(help_text="Of the largest file.")),
                        ("height", models.PositiveIntegerField()),
                        (
                            "at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["place", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="OrderVersion",
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
                        ("number", models.PositiveIntegerField()),
                        (
                            "mean",
                            models.FloatField(
                                help_text="Share of votes for among all, with a prior: m of R1."
                            ),
                        ),
                        ("visits", models.BigIntegerField(help_text="t of R2.")),
                        (
                            "newest",
                            models.BigIntegerField(
                                help_text="Id of the youngest idea that it places."
                            ),
                        ),
                        (
                            "built_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="OrderPlace",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "version_id",
                                "sort",
                                "place",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "idea",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="ideas.idea",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="places",
                                to="ideas.orderversion",
                            ),
                        ),
                        ("sort", models.CharField(max_length=10)),
                        ("place", models.PositiveIntegerField()),
                        ("score", models.FloatField()),
                        ("ups", models.IntegerField()),
                        ("downs", models.IntegerField()),
                        ("views", models.FloatField(help_text="e of R2.")),
                        ("recent", models.FloatField(help_text="V of R3.")),
                        ("expected", models.FloatField(help_text="E of R3.")),
                    ],
                ),
                migrations.CreateModel(
                    name="Recount",
                    fields=[
                        (
                            "idea",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                serialize=False,
                                to="ideas.idea",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Revision",
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
                        ("number", models.PositiveIntegerField()),
                        ("title", models.CharField(max_length=300)),
                        ("body", models.TextField(blank=True)),
                        (
                            "tags",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("language", models.CharField(max_length=8)),
                        ("by_brand", models.BooleanField(db_default=False, default=False)),
                        ("at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Searchable",
                    fields=[
                        (
                            "idea",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="searchable",
                                serialize=False,
                                to="ideas.idea",
                            ),
                        ),
                        (
                            "title",
                            models.TextField(
                                help_text="Small letters without accents, for trigrams."
                            ),
                        ),
                        ("words", django.contrib.postgres.search.SearchVectorField()),
                    ],
                ),
                migrations.AddField(
                    model_name="challenge",
                    name="cover",
                    field=models.FileField(
                        blank=True, db_default="", max_length=120, upload_to="challenges"
                    ),
                ),
                migrations.AddField(
                    model_name="challenge",
                    name="cover_alt",
                    field=models.CharField(blank=True, db_default="", default="", max_length=300),
                ),
                migrations.AddField(
                    model_name="challenge",
                    name="published_at",
                    field=models.DateTimeField(
                        blank=True,
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="Empty: a draft that the team alone sees.",
                        null=True,
                    ),
                ),
                migrations.AddField(
                    model_name="idea",
                    name="cover",
                    field=models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Code of its first picture, for lists (ideas.domain.images); empty: a drawing.",
                        max_length=12,
                    ),
                ),
                migrations.AddField(
                    model_name="idea",
                    name="deleted_at",
                    field=models.DateTimeField(
                        blank=True,
                        help_text="By its author, who may take that back; it is hidden then.",
                        null=True,
                    ),
                ),
                migrations.AddField(
                    model_name="idea",
                    name="licence_at",
                    field=models.DateTimeField(
                        blank=True, help_text="When it was agreed.", null=True
                    ),
                ),
                migrations.AddField(
                    model_name="idea",
                    name="licence_version",
                    field=models.PositiveIntegerField(
                        blank=True,
                        help_text="Of its challenge's rules; empty: nothing to agree to.",
                        null=True,
                    ),
                ),
                migrations.AddField(
                    model_name="rules",
                    name="licence_version",
                    field=models.PositiveIntegerField(
                        db_default=0,
                        default=0,
                        help_text="Counts the texts of the licence; 0: there was none yet.",
                    ),
                ),
                migrations.AddField(
                    model_name="rules",
                    name="reason",
                    field=models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Why this version, in the public log.",
                        max_length=500,
                    ),
                ),
                migrations.AddField(
                    model_name="rules",
                    name="who_votes",
                    field=models.CharField(
                        choices=[
                            ("everybody", "Everybody with a confirmed account"),
                            ("admitted", "People the brand has admitted, and its team"),
                            ("team", "The team alone"),
                        ],
                        db_default="everybody",
                        default="everybody",
                        max_length=10,
                    ),
                ),
                migrations.AddField(
                    model_name="coauthor",
                    name="idea",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="co_authors",
                        to="ideas.idea",
                    ),
                ),
                migrations.AddField(
                    model_name="coauthor",
                    name="invited_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.participant",
                    ),
                ),
                migrations.AddField(
                    model_name="coauthor",
                    name="participant",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="co_authored",
                        to="accounts.participant",
                    ),
                ),
                migrations.AddField(
                    model_name="draft",
                    name="brand",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="accounts.brand",
                    ),
                ),
                migrations.AddField(
                    model_name="draft",
                    name="challenge",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="ideas.challenge",
                    ),
                ),
                migrations.AddField(
                    model_name="draft",
                    name="user",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddIndex(
                    model_name="exposure",
                    index=models.Index(fields=["stored_at"], name="exposure_stored_at"),
                ),
                migrations.AddField(
                    model_name="image",
                    name="brand",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="accounts.brand",
                    ),
                ),
                migrations.AddField(
                    model_name="image",
                    name="idea",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="images",
                        to="ideas.idea",
                    ),
                ),
                migrations.AddField(
                    model_name="image",
                    name="uploader",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="Empty: the brand.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="images",
                        to="accounts.participant",
                    ),
                ),
                migrations.AddField(
                    model_name="orderversion",
                    name="brand",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="accounts.brand",
                    ),
                ),
                migrations.AddField(
                    model_name="orderversion",
                    name="challenge",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="Empty: the brand.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="ideas.challenge",
                    ),
                ),
                migrations.AddField(
                    model_name="revision",
                    name="editor",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="Empty: the brand, or somebody erased.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.participant",
                    ),
                ),
                migrations.AddField(
                    model_name="revision",
                    name="idea",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="ideas.idea",
                    ),
                ),
                migrations.AddField(
                    model_name="searchable",
                    name="brand",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="accounts.brand",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="coauthor",
                    constraint=models.UniqueConstraint(
                        fields=("idea", "participant"), name="co_author_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="coauthor",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("email", ""), _negated=True),
                        fields=("idea", "email"),
                        name="co_author_address_once",
                    ),
                ),
                migrations.AddIndex(
                    model_name="draft",
                    index=models.Index(fields=["user", "-updated_at"], name="draft_of_user"),
                ),
                migrations.AddIndex(
                    model_name="draft",
                    index=models.Index(
                        condition=models.Q(("user", None)),
                        fields=["updated_at"],
                        name="draft_of_nobody",
                    ),
                ),
                migrations.AddIndex(
                    model_name="image",
                    index=models.Index(
                        condition=models.Q(("idea", None)), fields=["at"], name="image_unattached"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="image",
                    constraint=models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("idea", "place"),
                        name="image_place_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="image",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("place__lt", 6)), name="image_at_most_six"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="orderversion",
                    constraint=models.UniqueConstraint(
                        fields=("brand", "challenge", "number"),
                        name="order_version_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="orderplace",
                    constraint=models.UniqueConstraint(
                        fields=("version", "idea", "sort"), name="order_place_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="revision",
                    constraint=models.UniqueConstraint(
                        fields=("idea", "number"), name="revision_number_once"
                    ),
                ),
                migrations.AddIndex(
                    model_name="searchable",
                    index=django.contrib.postgres.indexes.GinIndex(
                        fields=["brand", "words"], name="searchable_words_of_brand"
                    ),
                ),
            ]
        ),
    ]
