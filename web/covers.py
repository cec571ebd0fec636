"""Drawings for ideas without a picture: path data for three inks, `a` (pale) to `c` (strong)."""

from random import Random

WIDTH, HEIGHT, CELL = 320, 128, 64
INKS = "aabbc"

Shapes = dict[str, str]


def tiles(chance: Random) -> Shapes:
    """Quarters, halves and circles on a grid."""
    shapes = dict.fromkeys("abc", "")
    for x in range(0, WIDTH, CELL):
        for y in range(0, HEIGHT, CELL):
            if chance.random() < 0.82:
                shapes[chance.choice(INKS)] += tile(chance, x, y)
    return shapes


def tile(chance: Random, x: int, y: int) -> str:
    right, below, half = x + CELL, y + CELL, CELL // 2
    return chance.choice(
        [
            f"M{x} {y}h{CELL}a{CELL} {CELL} 0 0 1-{CELL} {CELL}z",
            f"M{right} {y}v{CELL}a{CELL} {CELL} 0 0 1-{CELL}-{CELL}z",
            f"M{right} {below}h-{CELL}a{CELL} {CELL} 0 0 1 {CELL}-{CELL}z",
            f"M{x} {below}v-{CELL}a{CELL} {CELL} 0 0 1 {CELL} {CELL}z",
            f"M{x} {y + half}a{half} {half} 0 0 1 {CELL} 0z",
            f"M{x} {y}a{half} {half} 0 0 0 {CELL} 0z",
            circle(x + half, y + half, half),
            f"M{x} {y}h{half}v{CELL}h-{half}z",
        ]
    )


def hills(chance: Random) -> Shapes:
    """Three waves and a sun."""
    shapes = {
        "c": circle(chance.randrange(50, 270), chance.randrange(30, 56), chance.randrange(16, 28))
    }
    for ink, base in (("a", 58), ("b", 88)):
        level, swing = base + chance.randrange(-10, 10), chance.randrange(14, 30)
        turn = chance.randrange(60, 140)
        shapes[ink] = (
            f"M0 {level}C{turn} {level - swing} {turn + 60} {level + swing}"
            f" {WIDTH} {level - swing // 2}V{HEIGHT}H0z"
        )
    return shapes


def orbits(chance: Random) -> Shapes:
    """Rings around a corner, and what circles there."""
    x, y = chance.choice(
        [(40, HEIGHT), (WIDTH - 40, HEIGHT), (WIDTH // 2, HEIGHT + 24), (70, 0), (WIDTH - 70, 0)]
    )
    first, step = chance.randrange(26, 40), chance.randrange(26, 36)
    rings = [ring(x, y, first + step * n, 11) for n in range(1, 6)]
    return {
        "a": "".join(rings[1::2]),
        "b": "".join(rings[::2]),
        "c": circle(x, y, first)
        + circle(chance.randrange(40, 280), chance.randrange(20, 108), chance.randrange(7, 13)),
    }


def bands(chance: Random) -> Shapes:
    """Slanted bars, as tall as a skyline."""
    shapes = dict.fromkeys("abc", "")
    x, lean = -50, chance.choice([-40, 40])
    while x < WIDTH + 50:
        width = chance.choice([14, 20, 28, 44])
        top = chance.randrange(0, 90)
        shapes[chance.choice(INKS)] += (
            f"M{x} {HEIGHT}L{x + lean} {top}h{width}L{x + width} {HEIGHT}z"
        )
        x += width + chance.choice([0, 0, 8])
    return shapes


def circle(x: int, y: int, radius: int) -> str:
    half = f"a{radius} {radius} 0 1 1"
    return f"M{x - radius} {y}{half} {radius * 2} 0{half}-{radius * 2} 0z"


def ring(x: int, y: int, radius: int, width: int) -> str:
    inner = radius - width
    back = (
        f"M{x - inner} {y}a{inner} {inner} 0 1 0 {inner * 2} 0a{inner} {inner} 0 1 0-{inner * 2} 0z"
    )
    return circle(x, y, radius) + back


DRAWINGS = [tiles, tiles, hills, orbits, bands]
