"""What a text points to without any markup: a web address, and somebody's @handle.

Plugins for addresses guess at bare domains and mailboxes too, and take time with the square of a
text's length. This one knows https:// and http://, and looks at each sign but a few times.
"""

import re
from collections.abc import Callable, Iterator

from markdown_it.common.utils import unescapeAll

LONGEST = 2_048  # a longer one was not written to be read
LONGEST_ENTITY = 12

# An address ends before these wherever it stands: what a sentence or Markdown puts round it, and
# signs that show nothing or turn the direction of what follows. A pair of brackets may be within.
ENDS = (
    r'\s\x00-\x1f\x7f-\xa0\xad<>"`\\\[\]«»“”„…。，、；：！？「」『』（）《》【】'
    r"\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e0fff"
)
SIGNS = rf"[^{ENDS}]++|\[[^{ENDS}]*+\]"
BEGIN = re.compile(r"(?<![A-Za-z0-9\\])(?i:https?)://")
PLAIN = re.compile(rf"(?:{SIGNS})++")
ESCAPED = re.compile(rf"(?:{SIGNS}|\\[!-/:-@^_{{|}}~])++")
# Letters and digits of any script, dots and hyphens, then a port. A name and an @ in front of it
# would be taken for the place that the link leads to: such an address is no link. (Without case a k
# would be the Kelvin sign, which ends a host.)
HOST_ENDS = r"\x00-,/:-@\[-^`{-\xbf\u061c\u180e\u2000-\u2bff\u3000-\u303f\ufe00-\uffff"
ADDRESS = re.compile(
    rf"(?i:https?)://[^\W_][^{HOST_ENDS}{ENDS}]*+(?::\d{{1,5}})?(?:[/?#](?:{SIGNS})*+)?"
)
ENTITY_AT_END = re.compile(r"&#?\w++;\Z")
PUNCTUATION = "?!.,:;'’‘\\"
OPENED = {")": "(", "}": "{"}

# Not the end of a mailbox, nor a part of a path.
MENTION = re.compile(r"(?<![\w@/.+-])@([A-Za-z0-9][A-Za-z0-9_-]*+)(?![\w@])")


def scheme_before(text: str, colon: int) -> int | None:
    """Where an address would begin."""
    for start in (colon - len("https"), colon - len("http")):
        if start >= 0 and BEGIN.match(text, start):
            return start
    return None


def address_at(text: str, place: int) -> tuple[str, int] | None:
    """The address that begins there, and where it ends. Browsers take a backslash for a /: no host
    ends before one.
    """
    raw = _trimmed(_signs(PLAIN, text, place), lambda _sign: False)
    end = place + len(raw)
    return (raw, end) if ADDRESS.fullmatch(raw) and text[end : end + 1] != "\\" else None


def address_in_markdown(
    text: str, place: int, is_open: Callable[[str], bool]
) -> tuple[str, int] | None:
    """The same where a backslash makes the next sign a plain one and `&amp;` stands for a sign.
    `is_open`: whether a mark of emphasis that ends it has begun before it.
    """
    raw = _trimmed(_signs(ESCAPED, text, place), lambda sign: sign in "*_" and is_open(sign))
    address = unescapeAll(raw)
    return (address, place + len(raw)) if ADDRESS.fullmatch(address) else None


def addresses(
    text: str, target_of: Callable[[str], str | None]
) -> Iterator[tuple[str, str, int, int]]:
    """Each with its target, its beginning and its end; without a target it is none."""
    last = 0
    for begin in BEGIN.finditer(text):
        found = address_at(text, begin.start()) if begin.start() >= last else None
        if found and (target := target_of(found[0])):
            last = found[1]
            yield found[0], target, begin.start(), last


def mentions(text: str) -> Iterator[tuple[str, int, int]]:
    """Each handle, in small letters, with the beginning (of the @) and the end."""
    for found in MENTION.finditer(text):
        handle = found[1].rstrip("-_")
        yield handle.lower(), found.start(), found.start(1) + len(handle)


def _signs(signs: re.Pattern[str], text: str, place: int) -> str:
    begin = BEGIN.match(text, place)
    found = begin and signs.match(text, begin.end(), place + LONGEST + 1)
    return text[place : found.end()] if found and found.end() - place <= LONGEST else ""


def _trimmed(raw: str, is_mark: Callable[[str], bool]) -> str:
    """Without what ends a sentence, and without brackets that were opened before it."""
    while raw:
        last = raw[-1]
        if last == ";" and (entity := ENTITY_AT_END.search(raw[-LONGEST_ENTITY:])):
            raw = raw[: -len(entity[0])]
        elif last in PUNCTUATION or _closes_nothing(raw, last) or is_mark(last):
            raw = raw[:-1]
        else:
            break
    return raw


def _closes_nothing(raw: str, last: str) -> bool:
    return last in OPENED and raw.count(last) > raw.count(OPENED[last])
