"""A manager decides about many ideas at once, with keys alone and far down the list."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.journeys.test_desk import MORE, heading, press

pytestmark = pytest.mark.browser


@pytest.fixture
def page(site, browse, request):
    """Alice at the list of a question of this test's own, with three ideas."""
    slug = re.sub("[^a-z0-9]+", "-", request.node.name.lower())[-40:].strip("-")
    site.python("-c", MORE % slug)
    page = sign_in(browse(), "alice@example.org")
    page.goto(f"/desk/mio/?sort=new&challenge={slug}")
    return page


def chips(page):
    return page.locator(".line .marks .chip:first-child")


def test_what_was_done_to_many_is_said_and_undone_where_one_is(page):
    page.set_viewport_size({"width": 1280, "height": 400})
    press(page, "j", "x", "j", "x", "s")
    expect(heading(page)).to_have_text("One decision for 2 ideas")
    page.locator("#pane [name=status]").nth(1).check()
    page.evaluate("scrollTo(0, 300)")
    press(page, "Control+Enter")
    notice = page.locator("#pane .notice", has_text="Status of 2 ideas: Planned.")
    expect(notice).to_be_in_viewport()
    expect(heading(page)).to_have_text("Second")
    assert page.locator(".notice").count() == 1
    address, scrolled = page.url, page.evaluate("scrollY")
    assert scrolled > 100
    press(page, "u")
    expect(page.locator("#pane .notice")).to_contain_text("Undone. Nobody was told.")
    expect(chips(page)).to_have_text(["Submitted"] * 3)
    assert page.url == address
    assert page.evaluate("scrollY") > 100


@pytest.mark.parametrize(
    ("key", "field"),
    [("s", "[name=status]"), ("w", "#many_owner"), ("h", "[name=reason]:not(.with-reason *)")],
)
def test_with_ideas_chosen_a_key_is_for_all_of_them(page, key, field):
    press(page, "j", "x", "j", "x")
    expect(heading(page)).to_have_text("Second")
    press(page, key)
    expect(heading(page)).to_have_text("One decision for 2 ideas")
    expect(page.locator(f"#pane {field}").first).to_be_focused()
    page.locator("#pane [data-head]").focus()
    page.locator("[data-row]").nth(2).focus()
    press(page, "x", key)  # one more: its page is of three
    expect(heading(page)).to_have_text("One decision for 3 ideas")
    expect(page.locator(f"#pane {field}").first).to_be_focused()


def test_one_key_takes_all_that_are_chosen(page):
    press(page, "j", "x", "j", "x", "m")
    expect(page.locator("#pane .notice")).to_contain_text("You are in charge of 2 ideas.")
    lines = page.locator(".line", has_text="In charge: Alice")
    expect(lines).to_have_count(2)
    expect(page.locator("[data-row]").nth(1)).to_be_focused()


def test_where_a_decision_empties_the_row_one_was_at_the_next_has_the_focus(page):
    page.goto(f"{page.url}&owner=-nobody")
    press(page, "j", "x", "j", "x", "m")
    expect(page.locator("#pane .notice")).to_contain_text("You are in charge of 2 ideas.")
    expect(page.locator("[data-row]")).to_have_text(["Third"])
    expect(page.locator("[data-row]")).to_be_focused()
    expect(heading(page)).to_have_text("Third")


def test_a_form_is_sent_with_the_keys_from_a_choice_too(page):
    press(page, "j")
    expect(heading(page)).to_have_text("First")
    press(page, "s", "ArrowDown", "Control+Enter")
    expect(page.locator("#pane .notice")).to_contain_text("Status: Planned.")


def test_the_digit_of_a_view_stands_on_it_and_nought_leads_back(page):
    page.goto("/desk/mio/?q=Third&sort=new")
    page.click("text=Save this view")
    page.fill("#view_name", "The thirds")
    press(page, "Enter")
    view = page.locator(".views-row a", has_text="The thirds")
    expect(view.locator("kbd")).to_have_text(view.get_attribute("data-key"))
    expect(view.locator("kbd")).to_be_visible()
    press(page, "0")
    page.wait_for_url(re.compile(r"/desk/mio/$"))
    press(page, "?")
    page.uncheck("#use-keys")
    page.click("[data-close]")
    expect(view.locator("kbd")).to_be_hidden()
    page.goto("/desk/mio/views/")
    page.click("text=Change")
    page.click("text=Delete the view")
