"""What a file may not say. Its rows come past every form, so their words that lead somewhere else
are looked at here: addresses, which nginx and links are made of, and names of files.
"""

import re
from collections.abc import Iterator

from django.core.validators import RegexValidator
from django.db import connection

from accounts.models.brand import SLUG_SHAPE
from accounts.models.user import HANDLE_SHAPE
from cocreate.backup.programs import Failed
from cocreate.lib.accents import SHAPE
from cocreate.move.plan import TABLES
from ideas.domain.images import COVERS


def pattern_of(shape: RegexValidator) -> str:
    return re.compile(shape.regex).pattern


CODE = "^[a-z0-9]{1,12}$"
FILE = r"^({}/[A-Za-z0-9_-]+\.webp)?$"
SHAPES = [
    ("accounts_formerslug", "slug", pattern_of(SLUG_SHAPE)),
    ("accounts_brand", "colour", f"^({SHAPE.pattern})?$"),
    ("accounts_brand", "logo", FILE.format("logos")),
    ("accounts_brand", "cover", FILE.format("covers")),
    ("ideas_challenge", "slug", pattern_of(SLUG_SHAPE)),
    ("ideas_challenge", "cover", FILE.format(COVERS)),
    ("user", "handle", pattern_of(HANDLE_SHAPE)),
    ("user", "avatar", FILE.format("avatars")),
]
SHOWN = 60


def refuse_others() -> None:
    """Of what is laid out in `arriving_…`. Raises Failed."""
    with connection.cursor() as cursor:
        for table, column, shape in every_shape():
            # PostgreSQL's `$` is the very end; Python's leaves room for a line feed.
            cursor.execute(
                f"SELECT {column} FROM arriving_{table} WHERE {column} !~ %s LIMIT 1",  # noqa: S608
                [shape],
            )
            if found := cursor.fetchone():
                raise Failed(
                    f"The file is not to be trusted: {column} of {table} cannot be "
                    f"{ascii(found[0][:SHOWN])}."
                )


def every_shape() -> Iterator[tuple[str, str, str]]:
    yield from SHAPES
    for table in TABLES:
        if "code" in table.columns:
            yield table.name, "code", CODE
