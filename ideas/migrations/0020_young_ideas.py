from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

LISTED = models.Q(("hidden", False), ("merged_into", None))


class Migration(migrations.Migration):
    """Both columns rise: a comparison of pairs reads such an index, and no other order of it."""

    atomic = False
    dependencies = [("ideas", "0019_widgets_vote")]

    operations = [
        AddIndexConcurrently(
            "idea",
            models.Index(condition=LISTED, fields=["brand", "id"], name="idea_young_of_brand"),
        ),
        AddIndexConcurrently(
            "idea",
            models.Index(
                condition=LISTED, fields=["challenge", "id"], name="idea_young_of_challenge"
            ),
        ),
        RemoveIndexConcurrently("idea", "idea_last_of_brand"),
        RemoveIndexConcurrently("idea", "idea_last_of_challenge"),
    ]
