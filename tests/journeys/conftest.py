"""A real browser at a real site. Whatever it complains about fails the test."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.factories import PASSWORD
from tests.journeys.beside import start, widget_of
from tests.site import QUIET, Site, chromium

# As more and more browsers are: a page of another site gets no cookie of ours, and gives none.
STRICT = "--test-third-party-cookie-phaseout"

HARBOUR = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from accounts.models import Brand
from ideas.domain.figures import stir
from ideas.models import Idea
from tests.factories import make_challenge, make_idea
made = make_challenge(Brand.objects.get(slug="mio"), slug="%s")
make_idea(made, title="Des lanternes créées par les habitants", language="fr", tags=["light"])
make_idea(made, title="A lantern at every corner", tags=["light", "street"])
make_idea(made, title="A bench under the trees", body="And a lantern above it.")
Idea.objects.filter(challenge=made, title__startswith="A lantern").update(status="planned")
stir(made.brand_id)
"""

# On a busy machine a page takes its time; what does not come at all fails a little later.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def site(tmp_path_factory: Any) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"), "tests.journeys.content")
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=False, args=[*QUIET, STRICT]
        )
        yield browser
        browser.close()


@pytest.fixture
def browse(site: Site, chrome: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a fresh browser window on the site."""
    site.forget_limits()
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def window(**options: Any) -> Page:
        options = {"locale": "en-US", "reduced_motion": "reduce"} | options
        context = chrome.new_context(base_url=site.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if is_bad(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda sent: note_foreign(sent.url, site.url, complaints))
        return page

    yield window
    for context in contexts:
        context.close()
    assert [one for one in complaints if "net::ERR_INTERNET_DISCONNECTED" not in one] == []


@pytest.fixture(scope="session")
def beside(site: Site) -> str:
    """The origin of the other site, which embeds the garden's ideas."""
    start(widget_of(site), site)
    return site.facts["host"]


@pytest.fixture
def visit(site: Site, beside: str, chrome: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a fresh browser window on the other site."""
    site.forget_limits()
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def window(**options: object) -> Page:
        options = {"locale": "en-US", "reduced_motion": "reduce"} | options
        context = chrome.new_context(base_url=beside, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if is_bad(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda sent: note_foreign(sent.url.replace(beside, site.url), site.url, complaints),
        )
        return page

    yield window
    for context in contexts:
        context.close()
    assert [one for one in complaints if "net::ERR_INTERNET_DISCONNECTED" not in one] == []


@pytest.fixture
def question(site, request):
    """A question of this test's own, with three ideas."""
    slug = re.sub("[^a-z0-9]+", "-", request.node.name.lower())[-40:].strip("-")
    site.python("-c", HARBOUR % slug)
    return f"/b/mio/c/{slug}/"


def is_bad(said: Any) -> bool:
    """An answer of 400 or more is what some journeys are about; the rest is a fault of ours."""
    return said.type in {"error", "warning"} and "the server responded with" not in said.text


def note_foreign(url: str, own: str, complaints: list[str]) -> None:
    if not url.startswith((own, "data:", "about:", "blob:")):
        complaints.append(f"asked somebody else: {url}")


def sign_in(page: Page, email: str) -> Page:
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.wait_for_url("**/")
    return page
