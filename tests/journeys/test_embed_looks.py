"""How the elements and frames look on a page of another site, and in which language."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.beside import (
    CHANGE,
    SUPPORT,
    board,
    read_as,
    show,
    vote,
)
from tests.journeys.conftest import sign_in
from tests.journeys.test_pages import barriers

pytestmark = pytest.mark.browser
LEAVE_OUT = "([name, field]) => document.querySelector(name).removeAttribute(field)"


@pytest.mark.parametrize("language", ["", "/fr/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_there_is_no_barrier_and_nothing_is_cut_off(site, visit, width, scheme, language):
    page = visit(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for reader in ("", "ana"):
        read_as(page, reader, language or "/")
        show(page, site.facts["embed_hostile"])
        board(page).scroll_into_view_if_needed()
        expect(board(page).get_by_role("listitem")).to_have_count(4)
        expect(vote(page).locator(SUPPORT)).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_speaks_the_language_of_its_page_or_the_one_it_is_told(site, visit):
    page = read_as(visit(), "ana", "/fr/")
    expect(vote(page).locator(SUPPORT)).to_contain_text("Soutenir")
    expect(board(page).get_by_role("button", name="contre 0 · By the river")).to_be_visible()
    page.evaluate(CHANGE, ["cocreate-vote", "lang", "en"])
    expect(vote(page).locator(SUPPORT)).to_contain_text("Support")
    page.evaluate(CHANGE, ["cocreate-vote", "lang", "xx"])  # which we do not speak
    expect(vote(page).locator(SUPPORT)).to_contain_text("Support")


def test_it_wears_the_clothes_of_its_page(site, visit):
    page = read_as(visit())
    link = vote(page).locator(SUPPORT)
    expect(link).to_have_css("color", "rgb(11, 95, 76)")
    expect(link).to_have_css("border-radius", "6.8px")
    page.evaluate(CHANGE, ["cocreate-vote", "theme", "dark"])
    expect(link).to_have_css("color", "rgb(111, 211, 184)")
    page.evaluate("document.adoptedStyleSheets = [Object.assign(new CSSStyleSheet(), {})]")
    style = "cocreate-vote::part(button) { color: rgb(1, 2, 3); }"
    page.evaluate("css => document.adoptedStyleSheets[0].replaceSync(css)", style)
    expect(link).to_have_css("color", "rgb(1, 2, 3)")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_has_the_colour_of_its_brand_where_the_page_names_none(site, visit, mode):
    page = read_as(visit())
    brand = page.request.get(f"{site.url}/api/v1/brands/garden/").json()
    page.evaluate(CHANGE, ["cocreate-vote", "theme", mode])
    page.evaluate(
        "document.querySelector('cocreate-vote').style.setProperty('--cocreate-accent', 'initial')"
    )
    parts = [int(brand["accent"][mode][place : place + 2], 16) for place in (1, 3, 5)]
    expect(vote(page).locator(SUPPORT)).to_have_css("color", "rgb({}, {}, {})".format(*parts))


@pytest.mark.parametrize(("mode", "ground"), [("light", "251, 250, 246"), ("dark", "21, 24, 28")])
def test_with_a_theme_it_stands_on_a_ground_of_its_own(site, visit, mode, ground):
    page = read_as(visit())
    for name, element in {"cocreate-vote": vote(page), "cocreate-board": board(page)}.items():
        element.scroll_into_view_if_needed()
        own = element.locator(".own")
        expect(own).to_have_css("background-color", "rgba(0, 0, 0, 0)")
        page.evaluate(CHANGE, [name, "theme", mode])
        expect(own).to_have_css("background-color", f"rgb({ground})")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_frame_has_no_barrier_and_cuts_nothing_off(site, visit, width, scheme):
    page = visit(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in ("/frames", "/fr/frames"):
        read_as(page, path=path)
        for frame in page.locator("iframe").all():
            frame.scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        assert barriers(page) == []
        for frame in page.frames:
            assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth"), frame.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_desk_shows_how_it_looks_in_our_own_clothes(site, browse, width, scheme):
    page = sign_in(
        browse(viewport={"width": width, "height": 800}, color_scheme=scheme), "gail@example.org"
    )
    for shown in (f"show=vote&idea={site.facts['embed_points']}", "challenge=places&lang=fr"):
        page.goto(f"/desk/garden/embed/?key={site.facts['widget_key']}&{shown}")
        page.locator("#looks").scroll_into_view_if_needed()
        expect(page.locator("[part~=button]").first).to_be_visible()
        page.evaluate("scrollTo(0, 0)")  # nothing under the bar that stays on top
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_lines_are_copied_by_a_press(site, browse):
    page = sign_in(browse(permissions=["clipboard-read", "clipboard-write"]), "gail@example.org")
    page.goto(f"/desk/garden/embed/?key={site.facts['widget_key']}")
    page.get_by_role("button", name=re.compile("Copy.*Where")).click()
    expect(page.locator("#said")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.input_value("#element")
