"""Who is named in a text, as `@handle`."""

import re

from markdown_it import MarkdownIt

from accounts.models.user import HANDLE_LENGTH

MOST = 10  # a text cannot call a crowd
# Not the end of an e-mail address, nor a part of a path.
HANDLE = re.compile(rf"(?<![\w@/.+-])@([a-z0-9][a-z0-9_-]{{0,{HANDLE_LENGTH - 1}}})(?![\w@])", re.I)
_parser = MarkdownIt("commonmark", {"html": False})


def handles_in(text: str) -> list[str]:
    """The first ten, in the order of the text. What stands in code names nobody."""
    found: dict[str, None] = {}
    for words in _words(text):
        for match in HANDLE.finditer(words):
            found.setdefault(match[1].rstrip("-_").lower())
    return list(found)[:MOST]


def _words(text: str) -> list[str]:
    inlines = (token for token in _parser.parse(text) if token.type == "inline")
    return [
        child.content
        for inline in inlines
        for child in inline.children or []
        if child.type == "text"
    ]
