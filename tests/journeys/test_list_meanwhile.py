"""What somebody does while a list, more of its ideas or a vote is on its way."""
# ruff: noqa: F811 - a fixture of another module

from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

from tests.journeys.conftest import sign_in
from tests.journeys.test_list import make, same_page, settled  # noqa: F401

pytestmark = pytest.mark.browser
CURRENT = ".tabs [aria-current]"
WIDE = {"width": 1280, "height": 900}

RENAME = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from ideas.models import Idea
Idea.objects.filter(code="%s").update(title="Another name")
"""

HIDE = RENAME.replace('title="Another name"', "hidden=True")


class Held:
    """What the page's scripts ask for from now on, until it is let go."""

    def __init__(self, page):
        self.page, self.routes, self.is_over = page, [], False
        page.route("**/*", self._take)

    def _take(self, route):
        if self.is_over or route.request.resource_type != "fetch":
            route.continue_()
        else:
            self.routes.append(route)

    def wait_for(self, number):
        for _n in range(200):
            if len(self.routes) >= number:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{len(self.routes)} of {number} asked for")

    def let_go(self):
        self.is_over = True
        for route in self.routes:
            with suppress(Error):  # the page asks for it no more
                let_go(route)
        self.page.wait_for_timeout(300)


def let_go(route, *, is_lost=False):
    route.abort("internetdisconnected") if is_lost else route.continue_()


def lose_fetches(route):
    let_go(route, is_lost=route.request.resource_type == "fetch")


def rows(page):
    return page.locator("[data-ideas] > li")


def test_whoever_goes_back_and_on_again_at_once_has_the_list_of_the_address(browse, make):
    page = browse()
    page.goto(f"{make(4)}?sort=hot")
    page.click("#order-new")
    expect(page.locator(CURRENT)).to_have_text("New")
    held = Held(page)
    page.go_back()
    held.wait_for(1)
    page.go_forward()
    page.wait_for_timeout(100)
    held.let_go()
    settled(page)
    assert "sort=new" in page.url
    expect(page.locator(CURRENT)).to_have_text("New")


def test_a_list_that_does_not_come_on_the_way_back_is_fetched_by_the_browser(browse, make):
    page = browse()
    page.goto(f"{make(4)}?sort=hot")
    for order, name in (("new", "New"), ("top", "Most support")):
        page.click(f"#order-{order}")
        expect(page.locator(CURRENT)).to_have_text(name)
    page.route("**/c/**", lose_fetches)
    page.go_back()
    assert "sort=new" in page.url
    expect(page.locator(CURRENT)).to_have_text("New")
    settled(page)


def test_a_search_that_is_taken_back_leaves_no_words_and_the_focus_where_it_is(browse, make):
    page = browse()
    page.goto(make(4))
    page.fill("#find-q", "number 3")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(1)
    page.go_back()
    expect(rows(page)).to_have_count(4)
    expect(page.locator("#find-q")).to_have_value("")
    expect(page.locator("#find-q")).to_be_focused()


def test_words_that_are_typed_while_a_search_is_on_its_way_are_kept_with_their_caret(browse, make):
    page = browse()
    page.goto(make(4))
    page.fill("#find-q", "number")
    held = Held(page)
    page.locator("#find-q").press("Enter")
    held.wait_for(1)
    page.keyboard.type(" 3")
    held.let_go()
    settled(page)
    page.keyboard.type("!")
    expect(page.locator("#find-q")).to_have_value("number 3!")


def test_whoever_has_gone_elsewhere_meanwhile_is_not_called_back(browse, make):
    page = browse()
    page.goto(f"{make(4)}?sort=hot")
    page.locator("#order-new").focus()
    held = Held(page)
    page.keyboard.press("Enter")
    held.wait_for(1)
    page.locator(".bottom [data-shortcuts]").focus()
    held.let_go()
    expect(page.locator(CURRENT)).to_have_text("New")
    expect(page.locator(".bottom [data-shortcuts]")).to_be_focused()


def test_a_filter_that_is_taken_out_leaves_the_focus_with_the_list_where_it_is(browse, make):
    page = browse(viewport={"width": 1280, "height": 400})
    page.goto(f"{make(16)}?tag=tag1")
    is_same = same_page(page)
    page.evaluate("scrollTo(0, 60)")
    page.locator("[data-chip=tag]").focus()
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(16)
    expect(page.locator("#ideas")).to_be_focused()
    assert page.evaluate("scrollY") == 60
    assert is_same()


def test_whoever_hears_the_page_is_told_how_many_ideas_were_found(browse, make):
    page = browse()
    page.goto(make(4))
    page.fill("#find-q", "number 3")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("1 idea. Sorted by: Best match")
    page.fill("#find-q", "nothing like that")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("0 ideas. Sorted by: Best match")
    page.goto("/b/mio/?q=horn")
    page.click("[data-chip=q]")
    expect(page.locator("#said")).to_have_text("Ideas people talk about now")


