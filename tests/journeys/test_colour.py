"""A brand's very own colour, seen while it is typed and wherever the brand is."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.journeys.test_pages import barriers

pytestmark = pytest.mark.browser
SETTINGS = "/desk/lang/settings/"
GROUND = "node => getComputedStyle(node).backgroundColor"
YELLOW, RED, BLACK, WHITE = (
    "rgb(170, 142, 0)", "rgb(227, 0, 11)", "rgb(0, 0, 0)", "rgb(255, 255, 255)",
)  # fmt: skip
# As browsers were until the spring of 2023: of a button they send nothing by themselves.
OLDER = "window.FormData = class extends FormData { constructor(form) { super(form); } }"
HEARD = """() => {
    window.heard = [];
    const said = document.getElementById("said");
    new MutationObserver(() => said.textContent && heard.push(said.textContent))
        .observe(said, { childList: true });
}"""
PAPER, NIGHT = "oklch(0.986 0.006 85)", "oklch(0.19 0.012 265)"


def part(page, mode, what):
    return page.locator(f".modes > .{mode} {what}")


def test_a_colour_is_shown_while_it_is_typed_and_a_hue_takes_its_place(site, browse):
    page = sign_in(browse(color_scheme="light"), "alice@example.org")
    page.goto(SETTINGS)
    button = part(page, "light", ".button.loud")
    expect(button).to_have_css("background-color", YELLOW)
    darker = page.get_by_text("So we show the nearest that suffices, which is darker")
    expect(darker).to_be_visible()
    expect(page.get_by_role("button", name="See it first")).to_be_hidden()
    field = page.get_by_label("Or the very colour of your brand")
    field.fill("#E3000B")
    expect(button).to_have_css("background-color", RED)
    expect(darker).to_be_hidden()
    expect(page.get_by_text("#E3000B is shown as it is")).to_have_count(2)
    field.fill("FFD500")
    expect(darker).to_be_visible()
    page.check("[name=hue][value='140']")
    expect(field).to_have_value("")
    expect(page.get_by_text("Its contrast to the page is")).to_have_count(2)
    assert button.evaluate(GROUND) == page.locator(".swatch.hue-140").evaluate(GROUND)
    field.fill("e3000b")
    expect(page.locator("[name=hue]:checked")).to_have_count(0)
    expect(button).to_have_css("background-color", RED)
    field.fill("no colour")
    expect(button).to_have_css("background-color", RED)
    page.reload()
    expect(button).to_have_css("background-color", YELLOW)


def test_nothing_is_saved_by_a_look_in_an_older_browser(site, browse):
    page = sign_in(browse(), "alice@example.org")
    page.add_init_script(OLDER)
    page.goto(SETTINGS)
    page.get_by_label("In one sentence").fill("Half a thought")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.get_by_label("Or the very colour of your brand").fill("#E3000B")
    assert answer.value.status == 200
    expect(page.get_by_text("#E3000B is shown as it is")).to_have_count(2)
    page.reload()
    expect(page.get_by_label("Or the very colour of your brand")).to_have_value("#FFD500")
    expect(page.get_by_label("In one sentence")).not_to_have_value("Half a thought")


def test_each_look_is_read_out(site, browse):
    page = sign_in(browse(), "alice@example.org")
    page.goto(SETTINGS)
    page.evaluate(HEARD)
    for n, colour in enumerate(("#E3000B", "#000", "#FFD500"), start=1):
        page.get_by_label("Or the very colour of your brand").fill(colour)
        page.wait_for_function("n => heard.length === n", arg=n)
    assert page.evaluate("heard") == ["Your colour is shown below."] * 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [True, False])
def test_both_modes_are_shown_whatever_the_reader_has(site, browse, scheme, scripts):
    page = sign_in(browse(color_scheme=scheme, java_script_enabled=scripts), "alice@example.org")
    page.goto(SETTINGS)
    page.get_by_label("Or the very colour of your brand").fill("#000")
    if not scripts:
        page.get_by_role("button", name="See it first").click()
    for mode, accent, ground in (("light", BLACK, PAPER), ("dark", WHITE, NIGHT)):
        expect(part(page, mode, ".button.loud")).to_have_css("background-color", accent)
        expect(part(page, mode, ".vote")).to_have_css("background-color", accent)
        expect(part(page, mode, ".sample a")).to_have_css("color", accent)
        expect(page.locator(f".modes > .{mode}")).to_have_css("background-color", ground)
    expect(page.get_by_label("Or the very colour of your brand")).to_have_value("#000")
    if scripts:
        assert barriers(page) == []
    page.goto("/b/lang/")
    assert "own-ffd500" in page.locator("body").get_attribute("class")


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
