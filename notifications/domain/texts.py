"""What people wrote, made safe for a line or a mail; and where things are."""

import re
import unicodedata
from urllib.parse import urlsplit

from django.conf import settings

from ideas.models import Idea

LONGEST_QUOTE, LONGEST_NAME = 120, 60
MOST_LINES = 40
WORD_JOINER = "\u2060"
INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
KEPT = "\u200d"  # it joins emoji and letters of several scripts
# Where mail programs see an address: a dot between letters, the end of a scheme, an at sign.
LINK_SEAM = re.compile(r"(?<=\w)\.(?=\w)|:(?=//)|@")


def idea_path(code: str, title: str) -> str:
    """The code finds the idea; the words after it are for people and may be of an older title."""
    return f"/i/{code}/{Idea(title=title).slug}/"


def absolute(address: str) -> str:
    """On our own public address, whatever host a request claimed to come to."""
    parts = urlsplit(address)
    return settings.PUBLIC_URL + parts._replace(scheme="", netloc="").geturl()


def one_line(text: str, length: int) -> str:
    """No line break, no control, no invisible or direction-changing character; cut."""
    text = "".join(" " if unicodedata.category(c) in INVISIBLE and c != KEPT else c for c in text)
    text = " ".join(text.split())
    return cut(text, length)


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def unlinked(text: str, length: int = LONGEST_QUOTE) -> str:
    """What somebody wrote, as one line in which no mail program finds an address to click."""
    return LINK_SEAM.sub(lambda seam: f"{seam[0]}{WORD_JOINER}", one_line(text, length))


def quoted(text: str, length: int) -> list[str]:
    """The lines of what somebody wrote, each as `unlinked`; cut where it gets long."""
    lines: list[str] = []
    left = length
    for line in text.strip().splitlines()[:MOST_LINES]:
        safe = unlinked(line, max(left, 1))
        left -= len(safe)
        if safe or (lines and lines[-1]):  # one empty line is enough
            lines.append(safe)
        if left <= 0:
            break
    is_cut = left <= 0 or len(text.strip().splitlines()) > MOST_LINES
    return [*lines, "…"] if is_cut and lines and not lines[-1].endswith("…") else lines
