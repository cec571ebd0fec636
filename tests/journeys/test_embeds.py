"""Voting on a page of another site, in a browser that gives third parties no cookie."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD
from tests.journeys.beside import (
    AGAINST,
    CHANGE,
    SUPPORT,
    board,
    read_as,
    show,
    vote,
)
from tests.site import Site

pytestmark = pytest.mark.browser
# Its methods are there when the script has run, which a page does not wait for.
REFRESH = """
customElements.whenDefined("cocreate-vote")
    .then(() => document.querySelector("cocreate-vote").refresh())
"""
FAR_BELOW = """() => {
    const far = document.querySelector("cocreate-board").cloneNode(true);
    far.style.marginTop = "300vh";
    document.body.append(far);
}"""
SET_STATUS = """
import django; django.setup()
from ideas.domain.decisions import set_status
from ideas.models import Idea
idea = Idea.objects.get(code="{code}")
set_status(idea=idea, status="declined", actor=idea.author.user, reason="too_costly",
           message="A door like this costs more than all that the club has for a year.")
"""


def heard(page: Page) -> list[str]:
    return page.locator("#heard li").all_text_contents()


def test_a_reader_whom_the_other_site_knows_votes_without_leaving_it(site, visit):
    page = show(read_as(visit(), "ana"), site.facts["embed_tea"])
    button = vote(page).locator(SUPPORT)
    expect(button).to_have_text("Support0 · Tea at five")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text("Supported1 · Tea at five")
    expect(button).to_be_focused()
    expect(vote(page).get_by_role("status")).to_have_text("Your vote is in.")
    assert any('cocreate:vote {"idea":"' in line and '"value":1' in line for line in heard(page))
    assert page.context.cookies(site.url) == []
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")  # it is still theirs
    button.click()
    expect(vote(page).get_by_role("status")).to_have_text("Your vote is withdrawn.")
    expect(button).to_have_text("Support0 · Tea at five")


def test_each_reader_has_a_vote_of_their_own(site, visit):
    for count, reader in enumerate(["ana", "jules"], 1):
        page = show(read_as(visit(), reader), site.facts["embed_over"])
        button = vote(page).locator(SUPPORT)
        page.wait_for_timeout(1000 * (count - 1))  # until the one before is counted
        page.evaluate(REFRESH)
        expect(button).to_contain_text(str(count - 1))
        expect(button).to_have_attribute("aria-pressed", "false")
        button.click()
        expect(button).to_contain_text(str(count))
    expect(vote(page).get_by_role("status")).to_have_text("Your vote is in.")


def test_who_is_not_signed_in_there_votes_on_the_site_and_sees_it_on_return(site, visit):
    page = visit()
    own = page.context.new_page()
    sign_in_at(site, own, "charlie@example.org")
    show(read_as(page), site.facts["embed_returned"])
    link = vote(page).locator(SUPPORT)
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_accessible_name("Support 0 · A porch to come back to (opens a new window)")
    with page.context.expect_page() as opened:
        link.click()
    window = opened.value
    assert window.evaluate("opener") is None
    window.locator("main button.vote").click()
    expect(window.locator("h1, #said").first).to_contain_text("vote")
    expect(window.locator("main button.vote")).to_have_attribute("aria-pressed", "true")
    window.close()
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")  # a headless window never has it
    expect(link).to_contain_text("1")


def sign_in_at(site: Site, page: Page, email: str) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.wait_for_url(f"{site.url}/")


def test_a_keyboard_is_enough(site, visit):
    page = show(read_as(visit(), "kenji"), site.facts["embed_points"])
    control = vote(page)
    name = "Vote: A shed with a stove"
    expect(control.get_by_role("group")).to_have_attribute("aria-label", name)
    two = control.get_by_role("button", name="Give 2 · A shed with a stove")
    expect(two).to_be_visible()
    page.locator(".who button").focus()
    for _n in range(8):
        page.keyboard.press("Tab")
        if two.evaluate("button => button.getRootNode().activeElement === button"):
            break
    page.keyboard.press("Space")
    expect(two).to_have_attribute("aria-pressed", "true")
    expect(control.get_by_role("status")).to_have_text("Your vote is in. Left here: 2 of 4.")
    expect(control.locator("[part=count]")).to_have_text("2 points")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(control.get_by_role("button", name="Give 3")).to_have_attribute("aria-pressed", "true")
    expect(two).to_have_attribute("aria-pressed", "false")
    expect(control.locator("[part=count]")).to_have_text("3 points")


def test_what_is_lost_on_the_way_is_taken_back_and_said(site, visit):
    page = show(read_as(visit(), "ana"), site.facts["embed_lost"])
    button, said = vote(page).locator(SUPPORT), vote(page).get_by_role("status")
    expect(button).to_have_attribute("aria-pressed", "false")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    button.click()
    expect(said).to_contain_text("We do not know whether your vote arrived")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_text("Support0 · A room without a window")
    assert any('"code":"offline"' in line for line in heard(page))
    page.context.set_offline(False)
    button.click()
    expect(said).to_have_text("Your vote is in.")
    expect(button).to_contain_text("1")


def test_a_refusal_is_said_in_the_sites_own_words_and_nothing_stays_pressed(site, visit):
    page = show(read_as(visit(), "ana"), site.facts["embed_closing"])
    button, said = vote(page).locator(SUPPORT), vote(page).get_by_role("status")
    expect(button).to_have_attribute("aria-pressed", "false")
    page.wait_for_load_state("networkidle")
    site.python("-c", SET_STATUS.format(code=site.facts["embed_closing"]))
    button.click()
    expect(said).not_to_be_empty()
    expect(said).to_have_class("said wrong")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert any('"code":"idea_closed"' in line for line in heard(page))
    page.reload()
    show(page, site.facts["embed_closing"])
    expect(vote(page).locator("[part=closed]")).to_have_text("Voting is closed")
    expect(vote(page).get_by_role("button")).to_have_count(0)


def refuse_once(page: Page, site: Site) -> None:
    """As the site refuses a vote with a session of eleven minutes ago."""
    over = {
        "status": 401, "json": {"code": "bad_credential"},
        "headers": {"Access-Control-Allow-Origin": site.facts["host"]},
    }  # fmt: skip
    page.route("**/vote/**", lambda route: route.fulfill(**over), times=1)


def test_a_session_that_is_over_is_opened_anew_without_a_word(site, visit):
    page = show(read_as(visit(), "jules"), site.facts["embed_tea"])
    button = vote(page).locator(SUPPORT)
    expect(button).to_have_attribute("aria-pressed", "false")
    page.wait_for_load_state("networkidle")
    refuse_once(page, site)
    with page.expect_response("**/widget/sessions/**") as renewed:
        button.click()
    assert renewed.value.status == 201
    expect(vote(page).get_by_role("status")).to_have_text("Your vote is in.")


def test_who_signed_out_there_meanwhile_is_led_to_the_site(site, visit):
    page = show(read_as(visit(), "jules"), site.facts["embed_lost"])
    button = vote(page).locator(SUPPORT)
    expect(button).to_have_attribute("aria-pressed", "false")
    page.wait_for_load_state("networkidle")
    page.evaluate("fetch('/sign-out', {method: 'POST'})")
    refuse_once(page, site)
    button.click()
    expect(vote(page).get_by_role("status")).to_have_text("Please vote on the site itself.")
    expect(vote(page).get_by_role("link")).to_be_focused()


def test_a_board_lists_votes_and_shows_more(site, visit):
    page = read_as(visit(), "ana")
    lines = board(page).get_by_role("listitem")
    expect(lines).to_have_count(4)
    page.evaluate(CHANGE, ["cocreate-board", "limit", "3"])
    expect(lines).to_have_count(3)
    expect(board(page).get_by_role("heading", level=2)).to_have_text("Where to sit?")
    expect(board(page).get_by_role("heading", level=3)).to_have_count(3)
    board(page).get_by_role("button", name="Show more").click()
    expect(lines).to_have_count(4)
    expect(lines.last.get_by_role("link")).to_be_focused()
    expect(board(page).get_by_role("button", name="Show more")).to_have_count(0)
    against = lines.first.get_by_role("button", name="against")
    against.click()
    expect(against).to_have_attribute("aria-pressed", "true")
    lines.first.locator(SUPPORT).click()
    expect(against).to_have_attribute("aria-pressed", "false")
    expect(lines.first.locator(SUPPORT)).to_have_attribute("aria-pressed", "true")
    expect(lines.first.get_by_role("status")).to_have_text("Your vote is in.")
    titles = board(page).locator("[part=title]").all_text_contents()
    page.evaluate(CHANGE, ["cocreate-board", "sort", "new"])
    expect(lines).to_have_count(3)
    assert len(set(titles)) == 4


def test_a_board_asks_once_and_not_before_it_is_near(site, visit):
    page = read_as(visit())
    expect(board(page).get_by_role("listitem")).to_have_count(4)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(urlsplit(sent.url).path))
    page.evaluate(FAR_BELOW)
    far = board(page).last
    page.wait_for_timeout(500)
    assert asked == []
    far.scroll_into_view_if_needed()
    expect(far.get_by_role("listitem")).to_have_count(4)
    assert asked == ["/api/v1/brands/garden/board/"]


def test_what_a_board_shows_more_of_is_voted_on_by_the_rules_of_its_own_question(site, visit):
    page = read_as(visit())  # for somebody who is signed in all is read again
    page.evaluate("document.querySelector('cocreate-board').removeAttribute('challenge')")
    page.evaluate(CHANGE, ["cocreate-board", "sort", "new"])
    page.evaluate(CHANGE, ["cocreate-board", "limit", "4"])
    expect(board(page).get_by_role("heading", level=2)).to_have_text("Garden Club")
    expect(board(page).locator(AGAINST)).to_have_count(4)
    expect(board(page).locator("[part~=point]")).to_have_count(0)
    board(page).get_by_role("button", name="Show more").click()
    expect(board(page).locator("[part~=point]")).to_have_count(3)
    expect(board(page).locator(AGAINST)).to_have_count(4)


def test_an_empty_board_says_how_to_begin(site, visit):
    page = read_as(visit())
    page.evaluate(CHANGE, ["cocreate-board", "challenge", "open"])
    expect(board(page).locator("[part=empty]")).to_contain_text("No ideas yet.")
    link = board(page).get_by_role("link", name="Post the first one")
    expect(link).to_have_attribute("href", f"{site.url}/b/garden/submit/?challenge=open")


def test_fast_changes_of_mind_end_where_the_reader_ended(site, visit):
    page = show(read_as(visit(), "kenji"), site.facts["embed_over"])
    button = vote(page).locator(SUPPORT)
    expect(button).to_have_attribute("aria-pressed", "false")
    page.wait_for_load_state("networkidle")
    sent = []
    page.on("request", lambda one: sent.append(one.method) if "/vote/" in one.url else None)
    button.evaluate("button => { for (let n = 0; n < 7; n += 1) button.click(); }")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(vote(page).get_by_role("status")).to_have_text("Your vote is in.")
    page.wait_for_load_state("networkidle")
    assert [method for method in sent if method != "OPTIONS"] == ["PUT"]
    page.reload()
    show(page, site.facts["embed_over"])
    expect(button).to_have_attribute("aria-pressed", "true")
