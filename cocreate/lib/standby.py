"""Where PostgreSQL waits for a standby that is not there, COMMIT does not end, and no timeout of
ours counts in it.
"""

from django.db import connection

COMMITS_WAIT = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event = 'SyncRep'
           AND query_start < clock_timestamp() - interval '5 seconds')
"""


def commits_wait() -> bool:
    """Whether one of ours has waited for longer than a moment."""
    with connection.cursor() as cursor:
        cursor.execute(COMMITS_WAIT)
        return bool(cursor.fetchone()[0])
