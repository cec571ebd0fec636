from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"

# Every list that has an idea gets its first version.
TOUCH_ALL = """
    INSERT INTO ideas_ordertouch (brand_id, challenge_id, urgent)
    SELECT DISTINCT brand_id, challenge_id, true FROM ideas_idea
    UNION ALL
    SELECT DISTINCT brand_id, NULL::bigint, true FROM ideas_idea
"""


class Migration(migrations.Migration):
    """By itself, because the triggers of 0014 hold up who posts while they are made."""

    dependencies = [("ideas", "0014_touched_orders")]

    operations = [
        migrations.RunSQL(TOUCH_ALL, migrations.RunSQL.noop),
        install(SQL, "writing.sql", drop="DROP FUNCTION hand_over_writing CASCADE"),
    ]
