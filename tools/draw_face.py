"""Makes the small pictures of the product's face in static/img/ from favicon.svg: icons for tabs
and telephones, and the card of a link to the site.

`python -m tools.draw_face` with the Chromium of the journeys. All of them are committed.
"""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

STATIC = Path(__file__).resolve().parent.parent / "static"
PAPER, INK, SOFT = "#fcfaf7", "#171b27", "#53586a"
# Side in pixels, and how much of it the mark takes: a mask may cut off a fifth all around.
ICONS = {
    "favicon-32.png": (32, 1.0, "transparent"),
    "touch.png": (180, 0.74, PAPER),
    "icon-192.png": (192, 0.74, PAPER),
    "icon-512.png": (512, 0.74, PAPER),
    "icon-mask.png": (512, 0.56, PAPER),
}
CARD = (1200, 630)
LINES = ("Have a say in", "what comes next")


def main() -> None:
    mark = (STATIC / "img/favicon.svg").read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(color_scheme="light")
        for name, (side, share, paper) in ICONS.items():
            draw(page, icon(mark, side, share, paper), (side, side), name)
        draw(page, card(mark), CARD, "card.png")
        browser.close()


def draw(page: Page, html: str, size: tuple[int, int], name: str) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    source = STATIC / "drawn.html"  # a file, so that it may read the fonts beside it
    source.write_text(html)
    try:
        page.goto(source.as_uri())
        page.evaluate("document.fonts.ready")
        shot = page.screenshot(omit_background=True)
    finally:
        source.unlink()
    picture = Image.open(io.BytesIO(shot))
    if picture.mode == "RGB":  # nothing shines through
        picture = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    picture.save(STATIC / "img" / name, optimize=True)


def icon(mark: str, side: int, share: float, paper: str) -> str:
    width = round(side * share)
    return (
        f"<style>body{{margin:0;background:{paper};display:grid;place-items:center;"
        f"height:{side}px}}svg{{width:{width}px;height:{width}px}}</style>{mark}"
    )


def card(mark: str) -> str:
    """The mark grown beyond the edge, the sentence of the front page beside it."""
    faces = "".join(
        f"@font-face{{font-family:{family};src:url(fonts/{file}-latin-wght-normal.woff2);"
        "font-weight:100 900}"
        for family, file in (("Fraunces", "fraunces"), ("Figtree", "figtree"))
    )
    return (
        f"<style>{faces}body{{margin:0;width:1200px;height:630px;background:{PAPER};color:{INK};"
        "overflow:hidden;position:relative}"
        "svg{position:absolute;width:650px;height:650px;right:-236px;top:-10px}"
        "h1{position:absolute;left:80px;top:186px;margin:0;font:560 78px/1.12 Fraunces;"
        "letter-spacing:-.014em}"
        f"p{{position:absolute;left:84px;top:402px;margin:0;width:500px;color:{SOFT};"
        "font:450 29px/1.45 Figtree}</style>"
        f"{mark}<h1>{'<br>'.join(LINES)}</h1>"
        "<p>Brands ask, people answer, and every decision is published.</p>"
    )


if __name__ == "__main__":
    main()
