"""The keyboard on pages with ideas: through a list, into an idea, to its vote, to its comments."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.journeys.screen import too_wide
from tests.journeys.test_list import make  # noqa: F401 - a fixture
from tests.journeys.test_pages import barriers

pytestmark = pytest.mark.browser
CHARLIE = "charlie@example.org"


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def in_focus(page):
    return page.locator("[data-ideas] a.title:focus")


@pytest.fixture
def listed(browse, make):  # noqa: F811
    """A member at a list of three ideas."""

    def open_list(ideas=3, **options):
        page = sign_in(browse(**options), CHARLIE)
        page.goto(f"{make(ideas)}?sort=new&view=list")
        return page

    return open_list


def test_a_list_is_gone_through_and_voted_on_with_keys_alone(listed):
    page = listed()
    press(page, "j")
    expect(in_focus(page)).to_have_text("Idea number 2")
    press(page, "j", "j", "k", "v")
    second = page.locator("[data-ideas] > li").nth(1)
    expect(second.locator("button.vote")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    expect(page.locator("[data-ideas] [aria-pressed=true]")).to_have_count(1)
    expect(in_focus(page)).to_have_text("Idea number 1")
    press(page, "v")
    expect(page.locator("[data-ideas] [aria-pressed=true]")).to_have_count(0)
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    press(page, "o")
    expect(page.locator("h1")).to_have_text("Idea number 1")
    press(page, "n")
    expect(page.locator("h1")).to_have_text("Idea number 0")
    press(page, "n")  # the last one
    press(page, "p")
    expect(page.locator("h1")).to_have_text("Idea number 1")
    press(page, "v")
    expect(page.locator(".ballot button.vote")).to_have_attribute("aria-pressed", "true")
    press(page, "c")
    expect(page.get_by_label("What do you think?")).to_be_focused()
    page.keyboard.type("v?")
    press(page, "Escape", "/")
    expect(page.locator("#find-q")).to_be_focused()
    page.keyboard.type("2")
    press(page, "Enter")
    expect(page.locator("[data-ideas] > li")).to_have_count(1)
    press(page, "Escape", "c")
    expect(page.get_by_label("Your idea in one sentence")).to_be_focused()


def test_behind_the_last_idea_is_the_way_to_more_of_them(listed):
    page = listed(85, viewport={"width": 1280, "height": 900})
    for there in (40, 60, 80):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(page.locator("[data-ideas] > li")).to_have_count(there)
    page.locator("[data-ideas] a.title").last.focus()
    press(page, "j")
    expect(page.get_by_role("link", name="More ideas")).to_be_focused()
    press(page, "k")
    expect(in_focus(page)).to_have_text("Idea number 5")
    press(page, "j", "j")
    expect(in_focus(page)).to_have_text("Idea number 4")
    expect(page.locator("[data-ideas] > li")).to_have_count(85)


def test_the_first_key_begins_with_what_is_in_sight(listed):
    page = listed(20, viewport={"width": 1280, "height": 600})
    page.evaluate("document.querySelectorAll('[data-ideas] > li')[9].scrollIntoView()")
    rows = page.locator("[data-ideas] > li").all()
    first = next(row for row in rows if row.bounding_box()["y"] > 79)
    press(page, "j")
    expect(in_focus(page)).to_have_text(first.locator("a.title").inner_text())
    assert first.locator("a.title").inner_text() != "Idea number 19"


def test_a_visitor_is_asked_in_and_finds_the_vote_waiting(browse, make):  # noqa: F811
    page = browse()
    page.goto(make(2))
    press(page, "v")  # for none of them
    press(page, "j", "v")
    page.wait_for_url("**/accounts/**")
    expect(page.get_by_role("heading", level=1)).to_contain_text("is ready")


def test_where_one_gives_marks_the_key_leads_to_them(site, browse):
    page = sign_in(browse(), CHARLIE)
    page.goto(site.facts["desk"])
    press(page, "v")
    expect(page.locator(".ballot .point").first).to_be_focused()
    expect(page.locator(".ballot [aria-pressed=true]")).to_have_count(0)
    press(page, "Tab", "Tab", "Enter")
    expect(page.locator(".ballot .point").nth(2)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    page.locator("h1").click()
    press(page, "v")
    expect(page.locator(".ballot .point").nth(2)).to_be_focused()


def test_keys_do_nothing_in_fields_with_modifiers_or_behind_a_dialog(listed):
    page = listed()
    before = page.url
    page.focus("#find-q")
    page.keyboard.type("jkvoc?n")
    expect(page.locator("#find-q")).to_have_value("jkvoc?n")
    expect(page.locator("#shortcuts")).to_be_hidden()
    page.fill("#find-q", "")
    press(page, "Escape", "Control+j", "Alt+j", "Meta+j")
    expect(in_focus(page)).to_have_count(0)
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Keys of this page")
    expect(dialog).to_be_visible()
    press(page, "j", "v", "c", "/")
    expect(dialog).to_be_visible()
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    expect(in_focus(page)).to_have_count(0)
    assert page.url == before


def test_whoever_turns_keys_off_has_turned_them_off_everywhere(browse, make):  # noqa: F811
    page = sign_in(browse(), "alice@example.org")
    path = make(3)
    page.goto(path)
    expect(page.locator("#find-q")).to_have_attribute("title", "Key: /")
    expect(page.locator("[data-ideas] button.vote").first).to_have_attribute("title", "Key: v")
    page.get_by_role("button", name="Keys", exact=True).click()
    page.get_by_label("Use these keys in this browser").uncheck()
    press(page, "Escape")
    assert page.locator("[aria-keyshortcuts], [title^=Key]").count() == 0
    press(page, "j", "?", "/", "c")
    expect(page.locator("[data-ideas] a:focus, #find-q:focus, dialog[open]")).to_have_count(0)
    page.goto("/desk/mio/")
    press(page, "j", "/", "?")
    expect(page.locator("[data-row]:focus, #q:focus, dialog[open]")).to_have_count(0)
    page.locator(".bottom [data-shortcuts]").click()
    expect(page.get_by_role("dialog", name="Keys of the desk")).to_be_visible()
    page.get_by_label("Use these keys in this browser").check()
    page.goto(path)
    press(page, "j")
    expect(in_focus(page)).to_have_count(1)


def test_a_vote_that_came_anew_still_names_its_key(listed):
    page = listed()
    press(page, "j", "v")
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    button = page.locator("[data-ideas] button.vote").first
    expect(button).to_have_attribute("aria-keyshortcuts", "v")
    page.goto(page.locator("[data-ideas] a.title").first.get_attribute("href"))
    expect(page.get_by_label("What do you think?")).to_have_attribute("title", "Key: c")


def test_without_a_script_nothing_is_said_of_keys(site, browse):
    page = browse(java_script_enabled=False)
    for path in ("/b/mio/c/street/", site.facts["horn"]):
        page.goto(path)
        expect(page.locator("[data-shortcuts], #shortcuts").first).to_be_hidden()
        assert page.locator("[data-shortcuts]:visible, [title^=Key]").count() == 0


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dialog_has_no_barrier_and_fits(site, browse, width, scheme):
    page = browse(viewport={"width": width, "height": 640}, color_scheme=scheme, locale="fr-FR")
    for path, keys in (("/b/mio/c/street/", 8), (site.facts["horn"], 6)):
        page.goto(path)
        press(page, "?")
        expect(page.locator("#shortcuts")).to_be_visible()
        assert page.locator("#shortcuts kbd").count() == keys
        assert barriers(page) == []
        assert too_wide(page) == []


def test_a_brands_page_has_the_keys_of_a_list(browse):
    page = browse()
    page.goto("/b/mio/")
    press(page, "j")
    expect(in_focus(page)).to_have_count(1)
    press(page, "/")
    expect(page.locator("#find-q")).to_be_focused()
    press(page, "Escape", "c")
    page.wait_for_url("/accounts/login/?next=%2Fb%2Fmio%2Fsubmit%2F")
