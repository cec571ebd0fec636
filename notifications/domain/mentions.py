"""Who is named in a text, as `@handle`."""

from functools import lru_cache

from accounts.models.user import HANDLE_LENGTH
from cocreate.lib.html import KEPT_RENDERED, words
from cocreate.lib.links import mentions

MOST = 10  # a text cannot call a crowd


def handles_in(text: str) -> list[str]:
    """The first ten, in the order of the text. What stands in code names nobody."""
    return list(_handles_in(text)) if "@" in text else []


@lru_cache(KEPT_RENDERED)  # for the pages, which show them as links
def _handles_in(text: str) -> tuple[str, ...]:
    found = {handle: None for piece in words(text) for handle, _start, _end in mentions(piece)}
    return tuple(handle for handle in found if len(handle) <= HANDLE_LENGTH)[:MOST]
