"""What stands beside an idea: after a vote, with a script and without."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.journeys.test_pages import barriers

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 720}


def voted(page, path):
    """By one press, whatever stood there before."""
    page.goto(path)
    button = page.locator(".ballot .vote").first
    if button.get_attribute("aria-pressed") == "true":
        button.click()
        page.wait_for_url("**#idea-*") if "#" in page.url else None
        expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    return button


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_whoever_has_voted_is_led_to_the_field_in_which_to_say_why(site, browse, size):
    page = sign_in(browse(viewport=size), "rita@example.org")
    page.goto(site.facts["both"])
    way = page.get_by_role("link", name="Say why in a comment")
    expect(way).to_be_hidden()
    voted(page, site.facts["both"])
    assert barriers(page) == []
    address = page.url
    way.click()
    field = page.get_by_label("What do you think?")
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport(ratio=1)
    assert page.url == address
    bar = page.locator(".ballot").bounding_box()
    if size is PHONE:
        box = field.bounding_box()
        assert box["y"] + box["height"] <= bar["y"], "the bar does not cover it"
    page.locator(".ballot .vote").first.click()
    expect(way).to_be_hidden()


def test_without_a_script_a_vote_is_said_to_be_in_beside_its_control(site, browse):
    page = sign_in(browse(java_script_enabled=False, viewport=DESK), "rita@example.org")
    page.goto(site.facts["both"])
    expect(page.get_by_text("Your vote is in.")).to_have_count(0)
    button = page.locator(".ballot .vote").first
    button.click()
    page.wait_for_url("**#voted-*")
    words = page.get_by_text("Your vote is in.")
    expect(words).to_be_visible()
    expect(words).to_be_in_viewport()
    page.get_by_role("link", name="Say why in a comment").click()
    expect(page.get_by_label("What do you think?")).to_be_focused()
    expect(words).to_be_hidden()
    button.click()
    page.wait_for_url("**#idea-*")
    expect(words).to_have_count(0)
