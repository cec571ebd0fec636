"""A visitor's pointer rests on a link: its page comes ahead, and the press shows it at once."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser

WAY = "performance.getEntriesByType('navigation')[0].deliveryType"
COUNTED = re.compile(r'cocreate_http_requests_total\{method="GET",route="([^"]+)",[^}]*\} (\S+)')
ROOF, TITLE = "A roof that drinks the rain", "a.title:has-text('A roof that drinks')"
LIST = "/b/mio/c/street/?view=list"
LONG_ENOUGH = 800  # milliseconds; Chromium waits for 200 before it asks


def asked(page: Page, route: str) -> int:
    """How often anybody has asked the site for a page of this route."""
    found = COUNTED.findall(page.request.get("/metrics").text())
    return int(sum(float(number) for name, number in found if name == route))


def rest_on(page: Page, place: str) -> Locator:
    link = page.locator(place).first
    link.hover()
    page.wait_for_timeout(LONG_ENOUGH)
    return link


def test_a_page_under_the_pointer_is_asked_for_once_and_shown_at_the_press(site, browse):
    page = browse()
    page.goto(LIST, wait_until="networkidle")
    route = "i/<code:code>/<slug:slug>/"
    before = asked(page, route)
    link = rest_on(page, TITLE)
    assert asked(page, route) == before + 1
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ROOF)
    assert page.evaluate(WAY) == "navigational-prefetch"
    assert asked(page, route) == before + 1


def test_nothing_that_acts_and_no_page_that_counts_comes_ahead(site, browse):
    page = browse()
    page.goto(LIST, wait_until="networkidle")
    routes = ("i/<code:code>/vote/", "b/<slug:slug>/", "b/<slug:slug>/submit/")
    before = [asked(page, route) for route in routes]
    for place in ("a.vote", "main a[href='/b/mio/']", "main a[href^='/b/mio/submit/']"):
        rest_on(page, place)
    assert [asked(page, route) for route in routes] == before


def test_a_member_is_sent_the_page_as_it_is_at_the_press(site, browse):
    page = sign_in(browse(), "zoe@example.org")
    page.goto(LIST, wait_until="networkidle")
    rest_on(page, TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ROOF)
    assert page.evaluate(WAY) == ""
