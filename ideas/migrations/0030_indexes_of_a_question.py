import django.db.models.deletion
from django.db import migrations, models

from cocreate.lib.sql import MakeIndex

HIDDEN = models.Q(("hidden", True), ("merged_into", None))
# By the name that every install gives it; nobody who reads or posts waits for it.
DROP = "DROP INDEX CONCURRENTLY IF EXISTS ideas_idea_challenge_id_de968a59"
MAKE = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ideas_idea_challenge_id_de968a59"
    " ON ideas_idea (challenge_id)"
)


class Migration(migrations.Migration):
    """Made while ideas are read and posted: an upgrade stops nobody."""

    atomic = False
    dependencies = [("ideas", "0029_indexes_of_the_front_page_and_recounts")]

    operations = [
        MakeIndex("idea", models.Index(fields=["challenge", "id"], name="idea_of_challenge")),
        MakeIndex(
            "idea",
            models.Index(
                models.F("brand"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.F("code"),
                condition=HIDDEN,
                name="idea_hidden_of_brand",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, MAKE)],
            state_operations=[
                migrations.AlterField(
                    "idea",
                    "challenge",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ideas",
                        to="ideas.challenge",
                    ),
                )
            ],
        ),
    ]
