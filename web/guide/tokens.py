"""The design tokens as static/css/tokens.css has them, and how well one reads on another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from cocreate.lib.accents import accents
from cocreate.lib.colour import READABLE, VISIBLE, Colour, contrast, hex_of

CSS = settings.BASE_DIR / "static/css"
PAIR = re.compile(r"--([\w-]+): light-dark\(oklch\(([\d.% ]+)\), oklch\(([\d.% ]+)\)\)")
SIZE = re.compile(r"--(s\d|r\d|round|text-\d): ([^;]+);")
SIGN = re.compile(r'<symbol id="([\w-]+)"')

# What is read on what, and what is seen on what: everything the pages do.
READ = (
    *((ink, on) for on in ("paper", "sheet", "tint") for ink in ("ink", "soft", "accent-ink")),
    ("soft", "sunk"),
    ("on-accent", "accent"),
    *((name, f"{name}-tint") for name in ("leaf", "sky", "amber", "rose")),
)
SEEN = (("accent", "paper"), ("accent", "sheet"), ("edge", "paper"), ("edge", "sheet"))


@dataclass(frozen=True)
class Measured:
    """Two tokens on pages of one mode, as #rrggbb."""

    ink: str
    ground: str
    ratio: float


@dataclass(frozen=True)
class Pair:
    ink: str
    ground: str
    least: float
    light: Measured
    dark: Measured


@dataclass(frozen=True)
class Swatch:
    name: str
    light: str
    dark: str


def swatches(look: str) -> list[Swatch]:
    return [Swatch(name, hex_of(one[0]), hex_of(one[1])) for name, one in colours(look).items()]


def pairs(look: str) -> Iterator[Pair]:
    known = colours(look)
    for least, named in ((READABLE, READ), (VISIBLE, SEEN)):
        for ink, ground in named:
            light, dark = (_measured(known[ink][n], known[ground][n]) for n in (0, 1))
            yield Pair(ink, ground, least, light, dark)


def colours(look: str) -> dict[str, tuple[Colour, Colour]]:
    """By name, on light pages and on dark ones."""
    modes = accents(look).values()
    own = {
        name: tuple(getattr(one, name.replace("-", "_")) for one in modes)
        for name in ("accent", "on-accent", "accent-ink", "tint")
    }
    return dict(_fixed()) | own  # type: ignore[arg-type]


def sizes(beginning: str) -> list[tuple[str, str]]:
    """Names and values of the sizes that begin so."""
    found = SIZE.findall((CSS / "tokens.css").read_text())
    return [(name, value) for name, value in found if name.startswith(beginning)]


def signs() -> list[str]:
    return SIGN.findall((CSS.parent / "img/sprite.svg").read_text())


@cache
def _fixed() -> tuple[tuple[str, tuple[Colour, Colour]], ...]:
    found = PAIR.findall((CSS / "tokens.css").read_text())
    return tuple((name, (_colour(light), _colour(dark))) for name, light, dark in found)


def _colour(text: str) -> Colour:
    lightness, chroma, hue = text.split()
    return float(lightness.rstrip("%")) / 100, float(chroma), float(hue)


def _measured(ink: Colour, ground: Colour) -> Measured:
    return Measured(hex_of(ink), hex_of(ground), contrast(ink, ground))
