"""The other site, which embeds the garden's ideas, and what one does on its page."""

import threading

from playwright.sync_api import Page

from cocreate.domain.demo_file import Widget
from cocreate.embedded import host
from tests.site import Site

SUPPORT, AGAINST = "[part~=up]", "[part~=against]"
CHANGE = "([name, field, to]) => document.querySelector(name).setAttribute(field, to)"


def start(widget: Widget, site: Site) -> None:
    server = host.server(widget, site.url)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def widget_of(site: Site, **over: str) -> Widget:
    facts = site.facts
    known = {
        "origin": facts["host"], "brand": "garden", "challenge": "places",
        "idea": facts["embed_tea"], "key": facts["widget_key"], "secret": facts["widget_secret"],
    }  # fmt: skip
    return Widget(**(known | over))


def show(page: Page, code: str) -> Page:
    """The vote on this idea instead of the one that the page has."""
    page.evaluate(
        "code => document.querySelector('cocreate-vote').setAttribute('idea', code)", code
    )
    return page


def read_as(page: Page, reader: str = "", path: str = "/") -> Page:
    """Somebody who is signed in there, or nobody."""
    page.goto(path)
    if reader:
        page.select_option("[name=reader]", reader)
        page.click(".who button")
        page.wait_for_selector(".who b")
    return page


def vote(page: Page):
    return page.locator("cocreate-vote")


def board(page: Page):
    return page.locator("cocreate-board")
