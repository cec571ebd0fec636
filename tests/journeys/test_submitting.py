"""The page on which an idea is written: looked at before it is posted, by keys alone, on a small
screen, without a connection, and without a jump.
"""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.journeys.test_pages import barriers
from tests.journeys.test_pictures import arrived, file

pytestmark = pytest.mark.browser
SUBMIT = "/b/mio/submit/?challenge=street"
ZOOMED = {"width": 320, "height": 256}  # 1280 by 1024 at 400 %
SHIFTS = """
    () => {
        window.shifts = 0;
        new PerformanceObserver((list) => {
            const own = list.getEntries().filter((one) => !one.hadRecentInput);
            for (const one of own) window.shifts += one.value;
        }).observe({type: "layout-shift", buffered: true});
    }
"""


def begin(page, title="", body=""):
    page.goto(SUBMIT)
    page.fill("[name=title]", title)
    page.fill("[name=body]", body)
    return page


def too_wide(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0


def test_an_idea_is_looked_at_in_place_of_its_form_and_written_on(site, browse):
    page = begin(sign_in(browse(), "charlie@example.org"), "A roof of moss", "It *drinks*.")
    address = page.url
    opener = page.get_by_role("button", name="Preview")
    opener.click()
    preview = page.get_by_role("region", name="How it will look")
    expect(preview).to_be_focused()
    expect(preview.locator(".prose em")).to_have_text("drinks")
    expect(preview.get_by_role("heading", name="A roof of moss")).to_be_visible()
    expect(preview.locator(".who")).to_contain_text("Charlie")
    expect(page.locator("[name=title]")).to_be_hidden()
    assert barriers(page) == []
    assert page.url == address
    preview.get_by_role("link", name="Go on writing").click()
    expect(opener).to_be_focused()
    expect(page.locator("#preview")).to_have_count(0)
    page.fill("[name=body]", "It *sings*.")
    opener.click()
    expect(preview.locator(".prose em")).to_have_text("sings")
    preview.get_by_role("button", name="Post my idea").click()
    page.wait_for_url("**/i/**")
    expect(page.locator("article .prose em")).to_have_text("sings")


def test_a_change_is_looked_at_the_same_way(site, browse):
    page = begin(sign_in(browse(), "charlie@example.org"), "A gutter for swans", "Wide.")
    page.get_by_role("button", name="Post my idea").click()
    page.wait_for_url("**/i/**")
    page.get_by_role("link", name="Change", exact=True).click()
    page.fill("[name=body]", "Very **wide**.")
    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="How it will look")
    expect(preview.locator("strong")).to_have_text("wide")
    preview.get_by_role("button", name="Save the change").click()
    expect(page.locator(".notices")).to_contain_text("Your change is public.")


def fail(page, status):
    """As the server is away, or what stands before it answers while it starts anew."""
    away = {"status": status, "content_type": "text/html", "body": "<h1>Bad gateway</h1>"}
    page.route(
        "**/submit/**",
        lambda route: (
            (route.fulfill(**away) if status else route.abort("internetdisconnected"))
            if route.request.method == "POST"
            else route.continue_()
        ),
    )


@pytest.mark.parametrize("status", [500, 502, 503, None])
def test_a_preview_that_does_not_come_leaves_all_that_was_written(site, browse, status):
    page = begin(sign_in(browse(), "charlie@example.org"), f"A dam of {status} bricks", "It holds.")
    page.set_input_files("#new-images", [file("one.png")])
    arrived(page, 1)
    address = page.url
    fail(page, status)
    opener = page.get_by_role("button", name="Preview")
    for _n in range(2):
        opener.click()
        told = page.get_by_role("alert")
        expect(told).to_have_text("No answer came. Nothing is lost: try again in a moment.")
        expect(told).to_be_in_viewport()
    assert barriers(page) == []
    assert page.url == address
    expect(opener).to_be_focused()
    expect(page.locator("[name=title]")).to_have_value(f"A dam of {status} bricks")
    expect(page.locator("[name=body]")).to_have_value("It holds.")
    arrived(page, 1)
    page.unroute("**/submit/**")
    opener.click()
    expect(page.get_by_role("region", name="How it will look")).to_be_focused()
    expect(told).to_have_count(0)


def test_a_preview_that_is_refused_leads_to_the_page_that_says_why(site, browse):
    page = begin(sign_in(browse(), "charlie@example.org"), "A dam of paper", "It does not hold.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Preview").click()
    page.wait_for_url("**/accounts/login/**")


def test_without_scripts_the_preview_stands_above_the_form_as_it_was(site, browse):
    page = sign_in(browse(java_script_enabled=False), "charlie@example.org")
    begin(page, "A well for wishes", "It *sinks*.")
    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="How it will look")
    expect(preview.locator(".prose em")).to_have_text("sinks")
    expect(page.locator("[name=body]")).to_have_value("It *sinks*.")
    preview.get_by_role("button", name="Post my idea").click()
    page.wait_for_url("**/i/**")


