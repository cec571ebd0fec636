from django.db import migrations

# Each batch commits: people post and vote meanwhile, and an idea that is changed has its words already.
BATCH = """
    INSERT INTO ideas_searchable (idea_id, brand_id, title, words)
    SELECT i.id, i.brand_id, lower(unaccented(i.title)), words_of(i.language, i.title, i.tags, i.body)
      FROM ideas_idea i WHERE i.id > %s ORDER BY i.id LIMIT 2000
    ON CONFLICT (idea_id) DO NOTHING
"""
LAST = "SELECT max(id) FROM (SELECT id FROM ideas_idea WHERE id > %s ORDER BY id LIMIT 2000) batch"


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
    dependencies = [("ideas", "0011_functions_of_rules_and_search")]

    operations = [migrations.RunPython(write_words, migrations.RunPython.noop)]
