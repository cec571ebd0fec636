"""Writes static/css/hues.css and static/img/sprite.svg, which are committed.

`python -m tools.make_look [lucide folder]`, the folder being `npm pack lucide-static@1.62.0`.

A hue is a class, because the content security policy forbids inline styles. Each class carries the
hue and, for each lightness that the tokens use, as much chroma as a screen can show there: yellow
holds less than red.
"""

import re
import sys
from pathlib import Path

from cocreate.lib.colour import HUE_STEP, WANTED_CHROMA, largest_chroma

STATIC = Path(__file__).resolve().parent.parent / "static"
STEP = HUE_STEP

ICONS = [
    "arrow-left", "arrow-right", "badge-check", "bell", "camera", "check", "chevron-up",
    "circle-alert", "circle-check", "clock", "copy", "corner-down-right", "crop", "eye", "eye-off",
    "flag", "image", "inbox", "info", "layout-grid", "layout-list", "lightbulb", "lock", "log-out",
    "message-circle", "pencil", "plus", "search", "send", "shuffle", "sliders-horizontal",
    "ticket", "trash-2", "user", "users", "x",
]  # fmt: skip


def hues() -> str:
    return "".join(hue_class(hue) for hue in range(0, 360, STEP))


def hue_class(hue: int) -> str:
    chroma = [
        f"--c{light}:{number(largest_chroma(light / 100, hue, wanted))}"
        for light, wanted in WANTED_CHROMA.items()
    ]
    chosen = f'.hue-picker:has([value="{hue}"]:checked)'  # shows a choice before it is saved
    return f".hue-{hue}, {chosen} {{ --hue:{hue}; {'; '.join(chroma)} }}\n"


def number(value: float) -> str:
    return f"{value:.3f}".strip("0") or "0"


def sprite(icons: Path) -> str:
    symbols = "".join(symbol(name, (icons / f"{name}.svg").read_text()) for name in ICONS)
    licence = "<!-- Lucide, ISC: LICENSE-lucide.txt -->"
    return f'<svg xmlns="http://www.w3.org/2000/svg">{licence}\n{symbols}</svg>\n'


def symbol(name: str, svg: str) -> str:
    shapes = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    assert shapes is not None  # noqa: S101 - a file of lucide is one svg element
    pen = 'fill="none" stroke="currentColor" stroke-width="2"'
    pen += ' stroke-linecap="round" stroke-linejoin="round"'
    return f'<symbol id="{name}" viewBox="0 0 24 24" {pen}>{" ".join(shapes[1].split())}</symbol>\n'


if __name__ == "__main__":
    (STATIC / "css/hues.css").write_text(
        f"/* Written by tools/make_look.py */\n@layer tokens {{\n{hues()}}}\n"
    )
    if len(sys.argv) > 1:
        (STATIC / "img/sprite.svg").write_text(sprite(Path(sys.argv[1]) / "icons"))
