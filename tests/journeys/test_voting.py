"""The vote under a finger, a keyboard and a bad network."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 360, "height": 740}}


def test_a_press_needs_no_reload_and_keeps_its_place(site, browse):
    page = sign_in(browse(), "charlie@example.org")
    page.goto("/b/mio/c/street/")
    page.evaluate("window.still = true")
    card = page.locator("[data-ideas] > li", has_text="A horn that says thank you")
    left = page.locator("[data-swap=budget-street]").inner_text()
    card.locator("button.vote").click()
    expect(card.locator("button.vote")).to_have_attribute("aria-pressed", "true")
    expect(card.locator("button.vote")).to_be_focused()
    expect(page.locator("#said")).to_have_text("Your vote is in.")
    expect(page.locator("[data-swap=budget-street]")).not_to_have_text(left)
    card.locator("button.vote").click()
    expect(card.locator("button.vote")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#said")).to_have_text("Your vote is withdrawn.")  # for who comes next
    assert page.evaluate("window.still")


def held_back(page):
    """Votes that are on their way: what to go on with."""
    waiting = []
    page.route("**/vote/", lambda route: waiting.append(route))
    return waiting


def test_the_control_changes_before_the_answer_comes(site, browse):
    page = sign_in(browse(), "rita@example.org")
    page.goto(site.facts["roof"])
    waiting, button = held_back(page), page.locator("button.vote")
    before = int(button.locator(".n").inner_text())
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text(re.compile(rf"Supported\s*{before + 1}\b"))
    expect(button).to_be_enabled()
    expect(page.locator("form[data-vote]")).to_have_attribute("aria-busy", "true")
    expect(page.locator("#said")).to_be_empty()
    waiting[0].continue_()
    expect(page.locator("#said")).to_have_text("Your vote is in.")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button.locator(".n")).to_have_text(str(before + 1))
    button.click()
    expect(button.locator(".do")).to_have_text("Support")
    waiting[1].continue_()
    expect(page.locator("#said")).to_have_text("Your vote is withdrawn.")


def test_who_presses_again_before_the_answer_has_the_last_word(site, browse):
    page = sign_in(browse(), "rita@example.org")
    page.goto(site.facts["horn"])
    waiting, button = held_back(page), page.locator("button.vote")
    before = int(button.locator(".n").inner_text())
    button.click()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button.locator(".n")).to_have_text(str(before))
    assert len(waiting) == 1
    waiting[0].continue_()
    expect(button).to_have_attribute("value", "0")
    expect(button).to_have_attribute("aria-pressed", "false")
    waiting[1].continue_()
    expect(page.locator("#said")).to_have_text("Your vote is withdrawn.")
    expect(button.locator(".n")).to_have_text(str(before))


def test_one_who_turns_against_an_idea_sees_both_numbers_change_at_once(site, browse):
    page = sign_in(browse(), "zoe@example.org")
    page.goto(site.facts["both"])
    up, down = page.locator("button.vote").first, page.locator("button.vote.against")
    up.click()
    expect(page.locator("#said")).to_have_text("Your vote is in.")
    for_it, against = (int(one.locator(".n").inner_text()) for one in (up, down))
    held_back(page)
    down.click()
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(up).to_have_attribute("aria-pressed", "false")
    expect(up.locator(".n")).to_have_text(str(for_it - 1))
    expect(down.locator(".n")).to_have_text(str(against + 1))


def test_a_vote_without_an_answer_is_taken_back_and_says_why(site, browse):
    page = sign_in(browse(), "rita@example.org")
    page.goto(site.facts["roof"])
    waiting, button = held_back(page), page.locator("button.vote")
    before = button.inner_text()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    waiting[0].fulfill(status=503, body="away")
    expect(page.locator("[role=alert]")).to_contain_text("No answer came")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_be_focused()
    assert button.inner_text() == before
    button.click()
    expect(page.locator("[role=alert]")).to_have_count(0)


def test_a_refused_vote_is_taken_back_and_says_why(site, browse):
    page = sign_in(browse(), "rita@example.org")
    page.goto(site.facts["roof"])
    button = page.locator("button.vote")
    button.evaluate("button => (button.value = '7')")
    before = button.inner_text()
    button.click()
    expect(page.locator("[data-refusal]")).not_to_be_empty()
    expect(page.locator("button.vote")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("button.vote")).to_be_focused()
    assert page.locator("button.vote").inner_text() == before


def test_a_keyboard_is_enough(site, browse):
    page = sign_in(browse(), "rita@example.org")
    page.goto(site.facts["horn"])
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    for _n in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.vote')"):
            break
    page.keyboard.press("Space")
    expect(page.locator("button.vote")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(page.locator("button.vote")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#said")).to_have_text("Your vote is withdrawn.")  # for who comes next


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
    page.wait_for_url("**/accounts/enter/**")
    expect(page.locator("h1")).to_contain_text("More shade")


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


MADE = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from accounts.models import Brand, User
from ideas.domain import decisions, votes
from tests.factories import make_challenge, make_idea
made = make_idea(make_challenge(Brand.objects.get(slug="mio"), slug="to-make"), title="A shelf")
voter = User.objects.get(email="charlie@example.org")
votes.cast_as_user(code=made.code, user_id=voter.pk, value=1)
decisions.set_status(idea=made, status="planned", actor=None)
"""


def test_ones_own_vote_is_seen_on_the_road_map(site, browse):
    site.python("-c", MADE)
    page = sign_in(browse(), "charlie@example.org")
    page.goto("/b/mio/roadmap/")
    card = page.locator(".card", has_text="A shelf")
    expect(card.get_by_text("You voted for this")).to_be_visible()
