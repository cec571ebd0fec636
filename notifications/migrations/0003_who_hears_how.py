import functools

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models.functions import Now

import cocreate.lib.tokens
from cocreate.lib.at_once import AtOnce

FREQUENCIES = [
    ("instant", "At once"), ("daily", "Once a day"), ("weekly", "Once a week"), ("off", "Never"),
]  # fmt: skip
REASONS = [
    ("self", "it is about you"), ("author", "you posted this idea"),
    ("answered", "somebody answered your comment"), ("named", "somebody named you"),
    ("follower", "you follow this idea"), ("voter", "you voted for this idea"),
    ("team", "you are in the team"), ("owner", "the brand is yours"),
]  # fmt: skip
STATES = [
    ("queued", "Waiting"), ("sending", "Being sent"), ("sent", "Sent"), ("failed", "Failed"),
    ("dropped", "Dropped: its reader may not read it any more"),
    ("withheld", "Withheld: their server refuses the address"),
]  # fmt: skip
Q = models.Q


def person(**over):
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.CASCADE,
        to=settings.AUTH_USER_MODEL,
        **over,
    )


def brand(**over):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, to="accounts.brand", **over
    )


def number():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_told_later"),
        ("notifications", "0002_index_of_failed_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="Digest",
                    fields=[
                        ("id", number()),
                        ("pace", models.CharField(choices=FREQUENCIES, max_length=7)),
                        ("day", models.DateField()),
                        ("created_at", models.DateTimeField(db_default=Now())),
                        ("brand", brand(related_name="digests")),
                        ("user", person(related_name="digests")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "brand", "day"), name="digest_once_a_day"
                            )
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="RefusedAddress",
                    fields=[
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="refused_address",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "email",
                            models.EmailField(
                                help_text="It says nothing of another address.", max_length=254
                            ),
                        ),
                        (
                            "answer",
                            models.CharField(
                                help_text="In the words of the server.", max_length=300
                            ),
                        ),
                        ("at", models.DateTimeField(db_default=Now())),
                    ],
                    options={"verbose_name_plural": "refused addresses"},
                ),
                migrations.CreateModel(
                    name="Subscription",
                    fields=[
                        ("id", number()),
                        (
                            "frequency",
                            models.CharField(
                                choices=FREQUENCIES,
                                db_default="instant",
                                default="instant",
                                max_length=7,
                            ),
                        ),
                        (
                            "token",
                            models.CharField(
                                default=functools.partial(cocreate.lib.tokens.random_code, 40),
                                help_text="In every mail: whoever holds it ends these mails without signing in.",
                                max_length=40,
                                unique=True,
                            ),
                        ),
                        ("created_at", models.DateTimeField(db_default=Now())),
                        ("brand", brand(related_name="subscriptions")),
                        ("user", person(related_name="subscriptions")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "brand"), name="subscription_once"
                            )
                        ]
                    },
                ),
            ]
        ),
        AtOnce(
            [
                migrations.AddField(
                    "notice",
                    "digest_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When it is to be mailed with others; empty: it is not.",
                        null=True,
                    ),
                ),
                migrations.AddField(
                    "notice",
                    "pace",
                    models.CharField(
                        choices=FREQUENCIES,
                        db_default="instant",
                        default="instant",
                        help_text="How its reader wanted mail of the brand when it was written.",
                        max_length=7,
                    ),
                ),
                migrations.AddField(
                    "notice",
                    "reason",
                    models.CharField(blank=True, choices=REASONS, db_default="", max_length=8),
                ),
                migrations.AddField(
                    "notice",
                    "digest",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notices",
                        to="notifications.digest",
                    ),
                ),
                migrations.AlterField(
                    "mail",
                    "state",
                    models.CharField(choices=STATES, default="queued", max_length=8),
                ),
                migrations.AddField(
                    "mail",
                    "sent_to",
                    models.EmailField(
                        blank=True,
                        db_default="",
                        help_text="Where it went, or was to go.",
                        max_length=254,
                    ),
                ),
                migrations.AddField(
                    "mail",
                    "digest",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="notifications.digest",
                    ),
                ),
                migrations.RemoveConstraint("mail", "mail_to_or_notice"),
                AddConstraintNotValid(
                    "mail",
                    models.CheckConstraint(
                        condition=Q(notice=None, digest=None) & ~Q(to="")
                        | Q(notice__isnull=False, digest=None, to="")
                        | Q(notice=None, digest__isnull=False, to=""),
                        name="mail_to_notice_or_digest",
                    ),
                ),
            ]
        ),
    ]
