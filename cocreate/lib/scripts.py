"""The scripts that pages of other sites load: today's versions and those that they still name.

`cocreate.js` has the elements; `launcher.js` is a button that fetches them, and `card.js`, when
somebody presses it. `static/embed/versions.txt` has a line for each version: its script, its hash,
the day it came, and the release it came with. `tools/keep_embed.py` writes the lines and keeps a
copy of each as it is sent.
"""

import gzip
import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings

HASH_LENGTH = 16  # hexadecimal digits
ELEMENTS, CARD, LAUNCHER = "cocreate", "card", "launcher"
ALL = (ELEMENTS, CARD, LAUNCHER)
FETCHED_BY_LAUNCHER = (ELEMENTS, CARD)
COMMENT_LINE = re.compile(rb"^[ \t]*//.*\n", re.MULTILINE)


@dataclass(frozen=True)
class Script:
    of: str
    hash: str
    integrity: str  # as a page writes it into its own HTML
    body: bytes
    zipped: bytes

    @property
    def name(self) -> str:
        """Of this version and of no other, ever."""
        return versioned(self.of, self.hash)


def versioned(of: str, hash_: str) -> str:
    return f"{of}.{hash_}.js"


def todays(of: str) -> str:
    """The name that leads to whichever version is today's."""
    return f"{of}.js"


def hash_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:HASH_LENGTH]


def sent(of: str, place: Path) -> bytes:
    """Without the lines that explain it to us: every reader of every page would pay for them."""
    body = COMMENT_LINE.sub(b"", (place / todays(of)).read_bytes())
    if of == LAUNCHER:
        for part in FETCHED_BY_LAUNCHER:
            body = bound(body, _script(part, sent(part, place)))
    return body


def bound(launcher: bytes, part: Script) -> bytes:
    """It fetches this version of the part and no other: an integrity covers one file, and of what
    that fetches only what the file itself names.
    """
    unbound, named = f'"{todays(part.of)}": ""', f'"{part.name}": "{part.integrity}"'
    return launcher.replace(unbound.encode(), named.encode())


@cache
def today(of: str = ELEMENTS) -> Script:
    return _script(of, sent(of, folder()))


@lru_cache(maxsize=64)  # strangers may ask for any
def kept(of: str, hash_: str) -> Script | None:
    """The version that has this hash, or None. The hash is of the shape that the address allows."""
    path = folder() / "kept" / versioned(of, hash_)
    return _script(of, path.read_bytes()) if path.is_file() else None


def folder() -> Path:
    return Path(settings.BASE_DIR) / "static" / "embed"


def _script(of: str, body: bytes) -> Script:
    integrity = "sha384-" + b64encode(hashlib.sha384(body).digest()).decode()
    return Script(of, hash_of(body), integrity, body, gzip.compress(body, mtime=0))
