"""A manager goes through a list of ideas with keys alone."""

import re

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
DECIDED = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from ideas.domain import decisions
from ideas.models import Idea
idea = Idea.objects.select_related("brand").get(code="%s")
decisions.set_status(idea=idea, status="under_review", actor=None, message="Let us see.")
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
    """Of the idea: its page's, or that of the pane beside the list."""
    return page.locator("h1[dir], [data-head]")


def on_small_screen(page):
    """Where one page follows another."""
    page.set_viewport_size({"width": 1024, "height": 768})
    return page


def chip(page):
    return page.locator("article .chip").first


def test_a_status_is_set_with_keys_alone(page):
    press(page, "j")
    expect(page.locator("[data-row]").first).to_be_focused()
    expect(heading(page)).to_have_text("First")
    expect(page.locator("[data-of]")).to_have_text("1 of 3")
    press(page, "o")
    expect(heading(page)).to_be_focused()

    press(page, "s", "ArrowDown", "Enter")  # the second of the next steps
    expect(page.locator(".notice")).to_contain_text("Status: Planned. Nobody has been told yet")
    expect(chip(page)).to_have_text("Planned")
    expect(page.locator(".line .chip").first).to_have_text("Planned")  # in the list, too
    press(page, "u")
    expect(chip(page)).to_have_text("Submitted")


def test_the_numbers_above_the_list_follow_what_is_decided_beside_it(page):
    links = page.get_by_role("navigation", name="Status").get_by_role("link")
    waiting, planned = links.filter(has_text="Submitted"), links.filter(has_text="Planned")
    page.select_option("#only-owner", "-nobody")
    page.locator("h1").first.click()
    press(page, "j")
    expect(heading(page)).to_have_text("First")
    press(page, "s", "ArrowDown", "Enter")
    expect(waiting).to_have_accessible_name(re.compile("^Submitted ?, 2 ideas$"))
    expect(planned).to_have_accessible_name(re.compile("^Planned ?, 1 idea$"))
    expect(page.locator("#only-owner")).to_have_value("-nobody")  # chosen, and not sent
    press(page, "u")
    expect(waiting.locator("b")).to_have_text("3")
    expect(planned).to_be_hidden()

    waiting.click()
    expect(page.locator(".statuses [aria-current] b")).to_have_text("3")
    expect(page.locator("[data-row]")).to_have_count(3)


def test_an_answer_is_given_and_undone_with_keys_alone(page):
    press(page, "j", "j")
    expect(heading(page)).to_have_text("Second")
    press(page, "a")
    expect(page.locator("#answer_body")).to_be_focused()
    page.keyboard.type("Yes, in jokes and on a unicycle.")  # with keys that do things elsewhere
    press(page, "Control+Enter")
    expect(page.locator("#answers .prose")).to_have_text("Yes, in jokes and on a unicycle.")
    press(page, "u")
    expect(page.locator(".notice")).to_contain_text("Undone. Nobody was told.")
    expect(page.locator("#answers .prose")).to_have_count(0)


def test_a_decline_says_how_much_is_missing_while_one_writes(page):
    press(page, "j")
    expect(heading(page)).to_have_text("First")
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


def test_a_note_and_hiding_with_keys_alone(page):
    press(page, "j", "j", "j")
    expect(heading(page)).to_have_text("Third")
    press(page, "n")
    page.keyboard.type("Ask the lawyers.")
    press(page, "Control+Enter")
    expect(page.locator("#notes")).to_contain_text("Ask the lawyers.")
    header, notice = (page.locator(one).bounding_box() for one in (".topbar", "#pane .notice"))
    assert notice["y"] >= header["y"] + header["height"]
    press(page, "h")
    page.keyboard.type("It names a neighbour.")
    press(page, "Enter")
    expect(page.locator("article")).to_contain_text("Hidden from the public")
    press(page, "k")
    expect(heading(page)).to_have_text("Second")


