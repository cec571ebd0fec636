from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"

# Each batch commits: people post and vote meanwhile. Nobody changes the ideas of a batch while it
# is read, or their new words would be replaced by the old.
BATCH = """
    INSERT INTO ideas_searchable (idea_id, brand_id, title, words)
    SELECT i.id, i.brand_id, lower(unaccented(i.title)),
           words_of(i.language, i.title, i.tags, i.body) || labels_of(i.status, i.language, i.tags)
      FROM (SELECT * FROM ideas_idea WHERE id > %s ORDER BY id LIMIT 500 FOR SHARE) i
    ON CONFLICT (idea_id) DO UPDATE
        SET brand_id = excluded.brand_id, title = excluded.title, words = excluded.words
"""
LAST = "SELECT max(id) FROM (SELECT id FROM ideas_idea WHERE id > %s ORDER BY id LIMIT 500) batch"


def write_words(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        after = 0
        while True:
            cursor.execute(LAST, [after])
            (last,) = cursor.fetchone()
            if last is None:
                return
            cursor.execute(BATCH, [after])
            after = last


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ideas", "0013_challenge_revision")]

    operations = [
        install(SQL, "search.sql", drop=migrations.RunSQL.noop),
        migrations.RunPython(write_words, migrations.RunPython.noop),
    ]
