from django.db import migrations, models

from cocreate.lib.sql import MakeIndex

PUBLIC = models.Q(("closed", False), ("published_at__isnull", False))


class Migration(migrations.Migration):
    """Made while people vote and post: an upgrade stops nobody."""

    atomic = False
    dependencies = [("ideas", "0028_fold_by_the_key")]

    operations = [
        MakeIndex(
            "challenge",
            models.Index(
                models.OrderBy(models.F("published_at"), descending=True),
                models.F("slug"),
                condition=PUBLIC & ~models.Q(("slug", "open")),
                name="challenge_newest",
            ),
        ),
        MakeIndex(
            "vote",
            models.Index(
                fields=["counts_on"],
                condition=~models.Q(("state", "counted")),
                name="vote_uncounted",
            ),
        ),
    ]
