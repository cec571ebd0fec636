"""The picture of an idea that others show beside a link to it: title, brand, support.

What it shows names it, so its address changes with it, and a browser may keep it for ever. The
files are a fixed number of places, chosen by the idea's code: however many cards are asked for, no
more is ever stored. A card whose place another has taken is painted again.
"""

import hashlib
import json
import logging
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import PIL
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import ngettext, override

from cocreate.lib import painter
from cocreate.lib.accents import accents, tints
from cocreate.lib.colour import hex_of
from cocreate.lib.errors import NotFound, Unavailable
from cocreate.lib.painter import Sheet
from ideas.domain.challenges import State
from ideas.domain.images import file_of
from ideas.enums import Mode
from ideas.models import Idea, Image
from ideas.models.image import SIZES

log = logging.getLogger(__name__)

DESIGN = 1  # another look is another card
PLACES = 1024
FOLDER = ".cards"  # backups leave out what begins with a dot: it can be painted again
KEPT = timedelta(days=30)
EXACT = 100  # a count above is told by its first two figures: not each vote makes a new card
PRINT_LENGTH = 16
END_OF_PNG = b"IEND\xaeB`\x82"
SECONDS, SECONDS_TO_WAIT = 10, 3

# One at a time in a process, each in a child with little memory (painter.py).
TURN = threading.Lock()


@dataclass(frozen=True)
class Card:
    """`picture`: the code of the idea's first one, or empty."""

    code: str
    picture: str
    sheet: Sheet

    @property
    def print(self) -> str:
        said = json.dumps([DESIGN, self.code, self.picture, asdict(self.sheet)])
        return hashlib.blake2b(said.encode(), digest_size=PRINT_LENGTH // 2).hexdigest()

    @property
    def file(self) -> str:
        digest = hashlib.blake2b(self.code.encode(), digest_size=4).digest()
        return f"{FOLDER}/{int.from_bytes(digest) % PLACES}"


def card_of(idea: Idea, state: State) -> Card:
    """What it would show now; `brand` and `score` are at hand."""
    look = idea.brand.look
    shown = accents(look)["light"]
    sheet = Sheet(
        title=idea.title,
        brand=idea.brand.name,
        support="" if state.hides_counts else support_of(idea, state),
        paper=hex_of((0.986, 0.006, 85)),
        ink=hex_of((0.24, 0.02, 265)),
        accent=hex_of(shown.accent),
        on_accent=hex_of(shown.on_accent),
        accent_ink=hex_of(shown.accent_ink),
        tints=tints(look),
    )
    return Card(code=idea.code, picture=idea.cover, sheet=sheet)


def support_of(idea: Idea, state: State) -> str:
    """In the words of the idea's own language; empty where nobody stands behind it yet."""
    known = dict(settings.LANGUAGES)
    with override(idea.language if idea.language in known else idea.brand.language):
        if state.mode == Mode.POINTS:
            return _told(idea.score.points, points=True)
        return _told(idea.score.support, points=False)


def _told(number: int, *, points: bool) -> str:
    if number <= 0:
        return ""
    unit = 1 if number < EXACT else 10 ** (len(str(number)) - 2)
    figure = number_format(number - number % unit, use_l10n=True, force_grouping=True)
    figure = figure.replace("\u202f", "\u00a0")  # our letters have no narrow space
    if number >= EXACT:
        figure += "+"
    text = (
        ngettext("{n} point", "{n} points", number)
        if points
        else ngettext("{n} supporter", "{n} supporters", number)
    )
    return str(text).format(n=figure)


def kept(card: Card) -> bytes:
    """Its PNG; empty where another card has its place, or one that is still being written."""
    try:
        with default_storage.open(card.file, "rb") as file:
            content: bytes = file.read()
    except OSError:
        return b""
    head, png = content[:PRINT_LENGTH], content[PRINT_LENGTH:]
    return png if head == card.print.encode() and png.endswith(END_OF_PNG) else b""


def painted(card: Card) -> bytes:
    """Its PNG, made now or by another a moment before. Raises Unavailable where too many are being
    painted.
    """
    if not TURN.acquire(timeout=SECONDS_TO_WAIT):
        raise Unavailable(retry_after=SECONDS)
    try:
        content = kept(card) or _paint(card)
    finally:
        TURN.release()
    return content


def sweep() -> int:
    """What was painted long ago goes: its idea may be gone, and whoever asks has another made."""
    if not default_storage.exists(FOLDER):
        return 0
    _folders, names = default_storage.listdir(FOLDER)
    limit, gone = timezone.now() - KEPT, 0
    for name in names:
        file = f"{FOLDER}/{name}"
        if default_storage.get_modified_time(file) < limit:
            default_storage.delete(file)
            gone += 1
    return gone


def _paint(card: Card) -> bytes:
    png = _from_child(card.sheet, _picture(card))
    try:
        _keep(card, png)
    except OSError as error:  # a full disk: it is shown all the same
        log.warning("a card was not kept: %s", error)
    return png


def _keep(card: Card, png: bytes) -> None:
    default_storage.delete(card.file)
    made = default_storage.save(card.file, ContentFile(card.print.encode() + png))
    if made != card.file:  # another process was quicker
        default_storage.delete(made)


def _picture(card: Card) -> bytes:
    """The idea's first, as WebP of a middle size; empty where there is none, or it is lost."""
    image = Image.objects.filter(code=card.picture).first() if card.picture else None
    if image is None:
        return b""
    try:
        return file_of(image, min(SIZES[1], image.width))
    except NotFound:
        return b""


def _from_child(sheet: Sheet, picture: bytes) -> bytes:
    packages, fonts = str(Path(PIL.__file__).parent.parent), str(settings.BASE_DIR / "static/fonts")
    command = [sys.executable, "-I", "-S", painter.__file__, packages, fonts]
    try:
        child = subprocess.run(  # noqa: S603 - our own file and folders
            command,
            input=json.dumps(asdict(sheet)).encode() + b"\n" + picture,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(retry_after=SECONDS) from error
    if child.returncode != 0 or not child.stdout.endswith(END_OF_PNG):
        log.warning("no card was painted: %s", child.stderr[-300:].decode(errors="replace"))
        raise Unavailable(retry_after=SECONDS)
    return child.stdout
