"""What was just done, said with a button that takes it back."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MARK = "undo:"  # before the address, in the extra tags of a message


def say(request: HttpRequest, words: str, undo: str = "") -> None:
    """`undo`: the address that the button posts to."""
    messages.success(request, words, extra_tags=MARK + undo if undo else "")


def say_for_a_while(request: HttpRequest, words: str, undo: str) -> None:
    """Of what nobody hears of, and can be undone for UNDO_SECONDS."""
    say(request, words, undo if settings.UNDO_SECONDS else "")


def say_before_telling(request: HttpRequest, words: str, undo: str) -> None:
    """Of what people hear after a short while, and can be undone until then."""
    seconds = settings.UNDO_SECONDS
    if not seconds:
        return say(request, words)
    rest = ngettext(
        "Nobody has been told yet: you can undo this for %(n)s second.",
        "Nobody has been told yet: you can undo this for %(n)s seconds.",
        seconds,
    )
    return say(request, f"{words} {rest % {'n': seconds}}", undo)


def undo_path(message: Any) -> str:
    """Where a message's button posts to; empty: it has none."""
    tags = getattr(message, "extra_tags", "") or ""
    return tags.removeprefix(MARK) if tags.startswith(MARK) else ""


def cannot_undo(request: HttpRequest) -> None:
    messages.error(request, _("That is undone already, or it is too late to."))
