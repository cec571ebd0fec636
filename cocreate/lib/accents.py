"""What pages make of a brand's look: a hue of ours ("30"), or a colour of its own ("#ffd500").

A colour of its own stays as it is wherever it can be read, else it becomes the nearest of its hue
that can, lighter or darker. A grey that would be lost on the page is turned over, as ink and paper
are: what is black on light pages is white on dark ones.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from cocreate.lib.colour import (
    DARK,
    LIGHT,
    READABLE,
    VISIBLE,
    WANTED_CHROMA,
    Colour,
    Mode,
    contrast,
    hex_of,
    in_gamut,
    of_hex,
    of_hue,
    shown_hue,
)

DESIGN = 1  # names the style sheets: another way to derive them is another number
MODES = {"light": LIGHT, "dark": DARK}
SHAPE = re.compile("#[0-9a-f]{6}")
WORDS = ((0.99, 0.003), (0.2, 0.03))  # lightness and chroma of what is written on an accent
GREY = 0.03  # the chroma below which nobody names a hue
LOST = 1.5  # a contrast to the page that says nothing
ROUNDING = 1.02  # what eight bits a part may take from a contrast
STEP = 0.005  # of lightness
DRAWN = (96, 84, 74)  # lightness in per cent


@dataclass(frozen=True)
class Accent:
    """On light pages, or on dark ones: as tokens.css names them."""

    accent: Colour
    on_accent: Colour
    accent_ink: Colour
    tint: Colour


@dataclass(frozen=True)
class Verdict:
    """What became of a colour on pages of one mode: `wanted`, `shown`. `is_ours`: it is a hue,
    which nobody gave in digits.
    """

    mode: str
    is_ours: bool
    page: str
    wanted: "Sample"
    shown: "Sample"
    ink: str
    ink_read: float

    @property
    def is_changed(self) -> bool:
        return self.wanted.colour != self.shown.colour

    @property
    def is_lost(self) -> bool:
        return self.wanted.seen < VISIBLE

    @property
    def is_turned(self) -> bool:
        """A grey that the page has already: black and white stand for contrast."""
        return is_grey(self.wanted.colour) and self.wanted.seen < LOST

    @property
    def is_lighter(self) -> bool:
        return of_hex(self.shown.colour)[0] > of_hex(self.wanted.colour)[0]


@dataclass(frozen=True)
class Sample:
    """A colour with words on it, as #rrggbb. `seen`: how it stands out from the ground it is worst
    on; `read`: how the words can be read. Contrasts are rounded down: none is said to suffice that
    does not.
    """

    colour: str
    words: str
    seen: float
    read: float


def is_own(look: str) -> bool:
    return SHAPE.fullmatch(look) is not None


def is_grey(look: str) -> bool:
    return is_own(look) and of_hex(look)[1] < GREY


def hue_of(look: str) -> int:
    """For what is drawn in a brand's hue; a grey has one of no meaning."""
    return round(of_hex(look)[2]) % 360 if is_own(look) else int(look)


@lru_cache(maxsize=1024)
def accents(look: str) -> dict[str, Accent]:
    make = _own if is_own(look) else _of_hue
    return {name: make(look, mode) for name, mode in MODES.items()}


def accents_elsewhere(look: str) -> dict[str, str]:
    """What pages that are not ours take, as #rrggbb: the accent of a hue, and of a colour of its
    own what can be read on any ground and be written on.
    """
    return {
        name: hex_of(one.accent_ink if is_own(look) else one.accent)
        for name, one in accents(look).items()
    }


def tints(look: str) -> tuple[str, str, str]:
    """Three grounds to draw with, from pale to strong, as #rrggbb."""
    pale, middle, strong = (_drawn(look, lightness) for lightness in DRAWN)
    return hex_of(pale), hex_of(middle), hex_of(strong)


def _drawn(look: str, lightness: int) -> Colour:
    if not is_own(look):
        return of_hue(lightness, shown_hue(int(look)))
    _lightness, chroma, hue = of_hex(look)
    return _shown(lightness / 100, min(chroma, WANTED_CHROMA[lightness]), hue)


def tokens(look: str) -> dict[str, str]:
    """Each custom property as light-dark() of two #rrggbb."""
    light, dark = (accents(look)[name] for name in MODES)
    return {
        name.replace("_", "-"): f"light-dark({hex_of(getattr(light, name))}, "
        f"{hex_of(getattr(dark, name))})"
        for name in ("accent", "on_accent", "accent_ink", "tint")
    }


