"""A manager goes through a list of ideas with keys alone."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser

MORE = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from accounts.models import Brand
from ideas.models import Challenge
from tests.factories import make_challenge, make_idea
made = make_challenge(Brand.objects.get(slug="mio"), slug="%s")
for title in ("Third", "Second", "First"):
    make_idea(made, title=title)
"""
WHY = "Wir haben es lange geprüft: on the street, the law does not allow it."


@pytest.fixture
def page(site, browse, request):
    """Alice at the list of a question of this test's own, with three ideas."""
    slug = request.node.originalname.removeprefix("test_").replace("_", "-")[:40].strip("-")
    site.python("-c", MORE % slug)
    page = sign_in(browse(), "alice@example.org")
    page.goto(f"/desk/mio/?sort=new&challenge={slug}")
    return page


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def heading(page):
    return page.locator("h1")


def chip(page):
    return page.locator("article .chip").first


def test_three_ideas_with_keys_alone(page):
    press(page, "j")
    expect(page.locator("[data-row]").first).to_be_focused()
    press(page, "o")
    expect(heading(page)).to_have_text("First")

    press(page, "s", "ArrowDown", "Enter")  # the second of the next steps
    expect(page.locator(".notice")).to_contain_text("Status: Planned. Nobody has been told yet")
    expect(chip(page)).to_have_text("Planned")
    press(page, "j")

    expect(heading(page)).to_have_text("Second")
    press(page, "a")
    expect(page.locator("#answer_body")).to_be_focused()
    page.keyboard.type("Yes, in jokes and on a unicycle.")  # with keys that do things elsewhere
    press(page, "Control+Enter")
    expect(page.locator("#answers .prose")).to_have_text("Yes, in jokes and on a unicycle.")
    press(page, "u")
    expect(page.locator(".notice")).to_contain_text("Undone. Nobody was told.")
    expect(page.locator("#answers .prose")).to_have_count(0)
    press(page, "j")

    expect(heading(page)).to_have_text("Third")
    press(
        page, "s", "ArrowUp", "ArrowUp", "ArrowUp"
    )  # round the end: declined stands third to last
    expect(page.locator("input[value=declined]")).to_be_checked()
    press(page, "Tab")
    expect(page.locator("#status_reason")).to_be_focused()
    page.keyboard.type("Law")
    press(page, "Tab")
    expect(page.locator("[data-counts] b")).to_have_text("40 characters are missing.")
    page.keyboard.type(WHY[:39])
    expect(page.locator("[data-counts] b")).to_have_text("1 character is missing.")
    page.keyboard.type(WHY[39:])
    expect(page.locator("[data-counts] b")).to_have_text("Long enough.")
    press(page, "Control+Enter")
    expect(chip(page)).to_have_text("Declined")
    press(page, "u")
    expect(chip(page)).to_have_text("Submitted")

    press(page, "n")
    page.keyboard.type("Ask the lawyers.")
    press(page, "Control+Enter")
    expect(page.locator("#notes")).to_contain_text("Ask the lawyers.")
    press(page, "h")
    page.keyboard.type("It names a neighbour.")
    press(page, "Enter")
    expect(page.locator("article")).to_contain_text("Hidden from the public")
    press(page, "k")
    expect(heading(page)).to_have_text("Second")
    press(page, "k")
    expect(heading(page)).to_have_text("First")
    expect(chip(page)).to_have_text("Planned")


def test_the_way_back_leads_to_the_row_one_came_from(page):
    press(page, "j", "j", "Enter")
    expect(heading(page)).to_have_text("Second")
    page.click("text=All ideas")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    press(page, "j")
    expect(page.locator("[data-row]").nth(2)).to_be_focused()
    press(page, "j")
    expect(page.locator("[data-row]").nth(2)).to_be_focused()  # the end
    press(page, "Enter")
    expect(heading(page)).to_have_text("Third")
    press(page, "/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("first")
    press(page, "Enter")
    expect(page.locator("[data-row]")).to_have_count(1)


def test_keys_do_nothing_with_modifiers_or_when_they_are_turned_off(page):
    before = page.url
    press(page, "?")
    expect(page.locator("#shortcuts")).to_be_visible()
    press(page, "j")
    expect(page.locator("[data-row]:focus")).to_have_count(0)
    page.uncheck("#use-keys")
    page.click("[data-close]")
    expect(page.locator("#shortcuts")).to_be_hidden()
    press(page, "j", "o", "/", "?")
    expect(page.locator("[data-row]:focus")).to_have_count(0)
    expect(page.locator("#q:focus")).to_have_count(0)
    page.reload()
    press(page, "j")
    expect(page.locator("[data-row]:focus")).to_have_count(0)
    page.click("[data-shortcuts]")
    page.check("#use-keys")
    press(page, "Escape", "Alt+j", "Meta+j")
    expect(page.locator("[data-row]:focus")).to_have_count(0)
    press(page, "j")
    expect(page.locator("[data-row]:focus")).to_have_count(1)
    assert page.url == before


def test_words_that_were_not_sent_are_not_lost_to_a_key(page):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    press(page, "j", "o")
    expect(heading(page)).to_have_text("First")
    press(page, "a")
    page.keyboard.type("Half a sente")
    press(page, "Escape", "j")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(heading(page)).to_have_text("First")
    press(page, "s", "Enter")  # the form beside it would lose them too
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"] * 2
    expect(page.locator("#answer_body")).to_have_value("Half a sente")
    page.fill("#answer_body", "A whole sentence.")
    press(page, "Control+Enter")
    expect(page.locator("#answers .prose")).to_have_text("A whole sentence.")
    assert len(asked) == 2


def test_without_script_a_status_is_set_and_undone(site, browse):
    site.python("-c", MORE % "plain")
    page = sign_in(browse(java_script_enabled=False), "alice@example.org")
    page.goto("/desk/mio/?challenge=plain&sort=new")
    expect(page.locator("[data-shortcuts]")).to_be_hidden()
    page.click("text=First")
    page.check("[name=status][value=declined]")
    page.fill("#status_message", "No.")
    page.click("text=Set the status")
    expect(page.locator(".status-form")).to_contain_text("37 characters are missing.")
    expect(page.locator("#status_message")).to_have_value("No.")
    page.check("[name=status][value=planned]")
    page.click("text=Set the status")
    expect(chip(page)).to_have_text("Planned")
    page.locator(".notice").get_by_text("Undo", exact=True).click()
    expect(chip(page)).to_have_text("Submitted")


LONG_ROW = """() => {
  const row = document.querySelector('.desk tbody tr');
  row.querySelector('[data-row]').textContent = 'A roof that drinks all of the rain '.repeat(9);
  const somebody = document.createElement('span'); // as whoever came by an import
  somebody.textContent = 'Somebody';
  row.querySelector('.poster bdi').replaceWith(somebody);
}"""
LINES = (
    "node => node.getBoundingClientRect().height / parseFloat(getComputedStyle(node).lineHeight)"
)


def test_long_titles_leave_the_other_columns_their_words(page):
    page.evaluate(LONG_ROW)
    for width in (1280, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        for name, most in {"thead th:nth-child(6)": 3, ".poster": 3, "tbody th": 4}.items():
            cell = page.locator(f".desk {name}").first
            assert cell.evaluate(LINES) < most, (width, name)
