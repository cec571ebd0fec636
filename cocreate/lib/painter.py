"""The child process of cards: words and a picture in, one PNG of 1200 x 630 out, for those who show
a link by a picture.

The picture was made by decoder.py, so by whatever a made-up file may have turned that into: like
there it is opened here, without Django, database, secrets or environment, with little memory and
time. Started as a plain file, `python -I -S painter.py <packages> <fonts>`; it reads one line of
JSON (a Sheet) and behind it the picture, if there is one.
"""

import io
import json
import resource
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN, PICTURE_WIDTH = 68, 472
MEMORY_BYTES, CPU_SECONDS = 512 * 2**20, 5
SIZES = (76, 66, 58, 50, 44)  # of the title, in pixels
TITLE_TOP, TITLE_HEIGHT, LEADING = 142, 330, 1.16
COLOURS = 256  # a palette halves the file, and a photograph still looks like one

SERIF = ("fraunces-latin-wght-normal.woff2", "fraunces-latin-ext-wght-normal.woff2")
SANS = ("figtree-latin-wght-normal.woff2", "figtree-latin-ext-wght-normal.woff2")
# For letters that ours have not, as far as the machine has them.
OTHERS = (
    "/usr/share/fonts/truetype/noto/NotoSans-SemiBold.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
)
# Scripts that are set letter after letter: nothing joins, nothing turns round.
PLAIN_SCRIPTS = ("GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "CJK", "HIRAGANA", "KATAKANA",
                 "HANGUL", "LATIN")  # fmt: skip
NOBODYS = "\U0010ffff"  # no font has this

Fonts = Callable[[int], "list[ImageFont.FreeTypeFont]"]


@dataclass(frozen=True)
class Sheet:
    """What a card says, and its colours as #rrggbb. `support` may be empty."""

    title: str
    brand: str
    support: str
    paper: str
    ink: str
    accent: str
    on_accent: str
    accent_ink: str
    tints: tuple[str, str, str]


def limit_itself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def fonts_of(folder: Path, names: tuple[str, ...], weight: int) -> Fonts:
    @cache
    def of_size(size: int) -> "list[ImageFont.FreeTypeFont]":
        from PIL import ImageFont  # noqa: PLC0415 - found only once main() has run

        own = [ImageFont.truetype(str(folder / name), size) for name in names]
        for font in own:
            font.set_variation_by_axes([weight])
        others = [ImageFont.truetype(path, size) for path in OTHERS if Path(path).is_file()]
        return own + others

    return of_size


@cache
def plain(path: str) -> "ImageFont.FreeTypeFont":
    """Sign by sign: the usual layout puts together what a font lacks, an accent beside its z."""
    from PIL import ImageFont  # noqa: PLC0415 - as above

    return ImageFont.truetype(path, 24, layout_engine=ImageFont.Layout.BASIC)


@cache
def has(path: str, sign: str) -> bool:
    """Whether it draws something else than the box that stands for what it has not."""
    if sign.isspace():
        return True
    drawn, box = plain(path).getmask(sign), plain(path).getmask(NOBODYS)
    return (drawn.size, bytes(drawn)) != (box.size, bytes(box))


def drawable(text: str, fonts: Fonts) -> str:
    """Without what is no letter and what no font has (emoji); empty where a letter would miss."""
    kept = []
    for sign in unicodedata.normalize("NFC", text):
        known = any(has(str(font.path), sign) for font in fonts(SIZES[-1]))
        if unicodedata.category(sign)[0] in "LMN":
            if not known or not unicodedata.name(sign, "").startswith((*PLAIN_SCRIPTS, "DIGIT")):
                return ""
            kept.append(sign)
        elif known and unicodedata.category(sign) not in {"Cf", "So", "Sk"}:
            kept.append(sign)
    return " ".join("".join(kept).split())


def runs(text: str, fonts: "list[ImageFont.FreeTypeFont]") -> "Iterator[tuple[int, str]]":
    """Parts of the text, each with the number of the font that has all of it."""

    def first(sign: str) -> int:
        return next((n for n, font in enumerate(fonts) if has(str(font.path), sign)), 0)

    for n, signs in groupby(text, first):
        yield n, "".join(signs)


def length(text: str, fonts: "list[ImageFont.FreeTypeFont]") -> float:
    return sum(fonts[n].getlength(part) for n, part in runs(text, fonts))


def write(
    draw: "ImageDraw.ImageDraw", at: tuple[float, float], text: str,
    fonts: "list[ImageFont.FreeTypeFont]", colour: str,
) -> None:  # fmt: skip
    """`at`: where its baseline begins."""
    x, y = at
    for n, part in runs(text, fonts):
        draw.text((x, y), part, font=fonts[n], fill=colour, anchor="ls")
        x += fonts[n].getlength(part)


def cut(text: str, width: float, fonts: "list[ImageFont.FreeTypeFont]", end: str = "…") -> str:
    """As much of its beginning as fits, with the end behind it where something is missing."""
    if length(text, fonts) <= width:
        return text
    few, many = 0, len(text)
    while few < many:
        middle = (few + many + 1) // 2
        if length(text[:middle].rstrip() + end, fonts) <= width:
            few = middle
        else:
            many = middle - 1
    return text[: max(few, 1)].rstrip(" ,.;:") + end


