"""Pictures of every page, to be looked at: `./run test -m gallery` writes them to var/gallery.

Widths of a phone, a tablet and a desk, light and dark, in both languages, with content that is
long and ugly.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import sign_in
from tests.site import QUIET, Site, chromium
from tests.source import ROOT

pytestmark = pytest.mark.gallery

FOLDER = ROOT / "var" / "gallery"
WIDTHS = {360: 740, 768: 1024, 1280: 900}
VISITOR = {
    "home": "/", "brand": "/b/mio/", "challenge": "/b/mio/c/street/", "blind": "/b/mio/c/blind/",
    "french": "/b/bouilloire/c/matin/", "idea": "{roof}", "long": "{long}", "points": "{mark}",
    "person": "/u/camille-morel/", "join": "/accounts/signup/?next=/", "login": "/accounts/login/",
    "nowhere": "/nowhere/", "verein": "/b/verein/", "search": "/b/mio/c/street/?q=car&tag=street",
    "discover": "/b/mio/c/street/?sort=discover", "nothing-found": "/b/mio/c/street/?q=zeppelin",
    "rules": "/b/mio/c/street/rules/", "why": "{about}/why/", "history": "{changed}/history/",
    "pictures": "{changed}/", "frame": "/embed/v1/ideas/{code}/?key={widget}",
    "sign": "{sign}", "board": "/embed/v1/brands/mio/?key={widget}&challenge=street",
}  # fmt: skip
MEMBER = {
    "me": "/me/", "submit": "/b/mio/submit/?challenge=street", "desk": "/desk/mio/",
    "idea-of-member": "{roof}", "points-of-member": "{mark}", "account": "/accounts/email/",
    "profile": "/me/profile/", "tokens": "/me/tokens/", "places": "/me/places/",
    "notifications": "/me/notifications/", "deliveries": "/me/deliveries/",
    "long-of-member": "{long}", "comment": "{about}/comments/", "report": "{about}/report/",
    "follow": "{about}/follow/", "desk-idea": "{at_desk}", "desk-reports": "/desk/mio/reports/",
    "desk-people": "/desk/mio/people/", "desk-statuses": "/desk/mio/statuses/",
    "desk-alerts": "/desk/mio/alerts/", "drafts": "/me/drafts/", "sessions": "/me/sessions/",
    "data": "/me/data/", "edit": "{changed}/edit/",
    "history-of-team": "{changed}/history/", "statement": "/b/mio/c/few/votes/",
    "budget": "/b/mio/c/few/", "desk-challenges": "/desk/mio/challenges/", "desk-draft": "{draft}",
    "desk-challenge": "/desk/mio/challenges/street/", "desk-imports": "/desk/mio/imports/",
    "desk-import-draft": "{import-draft}", "desk-import-done": "{import-done}",
    "desk-keys": "/desk/mio/keys/", "desk-embeds": "/desk/mio/embed/",
    "desk-settings": "/desk/mio/settings/", "desk-team": "/desk/mio/team/",
    "desk-stop": "{stop}", "desk-hand-over": "/desk/mio/team/hand-over/",
    "authors": "{own}/authors/", "delete": "{own}/delete/", "preview": "/b/mio/submit/",
    "similar": "/b/mio/submit/?challenge=street&title=The+flat+roof+that+drinks+all",
    "desk-review": "/desk/mio/challenges/street/",
}  # fmt: skip


def look_at_it_first(page: Page) -> None:
    page.fill("[name=title]", "A roof with a title that is long enough for two lines of a phone")
    page.fill("[name=body]", "It **drinks** the rain.\n\n- for the glass\n- for the trees")
    page.click("[value=preview]")


def see_what_would_change(page: Page) -> None:
    page.fill("[name=half_life]", "60")
    page.fill("[name=licence]", "Other terms. " * 60)
    page.click("[name=review]:not(.visually-hidden)")


PRESSED = {"preview": look_at_it_first, "desk-review": see_what_would_change}


@pytest.fixture(scope="module")
def site(tmp_path_factory: Any) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("gallery"), "tests.gallery.content")
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, chromium_sandbox=False, args=QUIET)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_has_its_picture(site, chrome, width, scheme, language):
    FOLDER.mkdir(parents=True, exist_ok=True)
    size = {"width": width, "height": WIDTHS[width]}
    with chrome.new_context(
        base_url=site.url, viewport=size, color_scheme=scheme, locale=language,
        reduced_motion="reduce",
    ) as context:  # fmt: skip
        page = context.new_page()
        take(page, site, VISITOR, f"{width}-{scheme}-{language}")
        sign_in(page, "alice@example.org")
        page.goto(f"/language/?to={language}")
        take(page, site, MEMBER, f"{width}-{scheme}-{language}")


def test_the_picture_of_the_readme_is_made(site, chrome):
    with chrome.new_context(
        base_url=site.url, viewport={"width": 1280, "height": 965}, reduced_motion="reduce"
    ) as context:
        page = context.new_page()
        sign_in(page, "p0@example.org")
        assert page.goto("/b/mio/c/street/?sort=new").ok
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / "readme.png")


def take(page: Any, site: Site, pages: dict[str, str], suffix: str) -> None:
    for name, path in pages.items():
        answer = page.goto(path.format(**site.facts))
        assert answer.ok or (name, answer.status) == ("nowhere", 404), f"{path}: {answer.status}"
        if name in PRESSED:
            PRESSED[name](page)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=Path(FOLDER) / f"{name}-{suffix}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
