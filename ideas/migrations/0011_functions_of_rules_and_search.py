from pathlib import Path

from django.db import migrations

from cocreate.lib.sql import install

SQL = Path(__file__).parent.parent / "sql"

DROP_LOCKS = """
    DROP TRIGGER votes_in_flight ON accounts_membership;
    DROP FUNCTION wait_for_votes_of_member;
"""
DROP_RECOUNT = "DROP FUNCTION mark_for_recount CASCADE"
DROP_SEARCH = """
    DROP FUNCTION write_words CASCADE;
    DROP FUNCTION words_of, labels_of, two_vectors, stems, words_config, bare_words, quoted_lexeme;
    DROP FUNCTION search_of, words_in, is_small, any_form, forms_of, unaccented;
"""
# It had one argument.
DROP_OLD_FOLD = "DROP FUNCTION IF EXISTS apply_events(ideas_voteevent[])"
DROP_FOLD = "DROP FUNCTION take_recounts"
# A licence that was there before its texts were counted is the first.
COUNT_LICENCES = (
    "UPDATE ideas_rules SET licence_version = 1 WHERE licence <> '' AND licence_version = 0"
)


class Migration(migrations.Migration):
    dependencies = [("ideas", "0010_rules_and_finding")]

    operations = [
        install(SQL, "locks.sql", drop=DROP_LOCKS),
        install(SQL, "recount.sql", drop=DROP_RECOUNT),
        install(SQL, "search.sql", drop=DROP_SEARCH),
        migrations.RunSQL(DROP_OLD_FOLD, DROP_FOLD),
        migrations.RunSQL(COUNT_LICENCES, migrations.RunSQL.noop),
    ]
