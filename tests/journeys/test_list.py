"""The living list of a question: orders without a new page, lines, more ideas, and the way back."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser

MANY = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from accounts.models import Brand
from tests.factories import make_challenge, make_idea
made = make_challenge(Brand.objects.get(slug="mio"), slug="%s")
for number in range(%s):
    make_idea(made, title="Idea number %%s" %% number, tags=["tag%%s" %% (number %% 2)])
"""
VOTE = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from accounts.models import User
from ideas.domain import votes
votes.cast_as_user(code="%s", user_id=User.objects.get(email="zoe@example.org").pk, value=1)
"""


@pytest.fixture
def make(site, request):
    """A question of this test's own. Returns its address."""

    def question(ideas):
        slug = re.sub("[^a-z]+", "-", request.node.name.lower())[-40:].strip("-")
        site.python("-c", MANY % (slug, ideas))
        return f"/b/mio/c/{slug}/"

    return question


def titles(page):
    return page.locator("[data-ideas] .title").all_inner_texts()


def settled(page):
    expect(page.locator("[data-list]")).not_to_have_attribute("aria-busy", "true")


def fetches(page):
    """What is asked for behind the first page from now on."""
    asked = []
    page.on("request", lambda sent: "cursor=" in sent.url and asked.append("begun"))
    page.on("requestfinished", lambda sent: "cursor=" in sent.url and asked.append("over"))
    return asked


def same_page(page):
    """Marks the window; a new page would not have the mark."""
    page.evaluate("window.marked = true")
    return lambda: page.evaluate("window.marked === true")


def test_an_order_changes_the_list_and_the_address_and_nothing_else(browse, make):
    page = browse()
    page.goto(f"{make(16)}?sort=hot")
    is_same = same_page(page)
    page.evaluate("scrollTo(0, 60)")
    page.locator("#order-new").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".tabs [aria-current]")).to_have_text("New")
    assert titles(page)[0] == "Idea number 15"
    assert page.url.endswith("?sort=new#ideas")
    expect(page.locator("#order-new")).to_be_focused()
    expect(page.locator("#said")).to_have_text("Sorted by: New")
    assert page.evaluate("scrollY") == 60
    page.go_back()
    expect(page.locator(".tabs [aria-current]")).to_have_text("Hot")
    page.go_forward()
    expect(page.locator(".tabs [aria-current]")).to_have_text("New")
    assert is_same()


def test_a_search_and_its_chips_leave_the_page_where_it_is(browse, make):
    page = browse()
    page.goto(make(6))
    is_same = same_page(page)
    page.fill("[role=search] [name=q]", "number 3")
    page.keyboard.press("Enter")
    expect(page.locator("[data-ideas] > li")).to_have_count(1)
    expect(page.locator("[role=search] [name=q]")).to_be_focused()
    page.click("[data-chip=q]")
    expect(page.locator("[data-ideas] > li")).to_have_count(6)
    page.click(".narrow-by summary")
    page.fill("[name=tag]", "tag1")
    page.click("[role=search] .filters button")
    expect(page.locator("[data-ideas] > li")).to_have_count(3)
    page.click(".narrow-by summary")
    page.keyboard.press("Escape")
    expect(page.locator(".narrow-by .menu-panel")).to_be_hidden()
    expect(page.locator(".narrow-by summary")).to_be_focused()
    assert is_same()


def test_whoever_presses_a_button_of_the_search_keeps_the_focus_on_it(browse, make):
    page = browse()
    page.goto(make(6))
    is_same = same_page(page)
    page.fill("#find-q", "number 3")
    page.locator("#find-go").press("Enter")
    expect(page.locator("[data-ideas] > li")).to_have_count(1)
    expect(page.locator("#find-go")).to_be_focused()
    page.fill("#find-q", "")
    filters = page.locator(".narrow-by summary")
    for press in ("#find-show", "#find-tag"):  # the menu closes, as by Escape
        filters.click()
        page.fill("#find-tag", "tag1" if press == "#find-show" else "tag0")
        page.locator(press).press("Enter")
        expect(page.locator("#said")).to_contain_text("3 ideas. Sorted by: ")
        expect(page.locator(".narrow-by .menu-panel")).to_be_hidden()
        expect(filters).to_be_focused()
        page.locator("#said").evaluate("said => (said.textContent = '')")
    assert is_same()


