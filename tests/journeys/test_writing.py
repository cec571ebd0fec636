"""Somebody writes an idea over several days, loses the session, signs it with a friend, changes
it, deletes it and brings it back; once with scripts, once without.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import sign_in
from tests.journeys.test_answer import letter_to, path_in

pytestmark = pytest.mark.browser

PAGE = "/b/mio/submit/?challenge=street"
TITLE = "Bicycles travel in the boot without losing a wheel"
BODY = "One rail slides out and carries two."


def begun(page, title, body):
    page.goto(PAGE)
    page.check("[name=challenge][value=street]")
    page.fill("[name=title]", title)
    page.fill("[name=body]", body)


def is_saved(answer):
    """Others are asked with the same words: what is similar, how it will look."""
    return "/drafts/save/" in answer.url and "rail slides" in (answer.request.post_data or "")


def draft_of(page, title):
    """Three drafts are folded: those that the journeys before this one have left count, too."""
    fold = page.locator("details.others")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    return fold.get_by_role("link", name=title)


def sign_in_again(page, email):
    """On the sign-in page that they were led to."""
    page.wait_for_url("**/accounts/login/**")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.wait_for_url("**/submit/**")


def has_all(page, title, body):
    expect(page.locator("[name=title]")).to_have_value(title)
    expect(page.locator("[name=body]")).to_have_value(body)
    expect(page.locator("[name=challenge][value=street]")).to_be_checked()


def post(page):
    page.get_by_role("button", name="Post my idea").first.click()  # a preview has one, too
    page.wait_for_url("**/i/**")
    expect(page.locator(".notices")).to_contain_text("Your idea is public now")


def change_and_read_the_difference(page, title, body):
    page.get_by_role("link", name="Change", exact=True).click()
    expect(page.locator("[name=body]")).to_have_value(body)
    page.fill("[name=body]", body.replace("two", "three"))
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator(".prose").first).to_contain_text("carries three")
    page.get_by_role("link", name=re.compile("^edited")).click()
    expect(page.locator("h1")).to_have_text("What was changed in this idea")
    expect(page.locator("del")).to_contain_text("two")
    expect(page.locator("ins")).to_contain_text("three")
    page.get_by_role("link", name="Back to the idea").click()
    expect(page.locator("h1")).to_have_text(title)


def invite_by_mail(page, email):
    page.get_by_role("link", name="Co-authors").click()
    page.fill("[name=whom]", email)
    page.get_by_role("button", name="Invite").click()
    expect(page.locator("main .lines")).to_contain_text(email)


def delete_and_bring_back(page, visitor, path, title):
    page.goto(path)
    page.get_by_role("link", name="Delete", exact=True).click()
    expect(page.locator("main")).to_contain_text("For 30 days you can take this back")
    page.get_by_role("button", name="Delete it").click()
    expect(page.locator("main")).to_contain_text("You deleted this idea")
    assert visitor.goto(path).status == 404
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator("h1")).to_have_text(title)
    assert visitor.goto(path).status == 200


def test_an_idea_is_written_over_days_and_signed_by_two(site, browse):
    page = sign_in(browse(), "charlie@example.org")
    with page.expect_response(is_saved):
        begun(page, TITLE, "One rail slides")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")

    # They close the tab, come back and go on.
    tab = page.context.new_page()
    page.close()
    tab.goto(PAGE)
    draft_of(tab, TITLE).click()
    has_all(tab, TITLE, "One rail slides")

    # The session ends while they type. What they send is there when they have signed in.
    tab.context.clear_cookies()
    tab.fill("[name=body]", BODY)
    expect(tab.locator("[data-saved]")).to_contain_text("You are signed out")
    tab.get_by_role("button", name="Post my idea").click()
    sign_in_again(tab, "charlie@example.org")
    assert "kept=" not in tab.url
    has_all(tab, TITLE, BODY)
    expect(tab.locator("form .notice.warning")).to_have_count(0)
    post(tab)
    path = tab.url.removeprefix(site.url).partition("#")[0]
    tab.goto("/me/drafts/")
    expect(tab.locator("h1")).to_have_text("Drafts")
    expect(tab.locator("main")).not_to_contain_text(TITLE)

    tab.goto(path)
    change_and_read_the_difference(tab, TITLE, BODY)

    # A friend reads the mail, accepts, and is named.
    invite_by_mail(tab, "zoe@example.org")
    letter = letter_to(site, "zoe@example.org", "Charlie invites you to sign an idea")
    assert TITLE in letter.text
    zoe = sign_in(browse(), "zoe@example.org")
    zoe.goto(path_in(letter, "/authors/"))
    zoe.get_by_role("button", name="Accept").click()
    expect(zoe.locator("article header")).to_contain_text("Zoe")
    zoe.get_by_role("link", name="Change", exact=True).click()
    expect(zoe.locator("[name=title]")).to_have_value(TITLE)

    visitor = browse()
    delete_and_bring_back(tab, visitor, path, TITLE)
    expect(visitor.locator("article header")).to_contain_text("Zoe")


def test_without_scripts_a_button_saves_and_nothing_is_lost_either(site, browse):
    title, body = "Quiet indicators for sleeping children", "They blink and tick only for two."
    page = sign_in(browse(java_script_enabled=False), "charlie@example.org")
    begun(page, title, "They blink")
    page.get_by_role("button", name="Save for later").click()
    expect(page.locator(".notices")).to_contain_text("Saved.")
    page.goto("/me/drafts/")
    page.get_by_role("link", name=title).click()
    has_all(page, title, "They blink")

    page.context.clear_cookies()
    page.fill("[name=body]", body)
    page.get_by_role("button", name="Post my idea").click()
    sign_in_again(page, "charlie@example.org")
    has_all(page, title, body)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text(body)
    post(page)
    path = page.url.removeprefix(site.url)
    assert "#" not in path
    page.get_by_role("link", name="Change", exact=True).click()
    page.fill("[name=body]", body.replace("two", "three"))
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Save the change").first.click()
    page.wait_for_url(f"{site.url}{path}")
    page.get_by_role("link", name=re.compile("^edited")).click()
    expect(page.locator("ins")).to_contain_text("three")
    delete_and_bring_back(page, browse(java_script_enabled=False), path, title)


def test_of_all_terms_those_of_the_chosen_question_are_shown(site, browse):
    page = sign_in(browse(), "charlie@example.org")
    page.goto("/b/mio/submit/")
    terms, tick = page.locator("[data-terms]"), page.locator("[name=accept_licence]")
    expect(terms).to_be_hidden()
    page.check("[name=challenge][value=marks]")
    expect(terms).to_contain_text("CC BY-SA")
    tick.check()
    page.check("[name=challenge][value=street]")
    expect(terms).to_be_hidden()
    page.check("[name=challenge][value=marks]")
    expect(tick).not_to_be_checked()


def test_without_scripts_the_terms_stand_under_the_name_of_their_question(site, browse):
    page = sign_in(browse(java_script_enabled=False), "charlie@example.org")
    page.goto("/b/mio/submit/")
    expect(page.locator("[data-terms]")).to_contain_text("For “What should a small car")
    expect(page.locator("[data-terms]")).to_contain_text("CC BY-SA")
