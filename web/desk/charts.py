"""Where the marks of a chart stand, in units of its own view box; templates draw them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, BASE, ABOVE = 720, 176, 8  # of votes by day
GAP = 0.25  # of a bar's step
LEVELS = 4  # of warmth, beside none


@dataclass(frozen=True)
class Column:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Row:
    """A bar that lies; `width` in percent of the longest there could be."""

    width: float
    value: int


def columns(values: Sequence[int], top: int) -> list[Column]:
    step = WIDTH / max(len(values), 1)
    found = []
    for place, value in enumerate(values):
        height = round((BASE - ABOVE) * value / top, 2)
        found.append(
            Column(
                x=round(step * (place + GAP / 2), 2), y=round(BASE - height, 2),
                width=round(step * (1 - GAP), 2), height=height,
            )
        )  # fmt: skip
    return found


def lines(top: int) -> list[float]:
    """The upper edge and, where it is a whole number, the middle."""
    edge = float(ABOVE)
    return [edge, (BASE + edge) / 2] if top % 2 == 0 else [edge]


def round_top(most: int) -> int:
    """The next number of one digit and zeros that is no less: 4 for 4, 40 for 37, 200 for 113."""
    power = 10 ** (len(str(max(most, 1))) - 1)
    return -(-max(most, 1) // power) * power


def rows(values: Sequence[int]) -> list[Row]:
    most = max([*values, 1])
    return [Row(round(100 * value / most, 2), value) for value in values]


def warmth(value: int, most: int) -> int:
    """0 for nothing, else 1 to LEVELS."""
    return 0 if not value else min(LEVELS, 1 + (LEVELS * (value - 1)) // max(most, 1))
