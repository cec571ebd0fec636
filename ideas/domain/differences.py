"""What was taken out of a text and what was put in, word by word, in bounded time.

The shortest way from one text to the other (Myers, "An O(ND) Difference Algorithm and Its
Variations", Algorithmica 1986). Two texts of 20,000 characters that have little in common would
take seconds: after so many Steps the rest is shown as taken out and put in whole. A page of many
differences spends one budget of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Kind = Literal["same", "out", "in", "gap"]
Run = tuple[Kind, str]
Trail = list[dict[int, int]]

WORDS = re.compile(r"\w+|\s+|[^\w\s]")
STEPS = 150_000
# Of what stayed as it was, so much is shown beside a change.
NEAR = 160


@dataclass(frozen=True)
class Part:
    """A stretch of text: "same" in both, taken "out", put "in"; a "gap" stayed and is left out."""

    kind: Kind
    text: str


@dataclass
class Steps:
    """How many comparisons may still be made."""

    left: int = STEPS


def compared(old: str, new: str, steps: Steps | None = None) -> list[Part]:
    """From the old text to the new; what is far from any change is left out."""
    runs = _words(old, new, steps or Steps())
    return list(_without_the_far(_readable(list(_joined(runs)))))


def _words(old: str, new: str, steps: Steps) -> Iterator[Run]:
    """What both begin and end with is set aside first: most changes are small."""
    left, right = WORDS.findall(old), WORDS.findall(new)
    start = _common(left, right)
    end = _common(left[start:][::-1], right[start:][::-1])
    yield "same", "".join(left[:start])
    yield from _middle(left[start : len(left) - end], right[start : len(right) - end], steps)
    yield "same", "".join(left[len(left) - end :])


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """How many words both begin with."""
    n = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        n += 1
    return n


def _middle(left: list[str], right: list[str], steps: Steps) -> Iterator[Run]:
    trail = _search(left, right, steps)
    if trail is None:
        yield "out", "".join(left)
        yield "in", "".join(right)
        return
    yield from reversed(list(_back(left, right, trail)))


def _search(left: list[str], right: list[str], steps: Steps) -> Trail | None:
    """How far each diagonal was reached, after each number of changes; None: it takes too long."""
    reached, trail = {1: 0}, []
    for changes in range(len(left) + len(right) + 1):
        trail.append(reached.copy())
        steps.left -= changes
        for k in range(-changes, changes + 1, 2):
            x = _next(reached, k, changes)
            begin = x
            while x < len(left) and x - k < len(right) and left[x] == right[x - k]:
                x += 1
            steps.left -= x - begin + 1
            reached[k] = x
            if x >= len(left) and x - k >= len(right):
                return trail
        if steps.left < 0:
            return None
    return None


def _next(reached: dict[int, int], k: int, changes: int) -> int:
    """The place on diagonal k that one more change leads to."""
    is_down = k == -changes or (k != changes and reached[k - 1] < reached[k + 1])
    return reached[k + 1] if is_down else reached[k - 1] + 1


def _back(left: list[str], right: list[str], trail: Trail) -> Iterator[Run]:
    """The way found, from its end."""
    x, y = len(left), len(right)
    for changes in range(len(trail) - 1, -1, -1):
        reached, k = trail[changes], x - y
        is_down = k == -changes or (k != changes and reached[k - 1] < reached[k + 1])
        before = k + 1 if is_down else k - 1
        from_x = reached[before]
        from_y = from_x - before
        while x > from_x and y > from_y and x > 0 and y > 0:
            x, y = x - 1, y - 1
            yield ("same", left[x])
        if changes:
            yield ("in", right[from_y]) if is_down else ("out", left[from_x])
        x, y = from_x, from_y


def _joined(runs: Iterator[Run]) -> Iterator[Part]:
    for kind, group in groupby(filter(lambda run: run[1], runs), key=lambda run: run[0]):
        yield Part(kind, "".join(word for _kind, word in group))


def _readable(parts: list[Part]) -> Iterator[Part]:
    """Between two stretches that stayed, one that went and one that came: a blank that happens to
    be in both does not tear a new sentence into words.
    """
    out, into = "", ""
    for n, part in enumerate(parts):
        is_seam = part.kind == "same" and part.text.isspace() and 0 < n < len(parts) - 1
        out += part.text if part.kind == "out" or is_seam else ""
        into += part.text if part.kind == "in" or is_seam else ""
        if part.kind == "same" and not is_seam:
            yield from _changed(out, into)
            out, into = "", ""
            yield part
    yield from _changed(out, into)


def _changed(out: str, into: str) -> Iterator[Part]:
    if out:
        yield Part("out", out)
    if into:
        yield Part("in", into)


def _without_the_far(parts: Iterator[Part]) -> Iterator[Part]:
    shown = list(parts)
    for n, part in enumerate(shown):
        if part.kind != "same":
            yield part
        else:
            yield from _near(part.text, is_first=n == 0, is_last=n == len(shown) - 1)


def _near(text: str, *, is_first: bool, is_last: bool) -> Iterator[Part]:
    """The beginning, if something stands before it, and the end, if something follows."""
    head = "" if is_first else text[:NEAR]
    tail = "" if is_last else text[-NEAR:]
    if len(text) <= len(head) + len(tail) + NEAR // 4:
        yield Part("same", text)
        return
    if head:
        yield Part("same", head)
    yield Part("gap", "")
    if tail:
        yield Part("same", tail)
