"""Makes the WebP files of cocreate/domain/demo/pictures/ from the SVG drawings beside them.

`python -m tools.draw_demo [name …]` with the Chromium of the journeys. Both are committed: the demo
loads without a browser, and without encoding anything.
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "cocreate/domain/demo/pictures"
WIDTHS = {256: (256,), 1200: (320, 800, 1200), 1600: (640, 1600)}  # by the width of the drawing
QUALITY = 72


def draw(page: Page, drawing: Path) -> None:
    page.goto(drawing.as_uri())
    box = page.locator("svg").first.bounding_box()
    assert box is not None  # noqa: S101 - each drawing says its size
    page.set_viewport_size({"width": int(box["width"]), "height": int(box["height"])})
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for width in WIDTHS[picture.width]:
        height = picture.height * width // picture.width
        small = picture.resize((width, height), Image.Resampling.LANCZOS)
        small.save(FOLDER / f"{drawing.stem}-{width}.webp", quality=QUALITY, method=6)


def main(names: list[str]) -> None:
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=shutil.which("chromium")).new_page()
        for drawing in sorted(FOLDER.glob("*.svg")):
            if not names or drawing.stem in names:
                draw(page, drawing)


if __name__ == "__main__":
    main(sys.argv[1:])
