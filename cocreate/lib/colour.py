"""OKLCH in numbers: what fits into sRGB, and how well one colour reads on another (WCAG 2.2)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

Colour = tuple[float, float, float]  # lightness 0 to 1, chroma, hue in degrees

# Björn Ottosson, "A perceptual color space for image processing" (2020).
TO_LMS = (
    (1, 0.3963377774, 0.2158037573),
    (1, -0.1055613458, -0.0638541728),
    (1, -0.0894841775, -1.2914855480),
)
TO_RGB = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
FROM_RGB = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
FROM_LMS = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
LUMINANCE = (0.2126, 0.7152, 0.0722)

HUE_STEP = 10  # degrees between the classes of static/css/hues.css
# By lightness in per cent, as much chroma as a hue is given where a screen can show it.
WANTED_CHROMA = {54: 0.19, 74: 0.15, 45: 0.15, 84: 0.11, 96: 0.03, 29: 0.05}
READABLE, VISIBLE = 4.5, 3.0  # WCAG 2.2 AA: text, and the edge of a control


@dataclass(frozen=True)
class Mode:
    """What static/css/tokens.css makes of a hue: the accent's lightness in per cent, what is
    written on it, what it is written with, the grounds it stands on, and the ground it tints.
    """

    accent: int
    ink: int
    on_accent: Colour
    grounds: tuple[Colour, ...]
    tint: int = 96


LIGHT = Mode(54, 45, (0.99, 0.003, 0), ((0.986, 0.006, 85), (1, 0, 0)))
DARK = Mode(74, 84, (0.2, 0.03, 0), ((0.19, 0.012, 265), (0.235, 0.014, 265)), 29)
MODES = (LIGHT, DARK)


def linear_rgb(colour: Colour) -> tuple[float, ...]:
    lightness, chroma, hue = colour
    angle = math.radians(hue)
    lab = (lightness, chroma * math.cos(angle), chroma * math.sin(angle))
    lms = [sum(factor * part for factor, part in zip(row, lab, strict=True)) ** 3 for row in TO_LMS]
    return tuple(
        sum(factor * part for factor, part in zip(row, lms, strict=True)) for row in TO_RGB
    )


def in_gamut(colour: Colour, slack: float = 1e-4) -> bool:
    return all(-slack <= part <= 1 + slack for part in linear_rgb(colour))


def largest_chroma(lightness: float, hue: float, wanted: float) -> float:
    """The wanted chroma, or as much of it as a screen can show, in thousandths."""
    steps = range(round(wanted * 1000), -1, -1)
    return next(step / 1000 for step in steps if in_gamut((lightness, step / 1000, hue)))


def luminance(colour: Colour) -> float:
    return sum(
        weight * min(max(part, 0), 1)
        for weight, part in zip(LUMINANCE, linear_rgb(colour), strict=True)
    )


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def shown_hue(hue: int) -> int:
    """The hue whose class stands for this one."""
    return round(hue / HUE_STEP) * HUE_STEP % 360


def of_hue(lightness: int, hue: int) -> Colour:
    """The strongest colour of this hue and lightness (in per cent) that our style sheet uses."""
    wanted = WANTED_CHROMA[lightness]
    return lightness / 100, largest_chroma(lightness / 100, hue, wanted), hue


def hex_of(colour: Colour) -> str:
    parts = (min(max(part, 0.0), 1.0) for part in linear_rgb(colour))
    return "#" + "".join(f"{round(255 * _encoded(part)):02x}" for part in parts)


def of_hex(text: str) -> Colour:
    """Of #rrggbb."""
    rgb = [_decoded(int(text[place : place + 2], 16) / 255) for place in (1, 3, 5)]
    lms = [math.cbrt(sum(map(mul, row, rgb))) for row in FROM_RGB]
    lightness, a, b = (sum(map(mul, row, lms)) for row in FROM_LMS)
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _encoded(part: float) -> float:
    """As sRGB has it."""
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _decoded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def is_readable(hue: int, modes: Sequence[Mode] = ()) -> bool:
    """Whether the accent of this hue passes WCAG 2.2 AA wherever the pages use it."""
    return all(_passes(shown_hue(hue), mode) for mode in modes or MODES)


def readable_hue(hue: int, modes: Sequence[Mode] = ()) -> int:
    """This hue, or the nearest on the circle that can be read in every mode."""
    for distance in range(0, 181):
        for candidate in (hue + distance, hue - distance):
            if is_readable(candidate % 360, modes):
                return hue if distance == 0 else candidate % 360
    raise ValueError("no hue can be read with these lightnesses")


def _passes(hue: int, mode: Mode) -> bool:
    accent, ink = of_hue(mode.accent, hue), of_hue(mode.ink, hue)
    on_accent = (*mode.on_accent[:2], hue)
    return (
        contrast(on_accent, accent) >= READABLE
        and all(contrast(accent, ground) >= VISIBLE for ground in mode.grounds)
        and all(contrast(ink, ground) >= READABLE for ground in mode.grounds)
    )
