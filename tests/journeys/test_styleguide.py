"""The page of components in a browser: no barrier, nothing sent, nothing cut off."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.journeys.screen import too_wide
from tests.journeys.test_pages import barriers

pytestmark = pytest.mark.browser
OPERATOR = "opal@example.org"
# Two of them stand on one page here, which no page of the site has.
TWICE = {"landmark-unique"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_it_in_any_colour(site, browse, scheme):
    page = sign_in(browse(color_scheme=scheme), OPERATOR)
    for look in ("", "100", "200", "%23ffd500", "%23000000", "%23777777"):
        page.goto(f"/styleguide/?look={look}")
        found = [one for one in barriers(page) if one[0] not in TWICE]
        assert found == [], f"{look} {scheme}"


def test_nothing_of_it_is_sent_and_its_dialogs_open(site, browse):
    page = sign_in(browse(viewport={"width": 320, "height": 740}), OPERATOR)
    page.goto("/styleguide/")
    sent = []
    page.on("request", lambda request: sent.append(request.url))  # a browser's own sign aside
    page.locator("[data-guide] button.vote").first.click()
    page.locator("[data-guide] a.title").first.click()
    sent = [url for url in sent if "favicon" not in url]
    assert (sent, page.url.endswith("/styleguide/")) == ([], True)
    page.get_by_role("button", name="Open a dialog").click()
    expect(page.get_by_role("dialog", name="Keys of the desk")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert too_wide(page) == []
