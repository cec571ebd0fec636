"""Somebody's picture becomes pixels of our own: small, upright, without a word about its maker.

Only what `in_sizes` returns is ever stored or served. The decoding happens in decoder.py, a child
process with limits.
"""

import io
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
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


class PictureRefused(DomainError):
    """One of the three below."""


class PictureTooLarge(PictureRefused):
    code, status = "picture_too_large", 413
    message = _("This picture is larger than 10 MB. Make it smaller and try again.")


class PictureUnreadable(PictureRefused):
    code, status = "picture_unreadable", 415
    message = _(
        "We cannot read this picture. Send a JPEG, PNG, WebP, GIF or AVIF file that opens on your"
        " own screen."
    )


class PictureTooManyPixels(PictureRefused):
    code, status = "picture_too_many_pixels", 400
    message = _("This picture has more than 40 million pixels. Make it smaller and try again.")


@dataclass(frozen=True)
class Picture:
    """A WebP of ours, and how large it is in pixels."""

    width: int
    height: int
    content: bytes


def reencoded(source: bytes, *, width: int, height: int, fill: bool) -> bytes:
    """As in_sizes(), in one size."""
    return in_sizes(source, width=width, height=height, fill=fill)[-1].content


def in_sizes(
    source: bytes,
    *,
    width: int,
    height: int,
    fill: bool,
    smaller: tuple[int, ...] = (),
    part: decoder.Part | None = None,
) -> list[Picture]:
    """WebP that fits into the box, or with `fill` covers it, cropped around the middle; before it
    those of the `smaller` widths that it exceeds, in their order. With `part`, which fits into the
    box too, nothing but that of the picture.

    Upright, sRGB, the first frame only, no metadata. With `fill` the box is always filled, else
    nothing is enlarged. Raises PictureRefused, and Unavailable when too many pictures arrive at
    once or the machine is too busy for this one.
    """
    if len(source) > MOST_BYTES:
        raise PictureTooLarge
    shape = ",".join(map(str, part)) if part else "fill" if fill else "fit"
    wanted = [str(width), str(height), shape, *map(str, smaller)]
    made = list(_unpacked(_decoded(source, [*CHILD, *wanted])))
    if not made:
        raise PictureUnreadable
    return made


def _unpacked(answer: bytes) -> Iterator[Picture]:
    """Whatever a made-up file has turned the child into, only WebP comes out of here."""
    rest = io.BytesIO(answer)
    while head := rest.read(decoder.HEAD.size):
        if len(head) < decoder.HEAD.size:
            raise PictureUnreadable
        width, height, length = decoder.HEAD.unpack(head)
        content = rest.read(length)
        if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
            raise PictureUnreadable
        yield Picture(width, height, content)


def _decoded(source: bytes, command: list[str]) -> bytes:
    """What the child process answers. Raises PictureRefused, Unavailable."""
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
        raise PictureTooManyPixels
    if child.returncode != 0:
        reason = child.stderr[-300:].decode(errors="replace")
        log.info("not a picture, the decoder ended with %s: %s", child.returncode, reason)
        raise PictureUnreadable
    return child.stdout
