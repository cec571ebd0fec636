"""Whether the database is one that the product can live in: `./run manage check --database default`
and every `migrate`.
"""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

OLDEST_POSTGRESQL = 15
EXTENSIONS = ["btree_gin", "pg_trgm", "unaccent"]  # for search; every PostgreSQL carries them

FACTS = """
    SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'),
           pg_is_in_recovery(),
           has_schema_privilege('public', 'CREATE'),
           has_function_privilege('pg_control_system()', 'EXECUTE'),
           ARRAY(SELECT name FROM unnest(%s::text[]) AS name
                  WHERE name NOT IN (SELECT name FROM pg_available_extensions) ORDER BY name)
"""


@register(Tags.database)
def database(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor == "postgresql":  # else its URL could not be read, and E001 says so
            found += of_connection(connection)
    return found


def of_connection(connection: BaseDatabaseWrapper) -> list[CheckMessage]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(FACTS, [EXTENSIONS])
            facts = cursor.fetchone()
    except DatabaseError as error:
        reason = " ".join(str(error).split())
        remedy = "Start it, or mend DATABASE_URL: postgresql://user:password@host:5432/name."
        return [Error(f"PostgreSQL does not answer: {reason}", remedy, id="cocreate.E010")]
    return [
        Error(sentence, remedy, id=f"cocreate.E{code}")
        for code, is_wrong, sentence, remedy in judged(*facts)
        if is_wrong
    ]


def judged(
    version: int,
    encoding: str,
    is_standby: bool,
    may_create: bool,
    may_identify: bool,
    missing: Sequence[str] = (),
) -> list[tuple[str, bool, str, str]]:
    """(code, whether it is wrong, what is wrong, what to do), of each fact."""
    grant = "As its owner: GRANT {} TO the user of DATABASE_URL."
    return [
        (
            "011", version < OLDEST_POSTGRESQL,
            f"PostgreSQL is {version}, and {OLDEST_POSTGRESQL} is the oldest that works.",
            "Upgrade the server, or unset DATABASE_URL to use the one that ./run brings along.",
        ),
        (
            "012", encoding != "UTF8", f"The database is encoded in {encoding}.",
            "Make it with ENCODING 'UTF8' TEMPLATE template0: people write in every language.",
        ),
        (
            "013", is_standby, "DATABASE_URL is a standby, which takes no votes.",
            "Name the primary server.",
        ),
        (
            "014", not may_create, "The user of DATABASE_URL may not create tables.",
            grant.format("CREATE ON SCHEMA public"),
        ),
        (
            "015", not may_identify, "The fold of votes may not ask which cluster this is.",
            grant.format("EXECUTE ON FUNCTION pg_control_system()"),
        ),
        (
            "016", bool(missing), f"PostgreSQL lacks {', '.join(missing)}, which search needs.",
            "Install the server's additional modules: the package is often postgresql-contrib.",
        ),
    ]  # fmt: skip
