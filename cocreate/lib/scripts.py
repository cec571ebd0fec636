"""cocreate.js, which pages of other sites load: today's version and those that they still name.

`static/embed/versions.txt` has a line for each version: its hash, the day it came, and the release
it came with. `tools/keep_embed.py` writes the lines and keeps a copy of each as it is sent.
"""

import gzip
import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

HASH_LENGTH = 16  # hexadecimal digits
TODAY = "cocreate.js"
COMMENT_LINE = re.compile(rb"^[ \t]*//.*\n", re.MULTILINE)


@dataclass(frozen=True)
class Script:
    hash: str
    integrity: str  # as a page writes it into its own HTML
    body: bytes
    zipped: bytes

    @property
    def name(self) -> str:
        """Of this version and of no other, ever."""
        return versioned(self.hash)


def versioned(hash_: str) -> str:
    return f"cocreate.{hash_}.js"


def hash_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:HASH_LENGTH]


def sent(source: bytes) -> bytes:
    """Without the lines that explain it to us: every reader of every page would pay for them."""
    return COMMENT_LINE.sub(b"", source)


@cache
def today() -> Script:
    return _script(sent((folder() / TODAY).read_bytes()))


@cache
def kept(hash_: str) -> Script | None:
    """The version that has this hash, or None. The hash is of the shape that the address allows."""
    path = folder() / "kept" / versioned(hash_)
    return _script(path.read_bytes()) if path.is_file() else None


def folder() -> Path:
    return Path(settings.BASE_DIR) / "static" / "embed"


def _script(body: bytes) -> Script:
    integrity = "sha384-" + b64encode(hashlib.sha384(body).digest()).decode()
    return Script(hash_of(body), integrity, body, gzip.compress(body, mtime=0))