def test_one_key_takes_an_idea_and_one_gives_it_back(page):
    press(page, "j", "m")
    expect(page.locator(".notice")).to_contain_text("You are in charge.")
    expect(page.locator("#owner")).to_contain_text("Alice")
    expect(page.locator(".line").first).to_contain_text("In charge: Alice")
    press(page, "u")
    expect(page.locator(".notice")).to_contain_text("Undone. Nobody was told.")
    expect(page.locator("#owner")).to_contain_text("Nobody yet.")
    press(page, "w")
    expect(page.locator("#owner_owner")).to_be_focused()
    page.keyboard.type("Alice")
    press(page, "Control+Enter")
    expect(page.locator("#owner .who")).to_contain_text("Alice")


def test_keys_wait_for_the_idea_they_are_meant_for(page):
    press(page, "j")
    expect(heading(page)).to_have_text("First")
    slowly(page)
    press(page, "j", "n")
    page.keyboard.type("hajk, just you wait")  # letters that are keys elsewhere
    expect(heading(page)).to_have_text("Second")
    expect(page.locator("#note_body")).to_be_focused()
    expect(page.locator("#note_body")).to_have_value("hajk, just you wait")
    press(page, "Escape", "j", "s", "ArrowDown", "Enter")
    expect(page.locator(".notice")).to_contain_text("Status: Planned.")
    expect(heading(page)).to_have_text("Third")
    chips = page.locator(".line .marks .chip:first-child")
    expect(chips).to_have_text(["Submitted", "Submitted", "Planned"])
    press(page, "k", "a", "k")  # is typed into the answer
    expect(page.locator("#answer_body")).to_have_value("k")
    press(page, "Escape", "k", "s", "j")  # whoever goes on wants nothing there
    expect(heading(page)).to_have_text("Second")
    expect(page.locator("[name=status]:focus")).to_have_count(0)


def test_an_idea_that_cannot_be_fetched_leaves_no_other_in_its_place(page):
    press(page, "j", "n")
    expect(heading(page)).to_have_text("First")
    page.keyboard.type("Half a no")
    press(page, "Escape")
    page.evaluate("() => { window.was = fetch; window.fetch = () => Promise.reject(); }")
    press(page, "j", "n")
    expect(page.locator("#pane .notice.error")).to_contain_text("could not be fetched")
    expect(heading(page)).to_have_count(0)
    page.evaluate("() => { window.fetch = window.was; }")
    press(page, "o")
    expect(heading(page)).to_have_text("Second")
    expect(page.locator("#note_body")).to_have_value("")
    press(page, "k")
    expect(page.locator("#note_body")).to_have_value("Half a no")


def slowly(page):
    """Ideas come late, as over a bad line."""

    def late(route):
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/desk/mio/ideas/*/?*", late)


def test_what_another_decides_meanwhile_is_shown_and_nothing_typed_is_lost(page, site):
    press(page, "j")
    expect(heading(page)).to_have_text("First")
    press(page, "s", "ArrowDown", "Tab")
    page.keyboard.type("We build it in spring.")
    code = page.locator("[data-row]").first.get_attribute("id").removeprefix("idea-")
    site.python("-c", DECIDED % code)
    press(page, "Control+Enter")
    expect(page.locator(".meanwhile")).to_contain_text("Status: Under review.")
    expect(page.locator(".meanwhile")).to_contain_text("Let us see.")
    expect(page.locator("#status_message")).to_have_value("We build it in spring.")
    expect(chip(page)).to_have_text("Under review")
    page.locator("#status_message").focus()
    press(page, "Control+Enter")
    expect(chip(page)).to_have_text("Planned")
    expect(page.locator(".meanwhile")).to_have_count(0)


def test_a_view_is_saved_and_opened_by_its_key(page):
    page.goto("/desk/mio/?q=Second&sort=new")
    page.click("text=Save this view")
    page.fill("#view_name", "The seconds")
    press(page, "Enter")
    expect(page.locator(".views-row [aria-current]")).to_contain_text("The seconds")
    page.goto("/desk/mio/")
    key = page.locator(".views-row a", has_text="The seconds").get_attribute("data-key")
    press(page, key)
    page.wait_for_url("**/?q=Second&sort=new")
    page.click("text=Arrange views")
    page.click("text=Change")
    page.click("text=Delete the view")
    expect(page.locator(".notice")).to_contain_text("is deleted.")