def lines_of(text: str, width: float, fonts: "list[ImageFont.FreeTypeFont]") -> list[str]:
    """Broken at spaces, and within a word that is wider than a line."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if length(longer, fonts) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        rest = word
        while length(rest, fonts) > width:
            part = cut(rest, width, fonts, end="")
            lines[-1:] = [part, ""]
            rest = rest[len(part) :]
        lines[-1] = rest
    return lines


def set_title(text: str, width: float, fonts: Fonts) -> tuple[int, list[str]]:
    """The largest size in which it stands whole, else the smallest, cut."""
    for size in SIZES:
        lines = lines_of(text, width, fonts(size))
        most = int(TITLE_HEIGHT // (size * LEADING))
        if len(lines) <= most:
            return size, lines
    rest = " ".join(lines[most - 1 :])
    return size, [*lines[: most - 1], cut(rest, width, fonts(size))]


def shapes(canvas: "Image.Image", tints: tuple[str, str, str]) -> None:
    """Where there is no picture: three circles of the brand's hue, drawn large for soft edges."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - as above

    scale, left = 2, WIDTH - PICTURE_WIDTH
    big = Image.new("RGB", (PICTURE_WIDTH * scale, HEIGHT * scale), tints[0])
    draw = ImageDraw.Draw(big)
    for x, y, radius, colour in ((430, 150, 250, tints[1]), (120, 560, 230, tints[2])):
        draw.circle((x * scale, y * scale), radius * scale, fill=colour)
    draw.circle((286 * scale, 372 * scale), 84 * scale, fill=tints[0])
    canvas.paste(big.resize((PICTURE_WIDTH, HEIGHT), Image.Resampling.LANCZOS), (left, 0))


def put_picture(canvas: "Image.Image", content: bytes) -> None:
    from PIL import Image, ImageOps  # noqa: PLC0415 - as above

    picture = Image.open(io.BytesIO(content), formats=["WEBP"])
    picture.load()
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A") if "A" in picture.mode else None)
    box = (PICTURE_WIDTH, HEIGHT)
    canvas.paste(ImageOps.fit(white, box, Image.Resampling.LANCZOS), (WIDTH - PICTURE_WIDTH, 0))


def put_support(canvas: "Image.Image", sheet: Sheet, fonts: Fonts) -> None:
    """As the control that the page has."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - as above

    scale, high = 3, 68
    wide, top = round(84 + length(sheet.support, fonts(32)) + 34), HEIGHT - MARGIN - high
    pill = Image.new("RGB", (wide * scale, high * scale), sheet.paper)
    draw = ImageDraw.Draw(pill)
    draw.rounded_rectangle((0, 0, wide * scale - 1, high * scale - 1), high * scale // 2,
                           fill=sheet.accent)  # fmt: skip
    tip = [(x * scale, y * scale) for x, y in ((34, 41), (47, 28), (60, 41))]
    draw.line(tip, fill=sheet.on_accent, width=6 * scale, joint="curve")
    canvas.paste(pill.resize((wide, high), Image.Resampling.LANCZOS), (MARGIN, top))
    own = ImageDraw.Draw(canvas)
    write(own, (MARGIN + 80, top + 45), sheet.support, fonts(32), sheet.on_accent)


def painted(sheet: Sheet, picture: bytes, folder: Path) -> "Image.Image":
    from PIL import Image, ImageDraw  # noqa: PLC0415 - as above

    canvas = Image.new("RGB", (WIDTH, HEIGHT), sheet.paper)
    (put_picture(canvas, picture) if picture else shapes(canvas, sheet.tints))
    draw = ImageDraw.Draw(canvas)
    serif, sans = fonts_of(folder, SERIF, 560), fonts_of(folder, SANS, 650)
    width = WIDTH - PICTURE_WIDTH - MARGIN - 48
    draw.rectangle((0, 0, 14, HEIGHT), fill=sheet.accent)
    brand, title = drawable(sheet.brand, sans), drawable(sheet.title, serif)
    if title:
        write(draw, (MARGIN, 98), cut(brand, width, sans(32)), sans(32), sheet.accent_ink)
    size, lines = set_title(title or drawable(sheet.brand, serif), width, serif)
    for n, line in enumerate(lines):
        baseline = TITLE_TOP + size + round(n * size * LEADING)
        write(draw, (MARGIN, baseline), line, serif(size), sheet.ink)
    if sheet.support:
        put_support(canvas, sheet, sans)
    return canvas


def main() -> int:
    limit_itself()
    sys.path.append(sys.argv[1])
    head, _, picture = sys.stdin.buffer.read().partition(b"\n")
    said = json.loads(head)
    sheet = Sheet(**said | {"tints": tuple(said["tints"])})
    image = painted(sheet, picture, Path(sys.argv[2]))
    out = io.BytesIO()
    image.quantize(COLOURS).save(out, "PNG", optimize=False)
    sys.stdout.buffer.write(out.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
