import datetime
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from cocreate.lib.at_once import AtOnce
from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"

DROP_ORDERS = """
    DROP FUNCTION touch_orders_of_new CASCADE;
    DROP FUNCTION touch_orders_of_changed CASCADE;
    DROP FUNCTION touch_orders_of_rules CASCADE;
    DROP FUNCTION rising_half_life, beta_quantile, beta_cdf, apart_from_zero, ln_gamma, rise_of, expected_of, ucb_of,
                  rate_of, best_of, mean_of;
"""
# How far ideas.domain.orders has looked at ledger batches, and which batch of showings
# ideas.domain.exposure stored last.
CURSORS = """
    INSERT INTO ideas_tallycursor (name, seen, cluster)
    VALUES ('orders', pg_current_snapshot(), 0), ('exposure', pg_current_snapshot(), 0)
"""
DROP_CURSORS = "DELETE FROM ideas_tallycursor WHERE name IN ('orders', 'exposure')"

# Every version takes the place of another.
OFTEN_SWEPT = "ALTER TABLE ideas_orderplace SET (autovacuum_vacuum_scale_factor = 0.05)"
USUAL = "ALTER TABLE ideas_orderplace RESET (autovacuum_vacuum_scale_factor)"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_told_later"),
        ("ideas", "0015_words_and_labels"),
    ]

    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="OrderTouch",
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
                            "urgent",
                            models.BooleanField(
                                help_text="It does not wait for the minute to be over."
                            ),
                        ),
                        (
                            "brand",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="accounts.brand",
                            ),
                        ),
                        (
                            "challenge",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                help_text="Empty: the brand.",
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                to="ideas.challenge",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "order touches",
                        "indexes": [
                            models.Index(fields=["brand", "challenge"], name="order_touch_of_list")
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="orderversion",
                    name="can_say_no",
                    field=models.BooleanField(
                        db_default=True,
                        help_text="Somebody may vote against: else best is by points, and discover by"
                        " votes per view.",
                    ),
                ),
                migrations.AddField(
                    model_name="orderversion",
                    name="half_life",
                    field=models.DurationField(
                        db_default=datetime.timedelta(days=3), help_text="h of R3."
                    ),
                ),
                migrations.AddField(
                    model_name="orderversion",
                    name="took",
                    field=models.DurationField(
                        db_default=datetime.timedelta(0), help_text="To build it."
                    ),
                ),
            ]
        ),
        migrations.RunSQL(OFTEN_SWEPT, USUAL),
        migrations.RunSQL(CURSORS, DROP_CURSORS),
        install(SQL, "orders.sql", drop=DROP_ORDERS),
    ]
