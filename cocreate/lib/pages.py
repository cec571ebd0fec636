"""Keyset pages: a cursor is where the last row stood, so page 1,000 costs what page 1 costs."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from cocreate.lib.errors import DomainError

Item = TypeVar("Item")

SMALLEST_LIMIT, LARGEST_LIMIT, DEFAULT_LIMIT = 1, 100, 20
LONGEST_CURSOR = 300


class BadCursor(DomainError):
    code, status, message = (
        "bad_cursor",
        400,
        _("That page does not exist any more. Start at the first one."),
    )

    def __init__(self) -> None:
        super().__init__(fields={"cursor": [(self.code, str(self.message))]})


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items, and the cursor of the next page (None: this is the last)."""

    items: list[Item]
    next: str | None


def encode(order: str, *place: float | str) -> str:
    """A cursor for `order`, whose last row stood at `place`."""
    return base64.urlsafe_b64encode(json.dumps([order, *place]).encode()).decode().rstrip("=")


def decode(cursor: str, order: str, *kinds: type) -> list[Any]:
    """The place in a cursor of `order`; its parts are of these kinds. Raises BadCursor."""
    parts = parts_of(cursor)
    if len(parts) != len(kinds) + 1 or parts[0] != order:
        raise BadCursor
    if any(type(part) is not kind for part, kind in zip(parts[1:], kinds, strict=True)):
        raise BadCursor
    return parts[1:]


def parts_of(cursor: str) -> list[Any]:
    """Whatever order it is of, and the place. Raises BadCursor."""
    if len(cursor) > LONGEST_CURSOR or not cursor.isascii():
        raise BadCursor
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadCursor from error
    if not isinstance(parts, list):
        raise BadCursor
    return parts
