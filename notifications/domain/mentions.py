"""Who is named in a text, as `@handle`."""

import re

from accounts.models.user import HANDLE_LENGTH
from cocreate.lib.html import words

MOST = 10  # a text cannot call a crowd
# Not the end of an e-mail address, nor a part of a path.
HANDLE = re.compile(rf"(?<![\w@/.+-])@([a-z0-9][a-z0-9_-]{{0,{HANDLE_LENGTH - 1}}})(?![\w@])", re.I)


def handles_in(text: str) -> list[str]:
    """The first ten, in the order of the text. What stands in code names nobody."""
    found: dict[str, None] = {}
    for piece in words(text):
        for match in HANDLE.finditer(piece):
            found.setdefault(match[1].rstrip("-_").lower())
    return list(found)[:MOST]
