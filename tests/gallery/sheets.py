"""Contact sheets: one of each page with its twelve pictures, and one with the best of all."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageDraw

WIDTHS, SCHEMES, LANGUAGES = (1280, 768, 360), ("light", "dark"), ("en", "fr")
SCALE, LONGEST, GAP, LABEL = 0.36, 2000, 14, 18  # of a picture no more than so many pixels' height
PAPER, INK = "#8a8a8a", "#ffffff"
BEST = (
    "home", "challenge", "challenge-dense", "idea-pictures", "me", "desk-pane", "desk-insights",
    "submit",
)  # fmt: skip


def picture(folder: Path, name: str, width: int, scheme: str, language: str) -> Path:
    return folder / f"{name}-{width}-{scheme}-{language}.png"


def make_all(folder: Path, names: Iterable[str]) -> None:
    (folder / "sheets").mkdir(exist_ok=True)
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda name: make(folder, name), names))
    overview(folder)


def make(folder: Path, name: str) -> None:
    """Wide to narrow, light beside dark; the second language below the first."""
    rows = []
    for language in LANGUAGES:
        ways = [(width, scheme) for width in WIDTHS for scheme in SCHEMES]
        paths = [picture(folder, name, *way, language) for way in ways]
        rows.append([small(path) for path in paths if path.exists()])
    if any(rows):
        laid_out(rows, name).save(folder / "sheets" / f"{name}.png")


def small(path: Path, scale: float = SCALE, longest: int = LONGEST) -> Image.Image:
    with Image.open(path) as full:
        cut = full.convert("RGB").crop((0, 0, full.width, min(full.height, longest)))
    size = (round(cut.width * scale), max(1, round(cut.height * scale)))
    return cut.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def laid_out(rows: list[list[Image.Image]], title: str) -> Image.Image:
    width = max(sum(one.width + GAP for one in row) for row in rows) + GAP
    height = sum(max((one.height for one in row), default=0) + GAP for row in rows) + GAP + LABEL
    sheet = Image.new("RGB", (width, height), PAPER)
    ImageDraw.Draw(sheet).text((GAP, 4), title, INK)
    y = LABEL + GAP
    for row in filter(None, rows):
        x = GAP
        for one in row:
            sheet.paste(one, (x, y))
            x += one.width + GAP
        y += max(one.height for one in row) + GAP
    return sheet


def overview(folder: Path) -> None:
    """The first screens of the best, light above and dark below."""
    rows = []
    for names in (BEST[:4], BEST[4:]):
        for scheme in SCHEMES:
            wide = (picture(folder, name, 1280, scheme, "en") for name in names)
            rows.append([small(path, 0.34, 900) for path in wide if path.exists()])
    if any(rows):
        laid_out(rows, "").save(folder / "contact-sheet.png", optimize=True)