def verdicts(look: str) -> list[Verdict]:
    """How a look fares, on light pages and on dark ones."""
    return [_verdict(look, name, mode) for name, mode in MODES.items()]


def _verdict(look: str, name: str, mode: Mode) -> Verdict:
    accent = accents(look)[name]
    shown = _sample(accent.accent, accent.on_accent, mode)
    return Verdict(
        mode=name,
        is_ours=not is_own(look),
        page=hex_of(mode.grounds[0]),
        wanted=_given(look, mode) if is_own(look) else shown,
        shown=shown,
        ink=hex_of(accent.accent_ink),
        ink_read=_down(_worst(accent.accent_ink, mode.grounds)),
    )


def _given(look: str, mode: Mode) -> Sample:
    colour = of_hex(look)
    return _sample(colour, _best_words(colour, mode), mode)


def _sample(colour: Colour, words: Colour, mode: Mode) -> Sample:
    seen, read = _worst(colour, mode.grounds), contrast(colour, words)
    return Sample(hex_of(colour), hex_of(words), _down(seen), _down(read))


def _down(ratio: float) -> float:
    return math.floor(ratio * 10) / 10


def _of_hue(look: str, mode: Mode) -> Accent:
    hue = shown_hue(int(look))
    lightness, chroma, _hue = mode.on_accent
    return Accent(
        accent=of_hue(mode.accent, hue),
        on_accent=(lightness, chroma, hue),
        accent_ink=of_hue(mode.ink, hue),
        tint=of_hue(mode.tint, hue),
    )


def _own(look: str, mode: Mode) -> Accent:
    accent = of_hex(hex_of(_readable(of_hex(look), mode)))
    _lightness, chroma, hue = of_hex(look)
    chroma = 0 if chroma < GREY else min(chroma, WANTED_CHROMA[mode.tint])
    tint = _shown(mode.tint / 100, chroma, hue)
    ink = _nearest(accent, lambda one: _worst(one, (*mode.grounds, tint)) >= READABLE * ROUNDING)
    return Accent(accent, _best_words(accent, mode), ink, tint)


def _readable(wanted: Colour, mode: Mode) -> Colour:
    if _can_be_used(wanted, mode):
        return wanted
    lightness, chroma, hue = wanted
    if chroma < GREY and _worst(wanted, mode.grounds) < LOST:
        wanted = (1 - lightness, chroma, hue)
    return _nearest(wanted, lambda one: _can_be_used(one, mode, ROUNDING))


def _can_be_used(colour: Colour, mode: Mode, margin: float = 1) -> bool:
    """Seen on the page, and words on it read."""
    read = contrast(colour, _best_words(colour, mode))
    return _worst(colour, mode.grounds) >= VISIBLE * margin and read >= READABLE * margin


def _best_words(colour: Colour, mode: Mode) -> Colour:
    """Those of this mode's own accents where they can be read, else the better ones."""
    words = _words(colour, mode)
    if contrast(colour, words[0]) >= READABLE * ROUNDING:
        return words[0]
    return max(words, key=lambda word: contrast(colour, word))


def _words(colour: Colour, mode: Mode) -> list[Colour]:
    """The mode's own first."""
    _lightness, most, hue = colour
    made = [(lightness, min(chroma, most), hue) for lightness, chroma in WORDS]
    return sorted(made, key=lambda word: abs(word[0] - mode.on_accent[0]))


def _worst(colour: Colour, grounds: Iterable[Colour]) -> float:
    return min(contrast(colour, ground) for ground in grounds)


def _nearest(wanted: Colour, is_good: Callable[[Colour], bool]) -> Colour:
    """In lightness. Where both ways are as far, the darker."""
    lightness, chroma, hue = wanted
    for step in range(round(1 / STEP) + 1):
        for light in (lightness - step * STEP, lightness + step * STEP):
            found = _shown(min(max(light, 0), 1), chroma, hue)
            if is_good(found):
                return found
    raise ValueError("no lightness is good")


def _shown(lightness: float, chroma: float, hue: float) -> Colour:
    """With as much of the chroma as a screen can show."""
    if in_gamut((lightness, chroma, hue)):
        return lightness, chroma, hue
    least, most = 0.0, chroma
    for _halving in range(12):
        middle = (least + most) / 2
        least, most = (middle, most) if in_gamut((lightness, middle, hue)) else (least, middle)
    return lightness, least, hue
