"""Who is named in a text, as `@handle`."""

from collections.abc import Callable
from functools import lru_cache

from accounts.models.user import HANDLE_LENGTH
from cocreate.lib.html import KEPT_RENDERED, words, words_of_lines
from cocreate.lib.links import mentions

MOST = 10  # a text cannot call a crowd


def handles_in(text: str) -> list[str]:
    """The first ten, in the order of the text. What stands in code names nobody."""
    return list(_handles_in(text, words)) if "@" in text else []


def handles_in_lines(text: str) -> list[str]:
    """The same in a text without Markdown, such as a note."""
    return list(_handles_in(text, words_of_lines)) if "@" in text else []


@lru_cache(KEPT_RENDERED)  # for the pages, which show them as links
def _handles_in(text: str, words_of: Callable[[str], list[str]]) -> tuple[str, ...]:
    found = {handle: None for piece in words_of(text) for handle, _start, _end in mentions(piece)}
    return tuple(handle for handle in found if len(handle) <= HANDLE_LENGTH)[:MOST]