def test_a_mistake_leads_to_its_field_and_the_answer_is_where_one_reads_first(site, browse):
    page = begin(sign_in(browse(), "charlie@example.org"), "", "Without a title.")
    page.get_by_role("button", name="Post my idea").click()
    expect(page.locator("#mistakes")).to_be_focused()
    assert barriers(page) == []
    page.get_by_role("link", name="Say your idea in a few words.").click()
    expect(page.locator("[name=title]")).to_be_focused()
    expect(page.locator("[name=body]")).to_have_value("Without a title.")


def test_what_is_typed_without_a_connection_is_kept_here_and_saved_when_it_is_back(site, browse):
    page = sign_in(browse(), "charlie@example.org")
    page.goto(SUBMIT)
    page.context.set_offline(True)
    page.fill("[name=title]", "A bridge that waits")
    state = page.locator("[data-saved]")
    expect(state).to_have_text("Not saved with us: kept in this browser. Go on writing.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is lost")
    expect(page.locator("[name=title]")).to_have_value("A bridge that waits")
    page.context.set_offline(False)
    expect(state).to_contain_text("Saved")
    page.goto("/me/drafts/")
    expect(page.get_by_role("link", name="A bridge that waits")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_jumps_as_similar_ideas_arrive(site, browse, question, width):
    page = sign_in(browse(viewport={"width": width, "height": 800}), "charlie@example.org")
    page.goto(f"/b/mio/submit/?challenge={question.split('/')[4]}")
    page.evaluate(SHIFTS)
    page.route("**/similar/**", lambda route: (page.wait_for_timeout(700), route.continue_()))
    page.fill("[name=title]", "A lantern for each corner")
    expect(page.locator(".similar summary")).to_be_visible()
    first = page.locator(".like").first
    expect(first).to_be_visible() if width > 960 else expect(first).to_be_hidden()
    page.locator(".similar summary").click() if width < 960 else None
    expect(first).to_be_visible()
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    assert page.evaluate("window.shifts") < 0.02


@pytest.mark.parametrize("width", [360, 1280])
def test_similar_ideas_stand_by_the_title_and_stay_in_sight(site, browse, question, width):
    page = sign_in(browse(viewport={"width": width, "height": 800}), "charlie@example.org")
    page.goto(f"/b/mio/submit/?challenge={question.split('/')[4]}")
    page.fill("[name=title]", "A lantern for each corner")
    expect(page.locator(".similar")).to_be_visible()
    label, title = page.locator("label[for=id_title]"), page.locator("#id_title")
    ideas, text = page.locator(".similar").bounding_box(), page.locator("#id_body").bounding_box()
    end = title.bounding_box()["y"] + title.bounding_box()["height"]
    if width == 360:
        assert 0 < ideas["y"] - end < 40
        assert ideas["y"] + ideas["height"] < text["y"]
        return
    assert abs(ideas["y"] - label.bounding_box()["y"]) < 8
    assert ideas["x"] > text["x"] + text["width"]
    page.locator("#id_language").scroll_into_view_if_needed()
    expect(page.locator(".similar summary")).to_be_in_viewport()


def test_an_idea_is_written_and_posted_by_keys_alone(site, browse):
    page = sign_in(browse(), "charlie@example.org")
    page.goto("/b/mio/submit/?challenge=street")
    page.focus("#id_title")
    page.keyboard.type("A pier for slow boats")
    page.keyboard.press("Tab")
    for _n in range(12):  # what may stand beside it comes next
        if page.evaluate("document.activeElement.name") == "body":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("They are late.")
    for _n in range(40):
        if page.evaluate("document.activeElement.textContent.trim()") == "Preview":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#preview")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Go on writing")).to_be_focused()
    page.keyboard.press("Enter")
    page.focus("#id_title")
    page.keyboard.press("Enter")  # the first button of the form posts it
    page.wait_for_url("**/i/**")
    expect(page.locator("h1")).to_have_text("A pier for slow boats")


def seen_barriers(page, colours):
    """Of forced colours axe knows only those that the page had wished for."""
    found = barriers(page)
    return [one for one in found if colours == "none" or one[0] != "color-contrast"]


@pytest.mark.parametrize("colours", ["none", "active"])
def test_at_400_percent_and_in_forced_colours_nothing_is_cut_off(
    site,
    browse,
    question,
    colours,
):
    page = sign_in(browse(viewport=ZOOMED, forced_colors=colours), "charlie@example.org")
    page.goto(f"/b/mio/submit/?challenge={question.split('/')[4]}")
    page.fill("[name=title]", "A lantern on the corners")
    page.locator(".similar summary").click()
    expect(page.locator(".like").first).to_be_visible()
    assert not too_wide(page)
    assert seen_barriers(page, colours) == []
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_be_visible()
    assert not too_wide(page)
    assert seen_barriers(page, colours) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_ideas_beside_the_form_are_without_a_barrier(
    site,
    browse,
    question,
    width,
    scheme,
):
    size = {"width": width, "height": 800}
    page = sign_in(browse(viewport=size, color_scheme=scheme), "charlie@example.org")
    page.goto(f"/b/mio/submit/?challenge={question.split('/')[4]}")
    page.fill("[name=title]", "A lantern at every corner")
    expect(page.locator(".similar.near")).to_be_visible()
    if width < 960:
        page.locator(".similar summary").click()
    assert barriers(page) == []
    assert not too_wide(page)
