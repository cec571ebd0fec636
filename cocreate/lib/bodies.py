"""A limit of time for the body of a request that drips in, a byte a second say, and holds a thread.

The server gives `read(n)` when all n bytes have come, and waits for them without an end. So pieces
are small, and a single byte once the sender is slower than we are; between two of them the clock is
looked at. A sender who falls silent altogether holds the thread all the same: that is for the proxy
in front (docs/decisions/0055).
"""

import time
from collections.abc import Callable
from typing import Any, Protocol

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from cocreate.lib.errors import DomainError, refusal_response

PATIENCE_SECONDS = 20
LEAST_BYTES_A_SECOND = 4096  # after those seconds, over the whole body
LARGEST_PIECE = 256  # at a byte a second that is how many seconds a thread can be held at most
WAITED_SECONDS = 0.01  # longer than it takes to hand over what has come already


class TooSlow(DomainError, BadRequest):
    """BadRequest, so that Django says 400 and no error is logged where the reader is one of its
    own; the middleware below makes that 408.
    """

    code, status = "too_slow", 408
    message = gettext_lazy("What you sent took too long to arrive. Nothing was kept: try again.")


class Body(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


class BodyInTime:
    """Stands in for `wsgi.input`."""

    def __init__(self, body: Body, clock: Callable[[], float] = time.monotonic) -> None:
        self._body, self._clock = body, clock
        self._began: float | None = None
        self._bytes, self._piece = 0, 1
        self.is_late = False

    def read(self, size: int) -> bytes:
        """Up to so many bytes, fewer at the end. Raises TooSlow, now and ever after."""
        pieces: list[bytes] = []
        while size > 0 and (piece := self._next(min(size, self._piece))):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def readline(self, size: int) -> bytes:
        """Up to the end of a line. Raises TooSlow."""
        line = b""
        while len(line) < size and not line.endswith(b"\n") and (byte := self._next(1)):
            line += byte
        return line

    def _next(self, size: int) -> bytes:
        asked = self._clock()
        self._began = asked if self._began is None else self._began
        if asked - self._began > PATIENCE_SECONDS + self._bytes / LEAST_BYTES_A_SECOND:
            self.is_late = True
            raise TooSlow
        piece = self._body.read(size)
        self._bytes += len(piece)
        has_waited = self._clock() - asked > WAITED_SECONDS
        self._piece = 1 if has_waited else min(self._piece * 2, LARGEST_PIECE)
        return piece


class InTimeMiddleware:
    """Says 408 where a reader on the way has made something else of TooSlow."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        body: Any = request.META.get("wsgi.input")
        if getattr(body, "is_late", False) and response.status_code != TooSlow.status:
            return refusal_response(request, TooSlow(), "refused.html")
        return response
