"""The vote under a finger, a keyboard and a bad network."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 360, "height": 740}}


def test_a_press_needs_no_reload_and_keeps_its_place(site, browse):
    page = sign_in(browse(), "charlie@example.org")
    page.goto("/b/mio/c/street/")
    page.evaluate("window.still = true")
    card = page.locator(".card", has_text="A horn that says thank you")
    left = page.locator("[data-swap=budget-street]").inner_text()
    card.locator("button.vote").click()
    expect(card.locator("button.vote")).to_have_attribute("aria-pressed", "true")
    expect(card.locator("button.vote")).to_be_focused()
    expect(page.locator("#said")).to_have_text("Your vote is in.")
    expect(page.locator("[data-swap=budget-street]")).not_to_have_text(left)
    card.locator("button.vote").click()
    expect(card.locator("button.vote")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("window.still")


def test_a_keyboard_is_enough(site, browse):
    page = sign_in(browse(), "rita@example.org")
    page.goto(site.facts["horn"])
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    for _n in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.vote')"):
            break
    page.keyboard.press("Space")
    expect(page.locator("button.vote")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(page.locator("button.vote")).to_have_attribute("aria-pressed", "false")


def test_points_are_given_changed_and_taken_back(site, browse):
    page = sign_in(browse(), "rita@example.org")
    page.goto(site.facts["desk"])
    for press, pressed in ((4, ["4"]), (2, ["2"]), (2, [])):
        page.locator(f"button.vote:has-text('{press}')").click()
        expect(page.locator("#said")).not_to_be_empty()
        expect(page.locator("button.vote[aria-pressed=true]")).to_have_count(len(pressed))
        for mark in pressed:
            expect(page.locator("button.vote[aria-pressed=true]")).to_contain_text(mark)


def test_who_was_signed_out_meanwhile_is_asked_to_sign_in(site, browse):
    page = sign_in(browse(), "rita@example.org")
    page.goto(site.facts["both"])
    page.context.clear_cookies(name="cocreate_session")
    page.locator("button.vote").first.click()
    page.wait_for_url("**/accounts/signup/**")
    expect(page.locator(".wish")).to_contain_text("More shade")


def test_on_a_phone_the_vote_is_under_the_thumb(site, browse):
    page = browse(**PHONE, has_touch=True, is_mobile=True)
    for scroll in (0, 400):
        page.goto(site.facts["horn"])
        page.evaluate(f"scrollTo(0, {scroll})")
        box = page.locator("a.vote").bounding_box()
        assert box["y"] > 740 * 0.8
        assert box["y"] + box["height"] <= 740
        assert box["height"] >= 44


def test_the_end_of_the_page_is_not_under_the_bar(site, browse):
    page = browse(**PHONE)
    page.goto(site.facts["horn"])
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    footer, bar = page.locator(".bottom").bounding_box(), page.locator(".ballot").bounding_box()
    assert footer["y"] + footer["height"] <= bar["y"] + 1


@pytest.mark.parametrize("scripts", [True, False])
def test_the_team_hears_of_what_rises(site, browse, scripts):
    """A vote is folded, the brand's top watched, and a notice written, each by its own process."""
    voter = sign_in(browse(), "rita@example.org")
    voter.goto(site.facts["both"])
    voter.locator("button.vote:not(.against)").click()
    page = sign_in(browse(java_script_enabled=scripts), "alice@example.org")
    news = page.locator(".lines .unread", has_text="rose to place")
    for _n in range(30):
        page.goto("/me/")
        if news.count():
            break
        page.wait_for_timeout(1000)
    expect(news.first).to_contain_text("Mio Motors")
