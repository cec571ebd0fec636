"""Somebody's picture becomes pixels of our own: small, upright, without a word about its maker.

Only what `reencoded` returns is ever stored or served. The decoding happens in decoder.py, a child
process with limits.
"""

import logging
import subprocess
import sys
import threading
from pathlib import Path

import PIL
from django.utils.translation import gettext_lazy as _

from cocreate.lib import decoder
from cocreate.lib.errors import DomainError, Unavailable

log = logging.getLogger(__name__)

MOST_BYTES = 10 * 2**20
SECONDS = 15
CHILD = [sys.executable, "-I", "-S", decoder.__file__, str(Path(PIL.__file__).parent.parent)]

# One at a time in a process: a crowd that uploads at once waits here, and not for the memory of
# the machine.
TURN = threading.Lock()
SECONDS_TO_WAIT = 5

SENTENCES = {
    "picture_too_large": _("This picture is larger than 10 MB. Make it smaller and try again."),
    "picture_unreadable": _(
        "We cannot read this picture. Send a JPEG, PNG, WebP, GIF or AVIF file that opens on your"
        " own screen."
    ),
    "picture_too_many_pixels": _(
        "This picture has more than 40 million pixels. Make it smaller and try again."
    ),
}


class PictureRefused(DomainError):
    """`code` is one of `SENTENCES`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(SENTENCES[code])


def reencoded(source: bytes, *, width: int, height: int, fill: bool) -> bytes:
    """WebP that fits into the box, or with `fill` covers it, cropped around the middle.

    Upright, sRGB, the first frame only, no metadata. What fits is never enlarged. Raises
    PictureRefused, and Unavailable when too many pictures arrive at once or the machine is too
    busy for this one.
    """
    if len(source) > MOST_BYTES:
        raise PictureRefused("picture_too_large")
    command = [*CHILD, str(width), str(height), "fill" if fill else "fit"]
    if not TURN.acquire(timeout=SECONDS_TO_WAIT):
        raise Unavailable
    try:
        child = subprocess.run(  # noqa: S603 - our own file and numbers
            command, input=source, capture_output=True, timeout=SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired as error:
        log.warning("a picture took longer than %s seconds", SECONDS)
        raise Unavailable from error  # the machine is busy: the decoder's own CPU limit is shorter
    finally:
        TURN.release()
    if child.returncode == decoder.TOO_MANY_PIXELS:
        raise PictureRefused("picture_too_many_pixels")
    if child.returncode != 0:
        reason = child.stderr[-300:].decode(errors="replace")
        log.info("not a picture, the decoder ended with %s: %s", child.returncode, reason)
        raise PictureRefused("picture_unreadable")
    return child.stdout
