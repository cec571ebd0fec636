"""The ideas beside one: in the list that its reader came from, and past what was loaded of it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.screen import too_wide
from tests.journeys.test_list import make  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


@pytest.fixture
def at_the_end(browse, make):  # noqa: F811
    """On the page of the last idea that the list had loaded; more are to come."""

    def walk(ideas, **options):
        page = browse(viewport={"width": 1280, "height": 900}, **options)
        page.add_init_script("delete window.IntersectionObserver.prototype.observe")
        page.add_init_script("window.IntersectionObserver.prototype.observe = () => {}")
        page.goto(f"{make(ideas)}?sort=new&view=list")
        page.locator("[data-ideas] a.title").nth(19).click()
        expect(page.locator("h1")).to_have_text(f"Idea number {ideas - 20}")
        return page

    return walk


def test_the_next_idea_after_the_last_one_loaded_is_the_first_of_the_next_page(at_the_end):
    page = at_the_end(43)
    trail = page.get_by_role("navigation", name="In the list")
    expect(trail).to_contain_text("20 of more than 20")
    page.set_viewport_size({"width": 320, "height": 700})
    assert too_wide(page) == []
    after = trail.get_by_role("link", name="After it: more ideas of the list")
    after.click()
    expect(page.locator("h1")).to_have_text("Idea number 22")
    expect(trail).to_contain_text("21 of more than 40")
    expect(trail.get_by_role("link", name="Before it: Idea number 23")).to_be_visible()
    trail.get_by_role("link", name="Back to the list:").click()
    expect(page.locator("[data-ideas] a.title").first).to_have_text("Idea number 22")
    for left in range(19):
        page.go_back() if not left else None
        page.keyboard.press("n")
        expect(page.locator("h1")).to_have_text(f"Idea number {21 - left}")
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text("Idea number 2")
    expect(trail).to_contain_text("41 / 43")


def test_where_the_next_page_does_not_come_the_way_leads_to_it(at_the_end):
    page = at_the_end(23)
    asked = []
    page.route("**/c/**", lambda route: asked.append(1) or (
        route.fulfill(status=503) if len(asked) == 1 else route.continue_()
    ))  # fmt: skip
    page.keyboard.press("n")
    page.wait_for_url("**cursor=*")
    expect(page.locator("[data-ideas] a.title")).to_have_count(3)


def test_ideas_that_are_gone_meanwhile_end_the_trail(at_the_end, site):
    page = at_the_end(21)
    title = page.locator("h1").inner_text()
    site.python("-c", GONE % page.url.split("/i/")[1].split("/")[0])
    page.keyboard.press("n")
    trail = page.get_by_role("navigation", name="In the list")
    expect(trail).to_contain_text("20 / 20")
    expect(trail.get_by_role("link")).to_have_count(2)
    expect(trail.get_by_role("link", name="Back to the list:")).to_be_focused()
    expect(trail.locator("[rel=next]")).not_to_have_attribute("aria-keyshortcuts", "n")
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text(title)


GONE = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from ideas.models import Idea
here = Idea.objects.get(code="%s")
Idea.objects.filter(challenge=here.challenge, title="Idea number 0").update(hidden=True)
"""


def test_the_crumbs_lead_to_the_list_as_it_was(browse, make):  # noqa: F811
    page = browse()
    page.goto(f"{make(4)}?tag=tag1&sort=new")
    page.locator("[data-ideas] a.title").first.click()
    expect(page.locator("h1")).to_have_text("Idea number 3")
    assert "?" not in page.url
    page.locator(".crumbs a").last.click()
    page.wait_for_url("**/?tag=tag1&sort=new")
    expect(page.locator("[data-ideas] > li")).to_have_count(2)


def test_without_a_script_they_do_so_too(browse, make):  # noqa: F811
    page = browse(java_script_enabled=False)
    page.goto(f"{make(4)}?tag=tag1&sort=new")
    page.locator("[data-ideas] a.title").first.click()
    assert page.locator("link[rel=canonical]").get_attribute("href") == page.url.split("?")[0]
    page.locator(".crumbs a").last.click()
    page.wait_for_url("**/?tag=tag1&sort=new#ideas")
    expect(page.locator("[data-ideas] > li")).to_have_count(2)
