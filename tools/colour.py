"""OKLCH in numbers: what fits into sRGB, and how well one colour reads on another (WCAG 2.2)."""

import math

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
LUMINANCE = (0.2126, 0.7152, 0.0722)


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
