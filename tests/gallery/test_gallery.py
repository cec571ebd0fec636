"""Pictures of every page, to be looked at, and what a machine can find wrong with it.

`./run test -m gallery -n 0` writes them to var/gallery, with a contact sheet of each page in
var/gallery/sheets; `-k desk` and the like takes a part of it. Widths of a phone, a tablet and a
desk, light and dark, in both languages, with content that is long and ugly.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Route, sync_playwright

from cocreate.domain import demo_file
from tests.gallery import sheets
from tests.gallery.others import DEMO
from tests.gallery.pages import GALLERY, PRINTED, VISITOR, Shot
from tests.gallery.sheets import LANGUAGES, SCHEMES, WIDTHS
from tests.journeys.conftest import sign_in
from tests.journeys.test_pages import AXE
from tests.site import QUIET, Site, chromium
from tests.source import ROOT

pytestmark = pytest.mark.gallery

FOLDER = ROOT / "var" / "gallery"
HEIGHTS = {1280: 900, 768: 1024, 360: 740}
LONGEST = 8000  # pixels of a page
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SETTLE = """async () => {
  for (const image of document.images) image.loading = "eager";
  const waiting = [...document.images].filter((image) => image.getAttribute("src"));
  const drawn = waiting.map((image) => image.decode().catch(() => {}));
  await Promise.all([document.fonts.ready, ...drawn]);
}"""
A_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
FIND = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then(
  (found) => found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id} ${node.target}: ${node.failureSummary.split("\\n")[1]}`)))"""


class Windows:
    """One for each person and language, which keeps its files and its session."""

    def __init__(self, browser: Browser, site: Site, printed: dict[str, dict[str, str]]) -> None:
        self.browser, self.site, self.printed = browser, site, printed
        self.open: dict[tuple[str, str], Page] = {}

    def of(self, who: str, language: str) -> Page:
        if (who, language) not in self.open:
            self.open[who, language] = self.new(who, language)
        return self.open[who, language]

    def new(self, who: str, language: str) -> Page:
        context = self.browser.new_context(
            base_url=self.site.url, locale=language, reduced_motion="reduce"
        )
        texts = self.printed[language]

        def fulfil(route: Route) -> None:
            name = route.request.url.partition(PRINTED)[2]
            route.fulfill(body=texts[name], content_type="text/html; charset=utf-8")

        context.route(f"**{PRINTED}*", fulfil)
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        if who != VISITOR:
            sign_in(page, who)
        return page


@pytest.fixture(scope="module")
def windows(tmp_path_factory: Any) -> Iterator[Windows]:
    """At a site where nobody has made anything yet."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium")
    FOLDER.mkdir(parents=True, exist_ok=True)
    site = Site(tmp_path_factory.mktemp("gallery"), "tests.gallery.printed")
    try:
        site.start()
        with sync_playwright() as playwright:
            yield Windows(
                playwright.chromium.launch(
                    executable_path=path, chromium_sandbox=False, args=QUIET
                ),
                site,
                dict(site.facts),  # type: ignore[arg-type]
            )
    finally:
        site.stop()


@pytest.fixture(scope="module")
def filled(windows: Windows) -> Windows:
    windows.site.facts = json.loads(windows.site.python("-m", "tests.gallery.content"))
    return windows


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_site_where_nobody_has_made_anything_is_looked_at(windows, language):
    look_at("before", windows, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("group", [name for name in GALLERY if name != "before"])
def test_every_page_is_looked_at(filled, group, language):
    filled.site.forget_limits()
    if group == "first-run":
        with demo_of(filled.site):
            look_at(group, filled, language)
    else:
        look_at(group, filled, language)


def test_the_sheets_are_made():
    sheets.make_all(FOLDER, [shot.name for _who, shots in GALLERY.values() for shot in shots])
    assert (FOLDER / "contact-sheet.png").exists()


@contextmanager
def demo_of(site: Site) -> Iterator[None]:
    path = site.state / demo_file.NAME
    demo_file.write(path, DEMO, None)
    yield
    path.unlink()


def look_at(group: str, windows: Windows, language: str) -> None:
    who, shots = GALLERY[group]
    page = windows.of(who, language)
    if who != VISITOR:
        page.goto(f"/language/?to={language}")
    wrong = [each for shot in shots for each in looked_at(page, shot, windows, language)]
    assert wrong == []


def looked_at(page: Page, shot: Shot, windows: Windows, language: str) -> Iterator[str]:
    """Takes its pictures; what is wrong with it."""
    try:
        for each in pictures_of(page, shot, windows.site.facts, language):
            yield f"{shot.name}: {each}"
    except Error as error:
        yield f"{shot.name}: {error.message.splitlines()[0]}"
        page.context.set_offline(False)


def pictures_of(page: Page, shot: Shot, facts: dict[str, str], language: str) -> Iterator[str]:
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHTS[WIDTHS[0]]})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    answer = page.goto(shot.path.format(**facts))
    if answer is None or answer.status != shot.status:
        yield f"status {answer and answer.status}"
    if shot.act:
        shot.act(page)
    page.evaluate(SETTLE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(A_FRAME)
            take(page, shot.name, width, scheme, language)
            if is_checked(width, scheme, language):
                yield from (f"{width} {scheme} {each}" for each in barriers(page))
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            yield f"wider than {width}"


def is_checked(width: int, scheme: str, language: str) -> bool:
    """Colours are the same in both languages, what things are called is not."""
    return width != 768 if language == "en" else (width, scheme) == (360, "light")


def barriers(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return list(page.evaluate(FIND, WCAG))


def take(page: Page, name: str, width: int, scheme: str, language: str) -> None:
    """The whole page; of a dialog what is on the screen."""
    options: dict[str, Any] = {"format": "png", "optimizeForSpeed": True}
    if not page.evaluate("!!document.querySelector('dialog[open]')"):
        height = min(LONGEST, page.evaluate("document.documentElement.scrollHeight"))
        if page.evaluate("!!document.querySelector('.ballot')"):  # which stands on the lower edge
            page.set_viewport_size({"width": width, "height": height})
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        options |= {"captureBeyondViewport": True, "clip": clip}
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", options)["data"]
    session.detach()
    sheets.picture(FOLDER, name, width, scheme, language).write_bytes(base64.b64decode(shot))
