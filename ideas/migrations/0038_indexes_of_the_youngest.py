from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from cocreate.lib.sql import MakeIndex

LISTED = models.Q(("hidden", False), ("merged_into", None))


def youngest_of(name: str) -> models.Index:
    return models.Index(
        models.F(name), models.F("id") * -1, condition=LISTED, name=f"idea_youngest_of_{name}"
    )


class Migration(migrations.Migration):
    """By an expression: no other index has this order, so no plan reads the ideas of other lists,
    nor all of this one.
    """

    atomic = False
    dependencies = [("ideas", "0037_indexes_of_the_road_map")]

    operations = [
        MakeIndex("idea", youngest_of("brand")),
        MakeIndex("idea", youngest_of("challenge")),
        RemoveIndexConcurrently("idea", "idea_young_of_brand"),
        RemoveIndexConcurrently("idea", "idea_young_of_challenge"),
    ]
