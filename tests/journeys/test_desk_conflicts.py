"""Somebody at the desk goes on before an answer is there, or another of the team is quicker."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.journeys.test_desk import MORE, heading, on_small_screen, press, slowly

pytestmark = pytest.mark.browser

ANSWERED = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from accounts.models import User
from ideas.domain import comments
from ideas.models import Idea
idea = Idea.objects.select_related("brand").get(code="%s")
actor = User.objects.get(email="alice@example.org")
comments.answer(idea=idea, body="Yes, in spring.", actor=actor)
"""


@pytest.fixture
def page(site, browse, request):
    """Alice at the list of a question of this test's own, with three ideas."""
    slug = re.sub("[^a-z0-9]+", "-", request.node.name.lower())[-40:].strip("-")
    site.python("-c", MORE % slug)
    page = sign_in(browse(), "alice@example.org")
    page.goto(f"/desk/mio/?sort=new&challenge={slug}")
    yield page
    page.unroute_all(behavior="wait")


def answered_by_another(page, site):
    code = page.locator("[data-row]").first.get_attribute("id").removeprefix("idea-")
    site.python("-c", ANSWERED % code)


def answer_typed(page, words="No."):
    press(page, "j")
    expect(heading(page)).to_have_text("First")
    press(page, "a")
    page.keyboard.type(words)


def late(page, path):
    """What is sent there comes back when its reader is elsewhere."""

    def wait(route):
        page.wait_for_timeout(1500)
        route.continue_()

    page.route(path, wait)


def decide_on_many(page):
    page.locator("[name=idea]").first.check()
    page.click("text=Decide on them")


LEAVING = {
    "a row": (lambda page: page.click("a.title >> text=First"), "First"),
    "back": (lambda page: page.go_back(), "First"),
    "a button": (lambda page: page.locator("[data-step=k]").click(), "Second"),
    "the bar": (decide_on_many, "One decision for 1 idea"),
}


@pytest.mark.parametrize("way", LEAVING)
def test_keys_for_an_idea_that_is_left_act_on_no_other(page, way):
    leave, then = LEAVING[way]
    page.click("a.title >> text=First")
    expect(heading(page)).to_have_text("First")
    page.click("a.title >> text=Second")
    expect(heading(page)).to_have_text("Second")
    slowly(page)
    press(page, "j", "s")  # for the third, which is not there yet
    leave(page)
    expect(heading(page)).to_have_text(then)
    expect(page.locator("[data-place][inert]")).to_have_count(0)  # the next is there
    expect(page.locator("[name=status]:focus")).to_have_count(0)


@pytest.mark.parametrize("keys", ["m", "jk", "o"])
def test_typed_words_stay_with_what_their_writer_had_seen(page, site, keys):
    answer_typed(page)
    answered_by_another(page, site)
    press(page, "Escape")
    if keys == "m":
        press(page, "m")
        expect(page.locator("#pane .notice")).to_contain_text("You are in charge.")
    elif keys == "jk":
        press(page, "j")
        expect(heading(page)).to_have_text("Second")
        press(page, "k")
    else:
        page.locator("[data-row]").first.click()
    expect(page.locator("#answers .prose")).to_have_text("Yes, in spring.")
    expect(page.locator("#answer_body")).to_have_value("No.")
    press(page, "a", "Control+Enter")
    expect(page.locator(".meanwhile")).to_contain_text("Yes, in spring.")
    expect(page.locator("#said")).to_have_text("Somebody of your team was quicker")
    expect(page.locator("#answers .prose")).to_have_count(1)


def test_words_that_came_back_from_a_conflict_stay_with_their_idea(page, site):
    answer_typed(page)
    answered_by_another(page, site)
    press(page, "Control+Enter")
    expect(page.locator(".meanwhile")).to_contain_text("Yes, in spring.")
    press(page, "j")
    expect(heading(page)).to_have_text("Second")
    press(page, "k")
    expect(heading(page)).to_have_text("First")
    expect(page.locator("#answer_body")).to_have_value("No.")
    press(page, "a", "Control+Enter")  # by now they have seen it
    expect(page.locator("#answers .prose")).to_have_count(2)


def test_words_do_not_follow_whoever_hurries_on(page):
    answer_typed(page)
    slowly(page)
    press(page, "Escape", "j", "j")
    expect(heading(page)).to_have_text("Third")
    press(page, "k")
    expect(heading(page)).to_have_text("Second")
    expect(page.locator("#answer_body")).to_have_value("")
    press(page, "k")
    expect(page.locator("#answer_body")).to_have_value("No.")


@pytest.mark.parametrize("slow", ["**/answer/*", "**/desk/mio/ideas/*/?*"])
def test_a_conflict_is_said_of_the_idea_that_it_concerns(page, site, slow):
    answer_typed(page)
    answered_by_another(page, site)
    late(page, slow)
    press(page, "Control+Enter", "Escape", "j")
    expect(heading(page)).to_have_text("Second")
    notice = page.locator("#pane .notice")
    expect(notice).to_contain_text("Somebody of your team was quicker with First.")
    expect(page.locator(".meanwhile")).to_have_count(0)
    notice.get_by_role("link", name="First").click()
    expect(heading(page)).to_have_text("First")
    expect(page.locator("#answer_body")).to_have_value("No.")
    press(page, "a", "Control+Enter")
    expect(page.locator(".meanwhile")).to_contain_text("Yes, in spring.")


@pytest.mark.parametrize("slow", ["**/answer/*", "**/desk/mio/ideas/*/?*"])
def test_what_was_sent_while_one_went_on_does_not_come_back(page, slow):
    answer_typed(page)
    press(page, "Escape", "n")
    page.keyboard.type("Half a no")
    press(page, "Escape", "a")
    late(page, slow)
    press(page, "Control+Enter", "Escape", "j")
    expect(heading(page)).to_have_text("Second")
    expect(page.locator("#pane .notice")).to_contain_text("Your answer stands.")
    press(page, "k")
    expect(heading(page)).to_have_text("First")
    expect(page.locator("#note_body")).to_have_value("Half a no")
    expect(page.locator("#answer_body")).to_have_value("")
    expect(page.locator("#answers .prose")).to_have_text("No.")


def test_on_a_page_of_its_own_a_conflict_is_read_first(page, site):
    on_small_screen(page)
    press(page, "j", "Enter")
    expect(heading(page)).to_have_text("First")
    code = page.url.split("/ideas/")[1].split("/")[0]
    press(page, "a")
    page.keyboard.type("No.")
    site.python("-c", ANSWERED % code)
    press(page, "Control+Enter")
    expect(page.locator(".meanwhile")).to_be_focused()