def test_the_address_follows_the_chosen_idea(page):
    page.click("a.title >> text=Second")
    expect(heading(page)).to_have_text("Second")
    press(page, "j")
    expect(heading(page)).to_have_text("Third")
    assert page.url.endswith(page.locator("[data-row]").nth(2).get_attribute("id"))
    page.reload()
    expect(heading(page)).to_have_text("Third")
    page.locator("[data-step=k]").click()
    expect(heading(page)).to_have_text("Second")
    page.click("a.title >> text=First")
    expect(heading(page)).to_have_text("First")
    page.go_back()
    expect(heading(page)).to_have_text("Second")
    press(page, "o")
    expect(heading(page)).to_be_focused()
    press(page, "Escape")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    page.click("text=On its own page")
    expect(page.locator("h1")).to_have_text("Second")


def test_one_decision_for_those_that_were_chosen(page):
    press(page, "j", "x", "j", "j", "x")
    expect(page.locator("[data-how-many]")).to_have_text("2 chosen")
    page.click("text=Decide on them")
    expect(heading(page)).to_have_text("One decision for 2 ideas")
    press(page, "s", "ArrowDown", "Enter")
    expect(page.locator(".notice")).to_contain_text("Status of 2 ideas: Planned.")
    chips = page.locator(".line .marks .chip:first-child")
    expect(chips).to_have_text(["Planned", "Submitted", "Planned"])
    press(page, "u")
    expect(page.locator(".notice")).to_contain_text("Undone. Nobody was told.")
    expect(chips).to_have_text(["Submitted"] * 3)


def test_keys_are_named_where_they_do_something_until_they_are_turned_off(page):
    expect(page.locator("#q")).to_have_attribute("title", "Key: /")
    press(page, "j")
    expect(page.locator("#answer_body")).to_have_attribute("aria-keyshortcuts", "a")
    press(page, "?")
    page.uncheck("#use-keys")
    page.click("[data-close]")
    assert page.locator("[aria-keyshortcuts]").count() == 0
    assert page.locator("#q").get_attribute("title") is None


def test_the_way_back_leads_to_the_row_one_came_from(page):
    on_small_screen(page)
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
    assert page.url.partition("#")[0] == before


def test_words_that_were_not_sent_stay_with_their_idea(page):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    press(page, "j")
    expect(heading(page)).to_have_text("First")
    press(page, "a")
    page.keyboard.type("Half a sente")
    press(page, "Escape", "j")
    expect(heading(page)).to_have_text("Second")
    expect(page.locator("#answer_body")).to_have_value("")
    page.evaluate("location.reload()")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    press(page, "k")
    expect(heading(page)).to_have_text("First")
    expect(page.locator("#answer_body")).to_have_value("Half a sente")
    press(page, "s", "ArrowDown", "Enter")  # the form beside it leaves them
    expect(chip(page)).not_to_have_text("Submitted")
    expect(page.locator("#answer_body")).to_have_value("Half a sente")
    press(page, "a", "Control+Enter")
    expect(page.locator("#answers .prose")).to_have_text("Half a sente")


def test_words_that_were_not_sent_are_not_lost_to_a_key(page):
    on_small_screen(page)
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
    expect(page.locator("[data-shortcuts]:visible")).to_have_count(0)
    page.click("a.title >> text=First")
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


def test_a_long_title_leaves_its_line_low(page):
    page.evaluate(
        "document.querySelector('[data-row]').textContent = 'A roof for rain '.repeat(19)"
    )
    for width in (1280, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        height = page.locator(".line").first.bounding_box()["height"]
        assert 40 <= height <= 56, (width, height)
    for width in (320, 768):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
