"""Somebody looks for an idea, and finds that theirs is here already."""

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser


def titles(page):
    return page.locator("[data-ideas] .title").all_inner_texts()


@pytest.mark.parametrize("scripts", [True, False])
def test_words_and_filters_narrow_and_are_taken_out_again(site, browse, question, scripts):
    page = browse(java_script_enabled=scripts)
    page.goto(question)
    page.fill("[role=search] [name=q]", "cree lanterne")
    page.keyboard.press("Enter")
    expect(page.locator("[data-ideas] > li")).to_have_count(1)
    assert titles(page) == ["Des lanternes créées par les habitants"]
    page.fill("[role=search] [name=q]", "lanterns")
    page.click("[role=search] .find-row button")
    expect(page.locator("[data-ideas] > li")).to_have_count(3)
    page.click("#status-planned")
    expect(page.locator("[data-ideas] > li")).to_have_count(1)
    expect(page.locator("#status-planned")).to_have_attribute("aria-current", "true")
    empty = "" if scripts else "&language=&tag=&author=&since=&until="
    assert page.url.partition("?")[2] == f"q=lanterns{empty}&status=planned#ideas"
    expect(page.locator("[data-chip]")).to_have_count(1)
    page.click("[data-chip=q]")
    expect(page.locator("[data-chip]")).to_have_count(0)
    expect(page.locator("#status-planned")).to_have_attribute("aria-current", "true")
    expect(page.locator("[role=search] [name=q]")).to_have_value("")
    page.goto(f"{question}?tag=light&q=lantern")
    expect(page.locator("[data-ideas] > li")).to_have_count(2)
    page.click("[data-chip=tag]")
    expect(page.locator("[data-ideas] > li")).to_have_count(3)
    page.click(".tabs >> text=New")
    expect(page.locator(".tabs [aria-current]")).to_have_text("New")
    expect(page.locator("[data-chip=q]")).to_have_count(1)
    page.fill("[role=search] [name=q]", "helicopter")
    page.keyboard.press("Enter")
    expect(page.locator(".empty")).to_contain_text("No idea has all of these words.")
    page.click("text=Search all questions")
    page.wait_for_url("**/b/mio/?q=helicopter")


def test_who_types_what_is_here_already_votes_for_it_and_goes_on(site, browse, question):
    page = sign_in(browse(), "rita@example.org")
    page.goto(f"/b/mio/submit/?challenge={question.split('/')[4]}")
    page.click("[name=title]")
    page.keyboard.type("A lantern on every corner", delay=20)
    near = page.locator(".similar.near")
    expect(near).to_contain_text("A lantern at every corner")
    expect(near.locator("mark").first).to_have_text("lantern")
    expect(page.locator("[name=title]")).to_be_focused()
    expect(page.locator("#said")).not_to_be_empty()
    own = near.locator(".like", has_text="A lantern at every corner").locator("button.vote").first
    own.click()
    expect(own).to_have_attribute("aria-pressed", "true")
    expect(own.locator(".n")).to_have_text("1")
    expect(page.locator("#said")).to_have_text("Your vote is in.")
    own.click()
    expect(own).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#said")).to_have_text("Your vote is withdrawn.")
    expect(page.locator("[name=title]")).to_have_value("A lantern on every corner")
    page.fill("[name=title]", "Helicopters for nobody")
    expect(page.locator(".similar")).to_have_count(0)


@pytest.mark.parametrize(("scripts", "who"), [(True, "zoe"), (False, "alice")])
def test_who_votes_for_it_instead_finds_their_words_among_the_drafts(
    site, browse, question, scripts, who
):
    page = sign_in(browse(java_script_enabled=scripts), f"{who}@example.org")
    page.goto(f"/b/mio/submit/?challenge={question.split('/')[4]}")
    page.fill("[name=title]", f"A lantern on every corner{' please' * scripts}")
    page.fill("[name=body]", "It is dark.")
    if not scripts:
        page.get_by_role("button", name="Look for them").click()
    like = page.locator(".like", has_text="A lantern at every corner").first
    like.get_by_role("button", name="Vote for this one instead").click()
    page.wait_for_url("**/i/**")
    expect(page.locator("h1")).to_have_text("A lantern at every corner")
    expect(page.locator(".notices")).to_contain_text("Your vote is in.")
    expect(page.locator(".notices")).to_contain_text("under Drafts")
    expect(page.locator(".ballot button.vote")).to_have_attribute("aria-pressed", "true")
    page.goto("/me/drafts/")
    page.get_by_role("link", name="A lantern on every corner").first.click()
    expect(page.locator("[name=body]")).to_have_value("It is dark.")


def test_a_session_that_ended_does_not_lose_the_vote_for_another_idea(site, browse, question):
    page = sign_in(browse(), "charlie@example.org")
    page.goto(f"/b/mio/submit/?challenge={question.split('/')[4]}")
    page.fill("[name=title]", "A lantern on each corner of the town")
    page.fill("[name=body]", "So that I see my dog.")
    like = page.locator(".like", has_text="A lantern at every corner").first
    expect(like).to_be_visible()
    page.context.clear_cookies()
    like.get_by_role("button", name="Vote for this one instead").click()
    page.wait_for_url("**/accounts/login/**")
    expect(page.locator("main")).to_contain_text("A lantern at every corner")
    page.fill("[name=login]", "charlie@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.wait_for_url("**/i/**")
    expect(page.locator(".notices")).to_contain_text("Your vote is in.")
    expect(page.locator(".notices")).to_contain_text("under Drafts")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_near_copy_is_asked_about_before_it_is_posted(site, browse, question, scripts):
    page = sign_in(browse(java_script_enabled=scripts), "charlie@example.org")
    page.goto(f"/b/mio/submit/?challenge={question.split('/')[4]}")
    page.fill("[name=title]", f"A bench under trees{' again' * scripts}")
    page.fill("[name=body]", "I like to sit.")
    page.click("text=Post my idea")
    expect(page.locator(".similar")).to_contain_text("Is it one of these?")
    expect(page.locator("[name=body]")).to_have_value("I like to sit.")
    page.click("text=No, mine is different: post it")
    page.wait_for_url("**/i/**")
    expect(page.locator("h1")).to_contain_text("A bench under trees")
