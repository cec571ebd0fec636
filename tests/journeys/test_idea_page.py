"""The page of one idea: its pictures, its address passed on, the list that one came from."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.journeys.test_pages import barriers

pytestmark = pytest.mark.browser


def test_pictures_open_large_and_a_keyboard_walks_through_them(site, browse):
    page = browse()
    page.goto(site.facts["both"])
    second = page.locator(".gallery a").nth(1)
    second.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Pictures")
    expect(dialog.get_by_role("img")).to_have_attribute("alt", "Shade 2")
    expect(dialog).to_contain_text("2 / 3")
    assert barriers(page) == []
    for key, alt in (("ArrowRight", 3), ("ArrowRight", 1), ("ArrowLeft", 3), ("Home", 1)):
        page.keyboard.press(key)
        expect(dialog.get_by_role("img")).to_have_attribute("alt", f"Shade {alt}")
    dialog.get_by_role("button", name="Next picture").click()
    expect(dialog.get_by_role("img")).to_have_attribute("alt", "Shade 2")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(second).to_be_focused()


def test_the_address_is_copied_and_the_card_shown(site, browse):
    page = browse(permissions=["clipboard-read", "clipboard-write"])
    asked = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(site.facts["both"])
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/card-" in url]  # painted for who wants to see it
    page.locator("summary", has_text="Share").click()
    expect(page.get_by_label("Link to this idea")).to_have_value(site.url + site.facts["both"])
    expect(page.locator(".share-card")).to_have_js_property("naturalWidth", 1200)
    copy = page.get_by_role("button", name="Copy the link")
    expect(copy.locator("use")).to_have_attribute("href", re.compile("#copy$"))
    copy.click()
    expect(page.locator("#said")).to_have_text("The link is copied.")
    expect(copy.locator("use")).to_have_attribute("href", re.compile("#check$"))
    assert page.evaluate("navigator.clipboard.readText()") == site.url + site.facts["both"]
    assert barriers(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_label("Link to this idea")).to_be_hidden()
    expect(page.locator("summary", has_text="Share")).to_be_focused()


def test_the_devices_own_sheet_is_offered_where_there_is_one(site, browse):
    page = browse()
    page.add_init_script(
        "navigator.canShare = () => true;"
        "navigator.share = async (what) => { window.shared = what; };"
    )
    page.goto(site.facts["horn"])
    page.locator("summary", has_text="Share").click()
    page.get_by_role("button", name="More ways").click()
    shared = page.evaluate("window.shared")
    assert shared == {"title": "A horn that says thank you", "url": site.url + site.facts["horn"]}


def test_without_a_script_the_address_is_there_to_be_copied_by_hand(site, browse):
    page = browse(java_script_enabled=False)
    page.goto(site.facts["horn"])
    page.locator("summary", has_text="Share").click()
    expect(page.get_by_label("Link to this idea")).to_be_visible()
    expect(page.get_by_role("button", name="Copy the link")).to_be_hidden()


def test_an_idea_knows_its_place_in_the_list_that_one_came_from(site, browse):
    page = browse()
    page.goto("/b/mio/c/street/?sort=new")
    titles = page.locator("[data-ideas] a.title").all_inner_texts()
    page.locator("[data-ideas] a.title").first.click()
    trail = page.get_by_role("navigation", name="In the list")
    expect(trail).to_contain_text(f"1 / {len(titles)}")
    expect(trail.get_by_role("link")).to_have_count(2)  # nothing is before the first
    trail.get_by_role("link", name=f"After it: {titles[1]}").click()
    expect(page.locator("h1")).to_have_text(titles[1])
    expect(trail.get_by_role("link", name=f"Before it: {titles[0]}")).to_be_visible()
    trail.get_by_role("link", name="Back to the list:").click()
    page.wait_for_url("**/b/mio/c/street/?sort=new#idea-*")


def test_whoever_signs_out_leaves_no_titles_in_the_browser(site, browse):
    page = sign_in(browse(), "rita@example.org")
    page.goto("/b/mio/c/street/")
    page.locator("[data-ideas] a.title").first.click()
    expect(page.locator("[data-trail]")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 1
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("/")
    assert page.evaluate("sessionStorage.length") == 0


def test_who_comes_from_elsewhere_sees_no_list(site, browse):
    page = browse()
    page.goto(site.facts["horn"])
    expect(page.locator("[data-trail]")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_open_panel_has_no_barrier_and_fits(site, browse, width):
    page = sign_in(browse(viewport={"width": width, "height": 700}), "rita@example.org")
    page.goto(site.facts["both"])
    page.locator("summary", has_text="Share").click()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
