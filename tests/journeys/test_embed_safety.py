"""What a page of another site cannot do to the elements and frames, nor they to it."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from cocreate.lib import scripts
from tests.journeys.beside import (
    CHANGE,
    SUPPORT,
    read_as,
    show,
    start,
    vote,
    widget_of,
)
from tests.mail import free_port

pytestmark = pytest.mark.browser
LEAVE_OUT = "([name, field]) => document.querySelector(name).removeAttribute(field)"
LISTEN = "heardOf = []; addEventListener('message', (event) => heardOf.push(event.data));"


def test_hostile_titles_are_text_and_hostile_attributes_do_nothing(site, visit):
    """W15."""
    page = show(read_as(visit(), "ana"), site.facts["embed_hostile"])
    dialogs = []
    page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
    expect(vote(page).locator(SUPPORT)).to_have_accessible_name(re.compile("</script><img"))
    assert vote(page).locator("img, script").count() == 0
    assert page.evaluate("document.querySelectorAll('main img, main article script').length") == 1
    bad = ['"><script>alert(1)</script>', "javascript:alert(1)", "../../me/", "\u2028", "%2e%2e"]
    for field in ("theme", "lang", "level", "sort", "limit", "challenge", "brand"):
        for text in bad:
            page.evaluate(CHANGE, ["cocreate-board", field, text])
            page.wait_for_timeout(30)
        page.evaluate(LEAVE_OUT, ["cocreate-board", field])
    asked = []
    page.on("request", lambda one: asked.append(one.url))
    for text in ["../../me/", "a/../../me/?x=", "#", "?key=", "\u2028"]:
        show(page, text)
        page.wait_for_timeout(30)
    page.wait_for_load_state("networkidle")
    known = ("/api/v1/ideas/", "/api/v1/brands/garden/", "/api/v1/widget/sessions/", "/session")
    assert [url for url in asked if not urlsplit(url).path.startswith(known)] == []
    assert dialogs == []


def test_no_message_from_anywhere_moves_it_and_it_sends_none(site, visit):
    """W05: there is nothing to talk through, in the page or in a frame."""
    page = visit()
    page.add_init_script(LISTEN)
    show(read_as(page, "jules"), site.facts["embed_tea"])
    button = vote(page).locator(SUPPORT)
    expect(button).to_be_visible()
    page.wait_for_load_state("networkidle")
    was = button.text_content()
    votes = []
    page.on("request", lambda one: votes.append(one.url) if "/vote/" in one.url else None)
    for text in ("{type: 'cocreate:vote', value: 1}", "'vote'", "{action: 'resize', height: 1}"):
        page.evaluate(f"postMessage({text}, '*')")
    page.wait_for_timeout(300)
    assert button.text_content() == was
    assert votes == []
    assert len(page.evaluate("heardOf")) == 3  # our own


def test_a_site_that_the_key_does_not_list_shows_its_own_words(site, visit, chrome):
    origin = f"http://localhost:{free_port()}"
    start(widget_of(site, origin=origin), site)
    with chrome.new_context() as context:
        page = context.new_page()
        page.goto(origin)
        expect(page.get_by_role("link", name="Support this idea")).to_be_visible()
        expect(page.locator("#heard li").first).to_contain_text('"code":"offline"')
        assert context.cookies(site.url) == []


def test_without_scripts_there_is_a_way_to_vote(site, visit):
    page = read_as(visit(java_script_enabled=False))
    link = page.get_by_role("link", name="Support this idea")
    expect(link).to_have_attribute("href", f"{site.url}/i/{site.facts['embed_tea']}/vote/?value=1")
    expect(page.get_by_role("link", name="Ideas for the street")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_frame_works_without_scripts_and_without_cookies(site, visit, scripts):
    page = read_as(visit(java_script_enabled=scripts), path="/frames")
    one, many = page.frame_locator("iframe").first, page.frame_locator("iframe").last
    expect(one.get_by_role("heading", name="Tea at five")).to_be_visible()
    expect(many.get_by_role("heading", name="Where to sit?")).to_be_visible()
    assert page.context.cookies(site.url) == []
    with page.context.expect_page() as opened:
        one.get_by_role("link", name="Support").first.click()
    window = opened.value
    window.wait_for_url("**/accounts/**")
    expect(window.get_by_role("heading", level=1)).to_contain_text("Tea at five")


def test_nobody_else_frames_it(site, beside, chrome):
    origin = f"http://localhost:{free_port()}"
    start(widget_of(site, origin=origin), site)
    with chrome.new_context() as context:
        page = context.new_page()
        page.goto(f"{origin}/frames")
        page.wait_for_load_state("networkidle")
        inside = [frame for frame in page.frames if frame != page.main_frame]
        assert inside
        assert all("Tea at five" not in frame.content() for frame in inside)


LOAD = """([src, integrity]) => new Promise((done) => {
  const script = document.createElement("script");
  Object.assign(script, { type: "module", src, integrity, crossOrigin: "anonymous" });
  script.onload = () => done("loaded");
  script.onerror = () => done("refused");
  document.head.append(script);
})"""


def test_a_pinned_version_loads_and_one_that_is_not_it_does_not(site, beside, chrome):
    """W18. A page that has two versions keeps the first."""
    script = scripts.today()
    address = f"{site.url}/embed/v1/{script.name}"
    with chrome.new_context() as context:
        page = context.new_page()
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(beside)
        expect(vote(page).locator(SUPPORT)).to_be_visible()
        assert page.evaluate(LOAD, [address, script.integrity]) == "loaded"
        wrong = f"sha384-{'A' * 64}"
        assert page.evaluate(LOAD, [f"{address}?again", wrong]) == "refused"
        assert faults == []
