"""What a screen reader is told of the main pages: names, roles, states."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser
CHARLIE, ALICE = "charlie@example.org", "alice@example.org"

HORN = "A horn that says thank you"
LIST = ["navigation Order", "search", "navigation How ideas are shown"]
STREET = "What should a small car give back to the street?"
DESK_LIST = ["navigation Desk", "search", "navigation Status", "navigation Order"]
# Path, who, title of its h1, and landmarks of its own beside those of every page.
PAGES = [
    ("/", None, "Have a say in what comes next", []),
    ("/b/mio/", None, "Mio Motors", []),
    ("/b/mio/c/street/", None, STREET, LIST),
    ("/b/mio/c/street/?view=list", CHARLIE, STREET, LIST),
    ("{horn}", CHARLIE, "A horn that says thank you",
     ["navigation You are here", "complementary Vote"]),
    ("/accounts/login/", None, "Sign in", []),
    ("/b/mio/submit/?challenge=street", CHARLIE, "", []),
    ("/me/", ALICE, "Alice", ["navigation Your account"]),
    ("/desk/mio/", ALICE, "Ideas for Mio Motors", DESK_LIST),
    ("{at_desk}", ALICE, "A lathe for all", ["navigation Desk"]),
    ("/desk/mio/insights/", ALICE, "How it goes", ["navigation Desk"]),
]  # fmt: skip
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((node) => node.checkVisibility()).map((node) => Number(node.tagName[1]))"""
CONTROLS = "button, a[href], input:not([type=hidden]), select, textarea, summary"
UNNAMED = f"""() => [...document.querySelectorAll("{CONTROLS}")]
  .filter((node) => node.checkVisibility() && !node.ariaHidden && !node.ariaLabel)
  .filter((node) => !node.textContent.trim())
  .filter((node) => !node.hasAttribute("aria-labelledby") && !node.labels?.length)
  .map((node) => node.outerHTML.slice(0, 120))"""


@pytest.fixture
def opened(site, browse):
    def open_(path, who):
        page = browse(viewport={"width": 1280, "height": 900})
        if who:
            sign_in(page, who)
        page.goto(path.format(**site.facts))
        return page

    return open_


@pytest.mark.parametrize(("path", "who", "title", "landmarks"), PAGES)
def test_a_page_says_its_parts_and_what_it_is_about(opened, path, who, title, landmarks):
    page = opened(path, who)
    for role in ("banner", "main", "contentinfo"):
        expect(page.get_by_role(role)).to_have_count(1)
    expect(page.get_by_role("navigation", name="Main")).to_have_count(1)
    for landmark in landmarks:
        role, _space, name = landmark.partition(" ")
        expect(page.get_by_role(role, name=name or None)).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(page.locator("#said[role=status]")).to_have_count(1)
    levels = page.evaluate(HEADINGS)
    assert levels[0] == 1
    assert [pair for pair in zip(levels, levels[1:], strict=False) if pair[1] > pair[0] + 1] == []
    assert page.evaluate(UNNAMED) == []


def test_the_first_stop_leads_past_the_head_of_the_page(opened):
    page = opened("/b/mio/c/street/", None)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize("view", ["cards", "list"])
def test_a_vote_has_the_name_of_its_idea_and_says_whether_it_is_pressed(opened, view):
    page = opened(f"/b/mio/c/street/?view={view}", CHARLIE)
    control = page.get_by_role("button", name=HORN)
    off = page.get_by_role("button", name=HORN, pressed=False)
    on = page.get_by_role("button", name=HORN, pressed=True)
    if control.get_attribute("aria-pressed") == "true":
        control.click()
        expect(page.locator("#said")).to_have_text("Your vote is withdrawn.")
    expect(control).to_have_accessible_name("Support 0 A horn that says thank you")
    expect(off).to_have_count(1)
    control.press("Enter")
    expect(on).to_have_count(1)
    expect(control).to_have_accessible_name("Supported 1 A horn that says thank you")
    expect(page.get_by_role("status").filter(has_text="Your vote is in.")).to_have_count(1)
    control.press("Space")
    expect(off).to_have_count(1)
    expect(page.locator("#said")).to_have_text("Your vote is withdrawn.")  # for who comes next


def test_points_and_votes_against_say_what_they_are(opened):
    page = opened("/b/mio/c/marks/", CHARLIE)
    points = page.get_by_role("button", name="points for “A desk that folds”")
    expect(points).to_have_count(4)
    expect(page.get_by_role("button", name="1 point for “A desk that folds”")).to_have_count(1)
    page.goto("/b/garden/c/places/")
    against = page.get_by_role("button", name="vote against “By the river”", pressed=False)
    expect(against).to_have_count(1)


def test_a_visitor_is_led_to_vote_by_a_link_of_the_same_name(opened):
    page = opened("/b/mio/c/street/", None)
    expect(page.get_by_role("link", name="Support").filter(has_text="A horn")).to_have_count(1)


def test_orders_and_densities_say_which_is_chosen(opened):
    page = opened("/b/mio/c/street/?sort=new&view=list", None)
    orders = page.get_by_role("navigation", name="Order")
    assert orders.locator("[aria-current]").all_inner_texts() == ["New"]
    ways = page.get_by_role("navigation", name="How ideas are shown")
    assert ways.locator("[aria-current]").all_inner_texts() == ["List"]


def test_a_dialog_has_a_name_and_gives_the_focus_back(opened):
    page = opened("/desk/mio/", ALICE)
    opener = page.get_by_role("button", name="Shortcuts")
    opener.click()
    expect(page.get_by_role("dialog", name="Keys of the desk")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_pictures_open_in_a_dialog_that_says_where_one_is(opened):
    page = opened("{both}", None)
    page.get_by_role("link", name="Picture 2 of 3, enlarged").click()
    dialog = page.get_by_role("dialog", name="Pictures")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Next picture")).to_be_visible()
    expect(dialog.get_by_role("img")).to_have_accessible_name("Shade 2")
    expect(dialog.locator("[aria-live=polite]")).not_to_be_empty()


def test_a_field_that_is_refused_says_so_and_why(opened):
    page = opened("/desk/mio/settings/", ALICE)
    page.get_by_label("Name").fill("")
    page.get_by_role("button", name="Save").click()
    field = page.get_by_label("Name")
    expect(field).to_have_attribute("aria-invalid", "true")
    described = field.get_attribute("aria-describedby").split()
    assert any(page.locator(f"#{one}.wrong").count() for one in described)


def test_what_happened_is_in_the_live_part_of_the_page(opened):
    page = opened("{horn}", CHARLIE)
    follow = page.get_by_role("button", name="Follow")
    was = follow.get_attribute("aria-pressed")
    follow.click()
    expect(page.get_by_role("button", name="Follow")).not_to_have_attribute("aria-pressed", was)
