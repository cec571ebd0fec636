"""What people type, as it can be stored and read."""

import re
import unicodedata

from django.utils.text import slugify

# Unicode's categories Cc, but for line ends and tabs, and Cs.
UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
SPELT_OUT = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def tidy_text(text: str) -> str:
    """Without control characters (PostgreSQL stores no NUL) and without half a surrogate pair."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return UNWANTED.sub("", text)


def one_line(text: str) -> str:
    """The same with every run of spaces and line ends as one space."""
    return " ".join(tidy_text(text).split())


def slug_of(text: str) -> str:
    """Small letters without accents, digits and -, for an address; empty where nothing of the text
    can be written so. Letters that are none with an accent, such as œ, become the ones they are
    written with where there is no other way.
    """
    return slugify(text.lower().translate(SPELT_OUT).replace("_", "-"))
