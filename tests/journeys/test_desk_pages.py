"""A manager goes from page to page of the desk, on a phone too."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.journeys.test_pages import barriers

pytestmark = pytest.mark.browser

DESK = "/desk/atelier/"  # twelve pages: admission is one
PAGES = 12
WATCH = """
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) window.shifted += one.value;
  }).observe({type: "layout-shift", buffered: true});
"""
IN_SIGHT = """() => {
  const marks = document.querySelectorAll(".desk-nav [aria-current], .rest b");
  return [...marks].filter((mark) => mark.checkVisibility()).filter((mark) => {
    const box = mark.getBoundingClientRect();
    const row = mark.closest(".sliding")?.getBoundingClientRect();
    const isWithin = !row?.width || (box.left >= row.left - 1 && box.right <= row.right + 1);
    return isWithin && box.left >= 0 && box.right <= innerWidth;
  }).length;
}"""
LEFT = """(names) => names.map((name) => {
  const range = document.createRange();
  range.selectNode(document.querySelector(name));
  return Math.round(range.getBoundingClientRect().left);
})"""


def pages_of(page):
    page.goto(DESK)
    links = page.locator(".desk-nav a")
    return list(dict.fromkeys(link.get_attribute("href") for link in links.all()))


@pytest.mark.parametrize("language", ["en-US", "fr-FR"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_tabs_take_one_row_and_show_where_one_is(site, browse, width, language):
    page = browse(viewport={"width": width, "height": 740}, locale=language)
    page.add_init_script(WATCH)
    sign_in(page, "alice@example.org")
    paths = pages_of(page)
    assert len(paths) == PAGES
    for path in paths:
        page.goto(path)
        height = page.locator(".desk-nav").bounding_box()["height"]
        assert height < (50 if width < 1120 else 90), path
        assert page.evaluate(IN_SIGHT) == 1, path
        assert page.evaluate("shifted") < 0.01, path


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_without_script_every_page_is_reached(site, browse, width):
    page = browse(viewport={"width": width, "height": 740}, java_script_enabled=False)
    sign_in(page, "alice@example.org")
    for path in pages_of(page):
        page.goto(DESK)
        link = page.locator(f'.desk-nav a[href="{path}"]')
        more = page.locator(".rest > summary")
        if not any(one.is_visible() for one in link.all()):
            more.click()
        link.locator("visible=true").click()
        expect(page).to_have_url(site.url + path)


def test_the_menu_of_the_other_pages_closes_by_a_key_and_by_going_on(site, browse):
    page = browse(viewport={"width": 360, "height": 740})
    sign_in(page, "alice@example.org")
    page.goto(f"{DESK}team/")
    menu, summary = page.locator(".rest"), page.locator(".rest > summary")
    expect(summary).to_have_accessible_name("Team More")
    summary.focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    assert barriers(page) == []
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="How it goes")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    summary.click()
    page.mouse.click(10, 700)
    expect(menu).not_to_have_attribute("open", "")


@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_a_desk_has_one_left_edge(site, browse, width):
    page = browse(viewport={"width": width, "height": 900})
    sign_in(page, "alice@example.org")
    for path, held in (("", ".idea-lines"), ("insights/", ".panel"), ("team/", ".lines")):
        page.goto(f"/desk/mio/{path}")
        edges = page.evaluate(
            LEFT, [".topbar .wrap", ".desk-head", "h1", f"main {held}", ".bottom .wrap"]
        )
        assert len(set(edges)) == 1, path