@pytest.mark.parametrize("scripts", [True, False])
def test_whoever_has_chosen_lines_finds_them_on_every_page(browse, make, scripts):
    page = browse(java_script_enabled=scripts, viewport={"width": 1280, "height": 900})
    path = make(25)
    page.goto(f"{path}?sort=new&view=cards")
    expect(page.locator("[data-ideas] > .card").first).to_be_visible()
    page.click("#view-list")
    expect(page.locator(".idea-row").nth(19)).to_be_visible()  # on a tall screen more come at once
    heights = [row.bounding_box()["height"] for row in page.locator(".idea-row").all()]
    assert set(heights) == {56}
    page.goto(path)
    expect(page.locator(".idea-row").first).to_be_visible()
    assert page.locator(".idea-row").first.bounding_box()["y"] <= 250
    assert sum(row.bounding_box()["y"] < 900 - 56 for row in page.locator(".idea-row").all()) >= 7
    page.goto("/b/mio/")
    expect(page.locator(".idea-row").first).to_be_visible()
    page.click("#view-cards")
    expect(page.locator("[data-ideas] > .card").first).to_be_visible()


STATUSES = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from ideas.domain.figures import stir
from ideas.models import Idea
stir(Idea.objects.filter(challenge__slug="%s")[0].brand_id)
for place, idea in enumerate(Idea.objects.filter(challenge__slug="%s").order_by("pk")):
    status = ("submitted", "in_progress", "under_review", "planned", "implemented", "declined")
    Idea.objects.filter(pk=idea.pk).update(status=status[place %% 6])
