"""A manager asks a question, people answer it, and its rules change in the open."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser


def write_draft(page, slug):
    page.goto("/desk/mio/challenges/")
    page.click("text=Ask a question")
    page.fill("[name=title]", f"Where would you park it {slug}?")
    page.fill("[name=slug]", slug)
    page.fill("[name=body]", "We know **three** things.")


def add_a_phase(page):
    page.get_by_role("button", name="Add a phase").click()
    expect(page.locator("[name=p2-title]")).to_be_visible()
    page.fill("[name=p2-title]", "Party")
    page.fill("[name=p2-opens]", "2031-07-01T18:00")


def publish_and_take_part(browse, page, slug, title, **options):
    """The draft is seen, then public; a member posts and votes."""
    page.get_by_role("button", name="Save and preview").click()
    expect(page.locator(".notice")).to_contain_text("your team alone sees this page")
    expect(page.locator(".prose strong")).to_have_text("three")
    expect(page.locator(".road li")).to_have_count(2)
    member = sign_in(browse(**options), "charlie@example.org")
    assert member.goto(f"/b/mio/c/{slug}/").status == 404
    page.click("text=Back to the editor")
    page.locator("summary", has_text="Publish").click()
    page.get_by_role("button", name="Yes, make it public").click()
    expect(page.locator(".notice.success")).to_contain_text("Your question is public now.")

    member.goto(f"/b/mio/c/{slug}/")
    member.locator("main").get_by_text("Share your idea").first.click()
    member.fill("[name=title]", title)
    member.get_by_role("button", name="Post my idea").click()
    expect(member.locator("h1")).to_have_text(title)
    member.get_by_role("button", name="Support").first.click()
    expect(member.locator(".vote[aria-pressed=true]")).to_contain_text("Supported")
    return member


def change_the_half_life(page, slug, title):
    page.goto(f"/desk/mio/challenges/{slug}/")
    page.fill("[name=half_life]", "2")
    page.get_by_role("button", name="See what would change").last.click()
    expect(page.locator("h1")).to_have_text("What would change")
    expect(page.locator(".rule-changes")).to_contain_text("2 days")
    expect(page.locator(".places").first).to_contain_text(title)
    page.fill("[name=reason]", "Old ideas win for ever.")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".rule-log li").first).to_contain_text("Old ideas win for ever.")


def test_from_draft_to_a_changed_rule(browse):
    page = sign_in(browse(), "alice@example.org")
    write_draft(page, "scripted")
    here = page.url
    page.get_by_role("button", name="Show how it reads").click()
    expect(page.locator("#look strong")).to_have_text("three")
    add_a_phase(page)
    expect(page.locator("[name=p2-title]")).to_have_value("Party")
    assert page.url == here  # no page was left for it
    member = publish_and_take_part(browse, page, "scripted", "Under the market, with a lift")
    change_the_half_life(page, "scripted", "Under the market, with a lift")
    member.goto("/b/mio/c/scripted/")
    member.click("text=How it works")
    expect(member.locator(".rule-log")).to_contain_text("Old ideas win for ever.")
    expect(member.locator("main")).to_contain_text("weighs half after 2 days")


def test_the_same_without_scripts(browse):
    plain = {"java_script_enabled": False}
    page = sign_in(browse(**plain), "alice@example.org")
    write_draft(page, "plain-way")
    page.get_by_role("button", name="Show how it reads").click()
    expect(page.locator("#look strong")).to_have_text("three")
    add_a_phase(page)
    expect(page.locator("[name=body]")).to_have_value("We know **three** things.")
    publish_and_take_part(browse, page, "plain-way", "On roofs where pigeons sleep", **plain)
    change_the_half_life(page, "plain-way", "On roofs where pigeons sleep")


def test_words_that_were_not_saved_are_asked_for_after_a_phase_was_added(browse):
    page = sign_in(browse(), "alice@example.org")
    write_draft(page, "unsaved")
    add_a_phase(page)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.click("text=All questions")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.locator("[name=body]")).to_have_value("We know **three** things.")


def test_a_phase_that_is_removed_takes_no_other_with_it(browse):
    page = sign_in(browse(), "alice@example.org")
    write_draft(page, "removing")
    add_a_phase(page)
    page.fill("[name=p1-title]", "Begin")
    page.get_by_role("button", name="Remove phase 1").click()
    expect(page.locator("[name=p1-title]")).to_have_count(0)
    expect(page.locator("[name=p2-title]")).to_have_value("Party")
    expect(page.locator("[name=title]")).to_have_value("Where would you park it removing?")


def test_a_rule_that_was_not_sent_is_asked_for_and_named(browse):
    page = sign_in(browse(), "alice@example.org")
    write_draft(page, "watched")
    page.locator("summary", has_text="Publish").click()
    page.get_by_role("button", name="Yes, make it public").click()
    page.goto("/desk/mio/challenges/watched/")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    note = page.get_by_text("The rules are not changed yet.")
    expect(note).to_be_hidden()
    page.fill("[name=half_life]", "2")
    expect(note).to_be_visible()
    expect(page.get_by_text("The words are not saved yet.")).to_be_hidden()
    page.click("text=All questions")
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Save the cover").click()  # the form beside it
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"] * 2
    page.fill("[name=title]", "Where would you watch it?")
    page.get_by_role("button", name="Save the words").last.click()
    expect(page.locator("h1")).to_have_text("Where would you watch it?")
    expect(page.locator("[name=half_life]")).to_have_value("2")
    page.click("text=All questions")  # it is still not sent
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"] * 3
    page.press("[name=half_life]", "Enter")
    expect(page.locator("h1")).to_have_text("What would change")
    page.get_by_role("button", name="Back to the form").click()
    expect(page.locator("[name=half_life]")).to_have_value("2")
    page.fill("[name=half_life]", "30")
    page.get_by_role("button", name="See what would change").last.click()
    expect(page.locator(".notices")).to_contain_text("Nothing differs")
    page.click("text=All questions")
    expect(page.locator("h1")).to_contain_text("Questions of")
    assert len(asked) == 3


def test_points_are_asked_for_where_people_vote_by_points(browse):
    page = sign_in(browse(), "alice@example.org")
    write_draft(page, "pointed")
    field = page.locator("[name=max_points]")
    expect(field).to_be_hidden()
    page.check("[name=mode][value=points]")
    expect(field).to_be_visible()
