"""Pages for whoever has told their system to move less, or to choose the colours itself."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser
CHARLIE, ALICE = "charlie@example.org", "alice@example.org"
WIDE = {"viewport": {"width": 1280, "height": 900}}
MOVING = """() => [...document.querySelectorAll("*")].flatMap((node) =>
  [null, "::before", "::after"].flatMap((part) => {
    const style = getComputedStyle(node, part);
    const takes = `${style.transitionDuration},${style.animationDuration}`.split(",");
    return takes.some((one) => parseFloat(one) > 0) ? [`${node.tagName}.${node.className}`] : [];
  }))"""
EDGES = """(node) => {
  const { borderTopStyle, borderTopColor, outlineStyle, outlineColor } = getComputedStyle(node);
  return [borderTopStyle, borderTopColor, outlineStyle, outlineColor];
}"""
PATHS = ["/", "/b/mio/", "/b/mio/c/street/", "/b/mio/c/street/?view=list", "{horn}", "/me/"]
PATHS += ["/b/mio/submit/", "/desk/mio/", "{at_desk}", "/desk/mio/insights/"]


def test_nothing_moves_for_whoever_has_asked_for_less_motion(site, browse):
    page = sign_in(browse(reduced_motion="reduce"), ALICE)
    for path in ["/accounts/email/", *PATHS]:
        page.goto(path.format(**site.facts))
        assert page.evaluate(MOVING) == [], path
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_things_do_move_for_others(site, browse):
    page = browse(reduced_motion="no-preference")
    page.goto("/")
    assert page.evaluate(MOVING) != []


@pytest.fixture
def forced(browse):
    def window(who, scheme):
        page = sign_in(browse(forced_colors="active", color_scheme=scheme, **WIDE), who)
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        return page

    return window


def ground(locator):
    """The colour just inside the beginning of an element, in its middle."""
    locator.scroll_into_view_if_needed()
    image = Image.open(io.BytesIO(locator.screenshot(animations="disabled"))).convert("RGB")
    return image.getpixel((image.width // 2, 4))


def differs(one, other):
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) > 150


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["cards", "list"])
def test_in_forced_colours_a_vote_is_seen(site, browse, forced, scheme, view):
    page = forced(CHARLIE, scheme)
    for path in (
        f"/b/mio/c/street/?view={view}",
        f"/b/mio/c/marks/?view={view}",
        f"/b/garden/c/places/?view={view}",
    ):
        page.goto(path)
        button = page.locator("[data-ideas] button.vote").last
        while button.get_attribute("aria-pressed") == "true":
            button.click()
            expect(page.locator("form[aria-busy]")).to_have_count(0)
        page.locator("h1").hover()
        before = ground(button)
        button.click()
        expect(page.locator("form[aria-busy]")).to_have_count(0)
        page.locator("h1").hover()
        assert button.get_attribute("aria-pressed") == "true"
        assert differs(ground(button), before), path
        button.click()
        expect(page.locator("form[aria-busy]")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_the_chosen_order_and_density_are_seen(site, browse, forced, scheme):
    page = forced(CHARLIE, scheme)
    page.goto("/b/mio/c/street/?view=list")
    for chosen, other in [
        (".orders a[aria-current]", ".orders .tabs a:not([aria-current])"),
        (".densities a[aria-current]", ".densities a:not([aria-current])"),
    ]:
        assert differs(ground(page.locator(chosen).first), ground(page.locator(other).first)), (
            chosen
        )
    page.goto("/me/")
    tabs = page.locator(".tabs a")
    assert differs(ground(page.locator(".tabs a[aria-current]")), ground(tabs.last))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_badges_notices_and_focus_have_an_edge(site, browse, forced, scheme):
    page = forced(ALICE, scheme)
    page.goto(site.facts["talk"])
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for badge in page.locator(".chip:visible").all():
        style, colour, *_rest = badge.evaluate(EDGES)
        assert (style, colour != paper) == ("solid", True)
    button = page.locator("main button:visible, main a.button:visible").first
    button.focus()
    page.keyboard.press("Shift")  # so that the focus is one of the keyboard
    _style, _colour, outline, of_outline = button.evaluate(EDGES)
    assert (outline, of_outline != paper) == ("solid", True)
    page.goto("/desk/mio/settings/")
    shown = [ground(swatch) for swatch in page.locator(".swatch").all()[::9]]
    assert len(set(shown)) == len(shown) == 4