"""


def test_a_line_on_a_phone_tells_the_status_whole_and_is_pressed_with_a_thumb(site, browse, make):
    path = make(6)
    slug = path.split("/")[-2]
    site.python("-c", STATUSES % (slug, slug))
    page = browse(viewport={"width": 390, "height": 800})
    for width in (390, 360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path)
        assert page.locator(".idea-row .chip").count() == 5
        for chip in page.locator(".idea-row .chip").all():
            assert chip.evaluate("e => e.scrollWidth <= e.clientWidth"), chip.inner_text()
        for vote in page.locator(".idea-row .vote").all():
            assert vote.bounding_box()["height"] >= 40
        assert page.evaluate("document.documentElement.scrollWidth") == width
        row = page.locator(".statuses .slide")
        assert row.evaluate("e => e.scrollWidth > e.clientWidth")  # and not the page
    page.locator("#status-declined").click()
    expect(page.locator("[data-ideas] > li")).to_have_count(1)
    expect(page.locator("#status-declined")).to_be_focused()
    expect(page.locator("#status-declined")).to_be_in_viewport()


def test_a_brands_page_shows_ideas_on_its_first_screen(browse):
    page = browse(viewport={"width": 1280, "height": 900})
    page.goto("/b/mio/")
    assert page.locator("[data-ideas] .title").first.bounding_box()["y"] < 900
    assert page.locator("[role=search]").bounding_box()["y"] < 900
    sizes = [
        float(page.locator(one).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))
        for one in ("h1", "h2", ".question h3")
    ]
    assert sizes[0] > sizes[1] > sizes[2]
    for head in page.locator(".question h3:visible").all():
        assert head.evaluate("e => e.scrollHeight <= e.clientHeight + 1")


@pytest.mark.parametrize("who", [None, "charlie@example.org"])
def test_more_come_by_themselves_then_by_the_button_and_are_there_on_return(browse, make, who):
    page = browse(viewport={"width": 1280, "height": 900})
    if who:
        sign_in(page, who)
    page.goto(f"{make(105)}?sort=new&view=list")
    rows = page.locator(".idea-row")
    for there in (40, 60, 80):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(rows).to_have_count(there)
        expect(page.locator("#said")).to_have_text("20 more ideas")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(500)
    expect(rows).to_have_count(80)
    page.get_by_role("link", name="More ideas").press("Enter")
    expect(rows).to_have_count(100)
    expect(page.locator(".idea-row .title").nth(80)).to_be_focused()
    page.get_by_role("link", name="More ideas").press("Enter")
    expect(rows).to_have_count(105)
    expect(page.get_by_role("link", name="More ideas")).to_have_count(0)
    assert page.url.endswith("?sort=new&view=list")
    before = titles(page)
    assert before == [f"Idea number {n}" for n in range(104, -1, -1)]
    link = page.get_by_role("link", name="Idea number 40", exact=True)
    link.scroll_into_view_if_needed()
    page.wait_for_timeout(400)
    place = page.evaluate("scrollY")
    link.click()
    page.wait_for_url("**/i/**")
    asked = fetches(page)
    page.go_back()
    expect(link).to_be_in_viewport()
    settled(page)
    assert titles(page) == before[:80]
    assert abs(page.evaluate("scrollY") - place) <= 2
    assert asked == ["begun", "over"] * 3  # no more than are above, one after the other
    expect(page.locator(".idea-row time:not([title])")).to_have_count(0)


def test_a_random_list_is_the_same_when_one_comes_back(browse, make):
    page = sign_in(browse(), "charlie@example.org")
    page.goto(f"{make(30)}?sort=random")
    ideas = page.locator("[data-ideas] > li")
    expect(ideas).to_have_count(30)
    before = titles(page)
    page.locator("[data-ideas] .title").nth(2).click()
    page.wait_for_url("**/i/**")
    page.go_back()
    settled(page)
    expect(ideas).to_have_count(30)
    assert titles(page) == before


def test_a_number_changes_while_one_looks_and_nobody_is_told(site, browse, make):
    page = browse()
    page.clock.install()
    page.goto(make(2))
    row = page.locator("[data-ideas] > li").first
    code = row.get_attribute("id").removeprefix("idea-")
    expect(row.locator(".vote .n").first).to_have_text("0")
    asked = []
    page.on("response", lambda sent: asked.append(sent.status) if "/counts/" in sent.url else None)
    page.clock.run_for(17_000)
    page.wait_for_timeout(300)
    site.python("-c", VOTE % code)
    for _n in range(20):
        page.clock.run_for(17_000)
        page.wait_for_timeout(200)
        if row.locator(".vote .n").first.inner_text() == "1":
            break
    expect(row.locator(".vote .n").first).to_have_text("1")
    expect(page.locator("#said")).to_be_empty()
    page.clock.run_for(17_000)
    page.wait_for_timeout(300)
    assert (asked[0], asked[-1]) == (200, 304)
    assert set(asked) == {200, 304}


def test_without_scripts_orders_pages_and_lines_are_plain_links(browse, make):
    page = browse(java_script_enabled=False)
    page.goto(make(25))
    page.click("#order-new")
    expect(page.locator(".tabs [aria-current]")).to_have_text("New")
    page.click(".orders summary")
    page.click("#order-discussed")
    expect(page.locator(".tabs [aria-current]")).to_have_text("Discussed")
    page.get_by_role("link", name="More ideas").click()
    expect(page.locator("[data-ideas] > li")).to_have_count(5)
    page.get_by_role("link", name="First page").click()
    expect(page.locator("[data-ideas] > li")).to_have_count(20)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_menus_stay_on_the_screen(browse, width):
    page = browse(viewport={"width": width, "height": 800})
    page.goto("/b/mio/c/street/")
    for menu in (".narrow-by", ".orders .menu"):
        page.click(f"{menu} summary")
        box = page.locator(f"{menu} .menu-panel").bounding_box()
        assert 0 <= box["x"] <= width - box["width"], menu
        page.keyboard.press("Escape")
