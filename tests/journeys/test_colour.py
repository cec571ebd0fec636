"""A brand's very own colour, seen while it is typed and wherever the brand is."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser
SETTINGS = "/desk/lang/settings/"
GROUND = "node => getComputedStyle(node).backgroundColor"
YELLOW, RED, BLACK, WHITE = (
    "rgb(170, 142, 0)", "rgb(227, 0, 11)", "rgb(0, 0, 0)", "rgb(255, 255, 255)",
)  # fmt: skip


def button(page):
    return page.locator(".preview .button.loud")


def test_a_colour_is_shown_while_it_is_typed_and_a_hue_takes_its_place(site, browse):
    page = sign_in(browse(color_scheme="light"), "alice@example.org")
    page.goto(SETTINGS)
    expect(button(page)).to_have_css("background-color", YELLOW)
    expect(
        page.get_by_text("So we show the nearest that suffices, which is darker")
    ).to_be_visible()
    field = page.get_by_label("Or the very colour of your brand")
    said = page.locator("#own-colour")
    field.fill("#E3000B")
    expect(said).to_be_hidden()
    field.fill("FFD500")
    expect(said).to_be_visible()
    field.fill("#E3000B")
    expect(button(page)).to_have_css("background-color", RED)
    page.check("[name=hue][value='140']")
    expect(field).to_have_value("")
    assert button(page).evaluate(GROUND) == page.locator(".swatch.hue-140").evaluate(GROUND)
    field.fill("e3000b")
    expect(page.locator("[name=hue]:checked")).to_have_count(0)
    field.fill("no colour")
    expect(button(page)).to_have_css("background-color", RED)


@pytest.mark.parametrize(("scheme", "shown"), [("light", BLACK), ("dark", WHITE)])
def test_a_black_brand_is_black_on_light_pages_and_white_on_dark_ones(site, browse, scheme, shown):
    page = sign_in(browse(color_scheme=scheme), "alice@example.org")
    page.goto(SETTINGS)
    page.get_by_label("Or the very colour of your brand").fill("#000")
    page.get_by_role("button", name="Save").click()
    page.goto("/b/lang/c/lang/")
    expect(page.locator(".button.loud").first).to_have_css("background-color", shown)
    page.goto("/")
    card = page.locator(".card.own-000000", has_text="Donaudampf").first
    assert card.evaluate("node => getComputedStyle(node).getPropertyValue('--accent')")
    page.goto(SETTINGS)
    page.get_by_label("Or the very colour of your brand").fill("#ffd500")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("hard to read")).to_be_visible()