def test_whoever_presses_more_while_it_comes_by_itself_goes_on_with_its_first_idea(browse, make):
    path = make(45)
    page = browse(viewport=WIDE)
    held = Held(page)
    page.goto(f"{path}?sort=new&view=list")
    held.wait_for(1)
    page.get_by_role("link", name="More ideas").press("Enter")
    held.let_go()
    expect(page.locator("[data-ideas] .title").nth(20)).to_be_focused()


def test_whoever_reads_on_while_more_comes_is_not_called_away(browse, make):
    path = make(45)
    page = browse(viewport=WIDE)
    held = Held(page)
    page.goto(f"{path}?sort=new&view=list")
    held.wait_for(1)
    page.get_by_role("link", name="More ideas").press("Enter")
    page.locator("#find-q").focus()
    held.let_go()
    expect(rows(page)).not_to_have_count(20)
    expect(page.locator("#find-q")).to_be_focused()


def test_lines_and_cards_never_stand_in_one_list(browse, make):
    path = make(45)
    page = browse(viewport=WIDE)
    page.goto(f"{path}?view=list")
    page.add_init_script("window.IntersectionObserver.prototype.observe = () => {}")
    page.goto(f"{path}?sort=new")
    other = page.context.new_page()
    other.goto(f"{path}?view=cards")
    page.get_by_role("link", name="More ideas").click()
    expect(page.locator("[data-ideas] .title").first).to_have_text("Idea number 24")
    assert page.locator(".rows > .card, .grid > .idea-row").count() == 0


@pytest.mark.parametrize(
    ("is_lost", "said"), [(False, "Your vote is in."), (True, "your vote may not be in")]
)
def test_a_vote_whose_list_is_gone_when_it_is_answered_is_told(browse, make, is_lost, said):
    page = sign_in(browse(), "charlie@example.org")
    page.goto(make(4))
    votes = []
    page.route("**/vote/", lambda route: votes.append(route))
    page.locator("button.vote").first.click()
    page.wait_for_timeout(200)
    page.fill("#find-q", "nothing like that")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(0)
    let_go(votes[0], is_lost=is_lost)
    expect(page.locator("#said")).to_contain_text(said)


def test_a_vote_on_an_idea_that_was_hidden_meanwhile_leaves_the_list(site, browse, make):
    page = sign_in(browse(), "charlie@example.org")
    page.goto(f"{make(4)}?sort=new")
    is_same, first = same_page(page), rows(page).first
    site.python("-c", HIDE % first.get_attribute("id").removeprefix("idea-"))
    first.locator("button.vote").press("Enter")
    expect(first.get_by_role("alert")).to_have_text("This idea is no longer here.")
    expect(first.locator("button.vote")).to_have_count(0)
    expect(first.locator("[data-swap]")).to_be_focused()
    rows(page).nth(1).locator("button.vote").click()
    expect(page.locator("#said")).to_have_text("Your vote is in.")
    assert is_same()


def test_an_idea_that_was_renamed_meanwhile_keeps_its_place_in_the_trail(site, browse, make):
    page = browse()
    page.goto(f"{make(3)}?sort=new")
    first = rows(page).first
    site.python("-c", RENAME % first.get_attribute("id").removeprefix("idea-"))
    first.locator(".title").click()
    expect(page.locator("h1")).to_have_text("Another name")
    expect(page.get_by_role("navigation", name="In the list")).to_contain_text("1 / 3")
    page.keyboard.press("n")
    expect(page.locator("h1")).to_have_text("Idea number 1")


def test_an_idea_of_a_page_that_came_later_leads_back_to_that_page(browse, make):
    page = browse(viewport=WIDE)
    page.goto(f"{make(45)}?sort=new&view=list")
    expect(rows(page)).to_have_count(40)
    page.locator("[data-ideas] .title").nth(30).click()
    expect(page.locator("h1")).to_have_text("Idea number 14")
    page.get_by_role("link", name="Back to the list:").click()
    page.wait_for_url("**cursor=*")
    expect(page.get_by_role("link", name="Idea number 14", exact=True)).to_be_in_viewport()


def test_a_random_list_is_the_same_for_whoever_goes_back_by_its_trail(browse, make):
    page = sign_in(browse(), "charlie@example.org")  # visitors share a page for seconds
    page.goto(f"{make(12)}?sort=random")
    before = page.locator("[data-ideas] .title").all_inner_texts()
    page.locator("[data-ideas] .title").nth(2).click()
    page.get_by_role("link", name="Back to the list:").click()
    page.wait_for_url("**/c/**")
    assert page.locator("[data-ideas] .title").all_inner_texts() == before


def test_keys_that_are_turned_off_in_one_window_are_off_in_all(browse, make):
    path = make(3)
    page = browse()
    page.goto(path)
    other = page.context.new_page()
    other.goto(path)
    other.get_by_role("button", name="Keys", exact=True).click()
    other.get_by_label("Use these keys in this browser").uncheck()
    page.bring_to_front()
    expect(page.locator("[aria-keyshortcuts]")).to_have_count(0)
    page.keyboard.press("j")
    expect(page.locator("[data-ideas] a:focus")).to_have_count(0)
