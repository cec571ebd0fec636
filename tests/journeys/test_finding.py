"""Somebody looks for an idea, and finds that theirs is here already."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser

HARBOUR = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from accounts.models import Brand
from ideas.models import Idea
from tests.factories import make_challenge, make_idea
made = make_challenge(Brand.objects.get(slug="mio"), slug="%s")
make_idea(made, title="Des lanternes créées par les habitants", language="fr", tags=["light"])
make_idea(made, title="A lantern at every corner", tags=["light", "street"])
make_idea(made, title="A bench under the trees", body="And a lantern above it.")
Idea.objects.filter(challenge=made, title__startswith="A lantern").update(status="planned")
"""


@pytest.fixture
def question(site, request):
    """A question of this test's own, with three ideas."""
    slug = re.sub("[^a-z]+", "-", request.node.name.lower())[-40:].strip("-")
    site.python("-c", HARBOUR % slug)
    return f"/b/mio/c/{slug}/"


def titles(page):
    return page.locator(".card .title").all_inner_texts()


@pytest.mark.parametrize("scripts", [True, False])
def test_words_and_filters_narrow_and_are_taken_out_again(site, browse, question, scripts):
    page = browse(java_script_enabled=scripts)
    page.goto(question)
    page.fill("[role=search] [name=q]", "cree lanterne")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(1)
    assert titles(page) == ["Des lanternes créées par les habitants"]
    page.fill("[role=search] [name=q]", "lanterns")
    page.click("[role=search] .find-row button")
    expect(page.locator(".card")).to_have_count(3)
    page.click("text=Filters")
    page.select_option("[name=status]", "planned")
    page.click("[role=search] .filters button")
    expect(page.locator(".card")).to_have_count(1)
    empty = "" if scripts else "&language=&tag=&author=&since=&until="
    assert page.url.partition("?")[2] == f"q=lanterns&status=planned{empty}#ideas"
    expect(page.locator("[data-chip]")).to_have_count(2)
    page.click("[data-chip=q]")
    expect(page.locator("[data-chip]")).to_have_count(1)
    expect(page.locator("[role=search] [name=q]")).to_have_value("")
    page.goto(f"{question}?tag=light&q=lantern")
    expect(page.locator(".card")).to_have_count(2)
    page.click("[data-chip=tag]")
    expect(page.locator(".card")).to_have_count(3)
    page.click(".tabs >> text=New")
    expect(page.locator(".tabs [aria-current]")).to_have_text("New")
    expect(page.locator("[data-chip=q]")).to_have_count(1)
    page.fill("[role=search] [name=q]", "helicopter")
    page.keyboard.press("Enter")
    expect(page.locator(".empty")).to_contain_text("No idea has all of these words.")
    page.click("text=Search all questions")
    page.wait_for_url("**/b/mio/?q=helicopter")


def test_who_types_what_is_here_already_votes_for_it_instead(site, browse, question):
    page = sign_in(browse(), "rita@example.org")
    page.goto(f"/b/mio/submit/?challenge={question.split('/')[4]}")
    page.click("[name=title]")
    page.keyboard.type("A lantern on every corner", delay=20)
    near = page.locator(".similar.near")
    expect(near).to_contain_text("A lantern at every corner")
    expect(page.locator("[name=title]")).to_be_focused()
    expect(page.locator("#said")).not_to_be_empty()
    with page.context.expect_page() as opened:
        near.locator("text=Vote for this one instead").first.click()
    vote = opened.value
    expect(vote.locator("h1")).to_have_text("One press and your vote counts")
    vote.click("button.vote")
    expect(vote.locator("button.vote")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[name=title]")).to_have_value("A lantern on every corner")
    page.fill("[name=title]", "Helicopters for nobody")
    expect(page.locator(".similar")).to_have_count(0)


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
