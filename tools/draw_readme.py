"""Makes the pictures of the README in docs/img from a demo that it starts for itself.

`python -m tools.draw_readme [address accounts]` with the Chromium of the journeys; with an address
it asks a demo that runs there, whose accounts the file names. Both pictures are committed.
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from tools.lighthouse import ROOT, own_site, paths_of, sign_in

FOLDER = ROOT / "docs" / "img"
PORT = 8918
WIDE, HIGH = 1280, 900
SCALE, GAP, ROUND = 0.5, 24, 14
PAPER = "#d9d5ce"
QUESTION = "/b/mio/c/street/?sort=new"  # of the demo, in the middle of its road
QUALITY = 82
# Who looks at what, in which light: three beside each other, two below each other.
SHOWN = (
    ("member", "home", "light"), ("member", "idea", "dark"), ("manager", "desk", "light"),
    ("member", "lines", "dark"), ("member", "submit", "light"), ("manager", "figures", "dark"),
)  # fmt: skip


def main(running: list[str]) -> None:
    if running:
        draw(running[0], Path(running[1]))
    else:
        with own_site(PORT) as (url, accounts):
            draw(url, accounts)


def draw(url: str, accounts: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        pages = {who: window(browser, url, accounts, who) for who in ("member", "manager")}
        paths = more_paths(paths_of(pages["member"]))
        question = look(pages["member"], QUESTION, "light", 965)
        few = question.quantize(192, dither=Image.Dither.NONE)
        few.save(FOLDER / "challenge.png", optimize=True)
        shots = [look(pages[who], paths[name], scheme) for who, name, scheme in SHOWN]
        browser.close()
    together(shots).save(FOLDER / "pages.webp", quality=QUALITY, method=6)


def window(browser: Browser, url: str, accounts: Path, who: str) -> Page:
    context = browser.new_context(base_url=url, locale="en-US", reduced_motion="reduce")
    return sign_in(context, accounts, who)


def more_paths(paths: dict[str, str]) -> dict[str, str]:
    brand = paths["submit"].split("/")[2]
    return paths | {
        "lines": f"{paths['challenge']}?view=list",
        "desk": f"/desk/{brand}/",
        "figures": f"/desk/{brand}/insights/",
    }


def look(page: Page, path: str, scheme: str, high: int = HIGH) -> Image.Image:
    page.set_viewport_size({"width": WIDE, "height": high})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(path, wait_until="networkidle")
    if page.locator("#pane").count():
        page.locator("[data-row]").nth(1).click()
        page.wait_for_selector("#pane [data-head]")
        page.wait_for_load_state("networkidle")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def together(shots: list[Image.Image]) -> Image.Image:
    width, height = round(WIDE * SCALE), round(HIGH * SCALE)
    columns = len(shots) // 2
    size = (columns * (width + GAP) + GAP, 2 * (height + GAP) + GAP)
    sheet, corners = Image.new("RGB", size, PAPER), rounded(width, height)
    for n, shot in enumerate(shots):
        place = (GAP + n % columns * (width + GAP), GAP + n // columns * (height + GAP))
        sheet.paste(shot.resize((width, height), Image.Resampling.LANCZOS), place, corners)
    return sheet


def rounded(width: int, height: int) -> Image.Image:
    """Drawn large and made small, so that the corners are smooth."""
    mask = Image.new("L", (width * 4, height * 4), 0)
    box = (0, 0, width * 4 - 1, height * 4 - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, ROUND * 4, fill=255)
    return mask.resize((width, height), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main(sys.argv[1:])
