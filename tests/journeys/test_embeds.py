"""Voting on a page of another site, in a browser that gives third parties no cookie."""

import re
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cocreate.domain.demo_file import Widget
from cocreate.embedded import host
from cocreate.lib import scripts
from tests.factories import PASSWORD
from tests.journeys.conftest import is_bad, note_foreign, sign_in
from tests.journeys.test_pages import barriers
from tests.mail import free_port
from tests.site import Site

pytestmark = pytest.mark.browser
SUPPORT, AGAINST = "[part~=up]", "[part~=against]"
CHANGE = "([name, field, to]) => document.querySelector(name).setAttribute(field, to)"
LEAVE_OUT = "([name, field]) => document.querySelector(name).removeAttribute(field)"
# Its methods are there when the script has run, which a page does not wait for.
REFRESH = """
customElements.whenDefined("cocreate-vote")
    .then(() => document.querySelector("cocreate-vote").refresh())
"""
LISTEN = "heardOf = []; addEventListener('message', (event) => heardOf.push(event.data));"
SET_STATUS = """
import django; django.setup()
from ideas.domain.decisions import set_status
from ideas.models import Idea
idea = Idea.objects.get(code="{code}")
set_status(idea=idea, status="declined", actor=idea.author.user, reason="too_costly",
           message="A door like this costs more than all that the club has for a year.")
"""


def start(widget: Widget, site: Site) -> None:
    server = host.server(widget, site.url)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def widget_of(site: Site, **over: str) -> Widget:
    facts = site.facts
    known = {
        "origin": facts["host"], "brand": "garden", "challenge": "places",
        "idea": facts["embed_tea"], "key": facts["widget_key"], "secret": facts["widget_secret"],
    }  # fmt: skip
    return Widget(**(known | over))


@pytest.fixture(scope="session")
def beside(site: Site) -> str:
    """The origin of the other site, which embeds the garden's ideas."""
    start(widget_of(site), site)
    return site.facts["host"]


@pytest.fixture
def visit(site: Site, beside: str, chrome: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a fresh browser window on the other site."""
    site.forget_limits()
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def window(**options: object) -> Page:
        options = {"locale": "en-US", "reduced_motion": "reduce"} | options
        context = chrome.new_context(base_url=beside, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if is_bad(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda sent: note_foreign(sent.url.replace(beside, site.url), site.url, complaints),
        )
        return page

    yield window
    for context in contexts:
        context.close()
    assert [one for one in complaints if "net::ERR_INTERNET_DISCONNECTED" not in one] == []


def show(page: Page, code: str) -> Page:
    """The vote on this idea instead of the one that the page has."""
    page.evaluate(
        "code => document.querySelector('cocreate-vote').setAttribute('idea', code)", code
    )
    return page


def read_as(page: Page, reader: str = "", path: str = "/") -> Page:
    """Somebody who is signed in there, or nobody."""
    page.goto(path)
    if reader:
        page.select_option("[name=reader]", reader)
        page.click(".who button")
        page.wait_for_selector(".who b")
    return page


def heard(page: Page) -> list[str]:
    return page.locator("#heard li").all_text_contents()


def vote(page: Page):
    return page.locator("cocreate-vote")


def test_a_reader_whom_the_other_site_knows_votes_without_leaving_it(site, visit):
    page = show(read_as(visit(), "ana"), site.facts["embed_tea"])
    button = vote(page).locator(SUPPORT)
    expect(button).to_have_text("Support0 · Tea at five")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text("Supported1 · Tea at five")
    expect(button).to_be_focused()
    expect(vote(page).get_by_role("status")).to_have_text("Your vote is in.")
    assert any('cocreate:vote {"idea":"' in line and '"value":1' in line for line in heard(page))
    assert page.context.cookies(site.url) == []
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")  # it is still theirs
    button.click()
    expect(vote(page).get_by_role("status")).to_have_text("Your vote is withdrawn.")
    expect(button).to_have_text("Support0 · Tea at five")


def test_each_reader_has_a_vote_of_their_own(site, visit):
    for count, reader in enumerate(["ana", "jules"], 1):
        page = show(read_as(visit(), reader), site.facts["embed_over"])
        button = vote(page).locator(SUPPORT)
        page.wait_for_timeout(1000 * (count - 1))  # until the one before is counted
        page.evaluate(REFRESH)
        expect(button).to_contain_text(str(count - 1))
        expect(button).to_have_attribute("aria-pressed", "false")
        button.click()
        expect(button).to_contain_text(str(count))
    expect(vote(page).get_by_role("status")).to_have_text("Your vote is in.")


def test_who_is_not_signed_in_there_votes_on_the_site_and_sees_it_on_return(site, visit):
    page = visit()
    own = page.context.new_page()
    sign_in_at(site, own, "charlie@example.org")
    show(read_as(page), site.facts["embed_returned"])
    link = vote(page).locator(SUPPORT)
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_accessible_name("Support 0 · A porch to come back to (opens a new window)")
    with page.context.expect_page() as opened:
        link.click()
    window = opened.value
    assert window.evaluate("opener") is None
    window.locator("main button.vote").click()
    expect(window.locator("h1, #said").first).to_contain_text("vote")
    expect(window.locator("main button.vote")).to_have_attribute("aria-pressed", "true")
    window.close()
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")  # a headless window never has it
    expect(link).to_contain_text("1")


def sign_in_at(site: Site, page: Page, email: str) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.wait_for_url(f"{site.url}/")


def test_a_keyboard_is_enough(site, visit):
    page = show(read_as(visit(), "kenji"), site.facts["embed_points"])
    control = vote(page)
    name = "Vote: A shed with a stove"
    expect(control.get_by_role("group")).to_have_attribute("aria-label", name)
    two = control.get_by_role("button", name="Give 2 · A shed with a stove")
    expect(two).to_be_visible()
    page.locator(".who button").focus()
    for _n in range(8):
        page.keyboard.press("Tab")
        if two.evaluate("button => button.getRootNode().activeElement === button"):
            break
    page.keyboard.press("Space")
    expect(two).to_have_attribute("aria-pressed", "true")
    expect(control.get_by_role("status")).to_have_text("Your vote is in. Left here: 2 of 4.")
    expect(control.locator("[part=count]")).to_have_text("2 points")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(control.get_by_role("button", name="Give 3")).to_have_attribute("aria-pressed", "true")
    expect(two).to_have_attribute("aria-pressed", "false")
    expect(control.locator("[part=count]")).to_have_text("3 points")


def test_what_is_lost_on_the_way_is_taken_back_and_said(site, visit):
    page = show(read_as(visit(), "ana"), site.facts["embed_lost"])
    button, said = vote(page).locator(SUPPORT), vote(page).get_by_role("status")
    expect(button).to_have_attribute("aria-pressed", "false")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    button.click()
    expect(said).to_contain_text("We do not know whether your vote arrived")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_text("Support0 · A room without a window")
    assert any('"code":"offline"' in line for line in heard(page))
    page.context.set_offline(False)
    button.click()
    expect(said).to_have_text("Your vote is in.")
    expect(button).to_contain_text("1")


def test_a_refusal_is_said_in_the_sites_own_words_and_nothing_stays_pressed(site, visit):
    page = show(read_as(visit(), "ana"), site.facts["embed_closing"])
    button, said = vote(page).locator(SUPPORT), vote(page).get_by_role("status")
    expect(button).to_have_attribute("aria-pressed", "false")
    page.wait_for_load_state("networkidle")
    site.python("-c", SET_STATUS.format(code=site.facts["embed_closing"]))
    button.click()
    expect(said).not_to_be_empty()
    expect(said).to_have_class("said wrong")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert any('"code":"idea_closed"' in line for line in heard(page))
    page.reload()
    show(page, site.facts["embed_closing"])
    expect(vote(page).locator("[part=closed]")).to_have_text("Voting is closed")
    expect(vote(page).get_by_role("button")).to_have_count(0)


def refuse_once(page: Page, site: Site) -> None:
    """As the site refuses a vote with a session of eleven minutes ago."""
    over = {
        "status": 401, "json": {"code": "bad_credential"},
        "headers": {"Access-Control-Allow-Origin": site.facts["host"]},
    }  # fmt: skip
    page.route("**/vote/**", lambda route: route.fulfill(**over), times=1)


def test_a_session_that_is_over_is_opened_anew_without_a_word(site, visit):
    page = show(read_as(visit(), "jules"), site.facts["embed_tea"])
    button = vote(page).locator(SUPPORT)
    expect(button).to_have_attribute("aria-pressed", "false")
    page.wait_for_load_state("networkidle")
    refuse_once(page, site)
    with page.expect_response("**/widget/sessions/**") as renewed:
        button.click()
    assert renewed.value.status == 201
    expect(vote(page).get_by_role("status")).to_have_text("Your vote is in.")


def test_who_signed_out_there_meanwhile_is_led_to_the_site(site, visit):
    page = show(read_as(visit(), "jules"), site.facts["embed_lost"])
    button = vote(page).locator(SUPPORT)
    expect(button).to_have_attribute("aria-pressed", "false")
    page.wait_for_load_state("networkidle")
    page.evaluate("fetch('/sign-out', {method: 'POST'})")
    refuse_once(page, site)
    button.click()
    expect(vote(page).get_by_role("status")).to_have_text("Please vote on the site itself.")
    expect(vote(page).get_by_role("link")).to_be_focused()


def board(page: Page):
    return page.locator("cocreate-board")


def test_a_board_lists_votes_and_shows_more(site, visit):
    page = read_as(visit(), "ana")
    lines = board(page).get_by_role("listitem")
    expect(lines).to_have_count(4)
    page.evaluate(CHANGE, ["cocreate-board", "limit", "3"])
    expect(lines).to_have_count(3)
    expect(board(page).get_by_role("heading", level=2)).to_have_text("Where to sit?")
    expect(board(page).get_by_role("heading", level=3)).to_have_count(3)
    board(page).get_by_role("button", name="Show more").click()
    expect(lines).to_have_count(4)
    expect(lines.last.get_by_role("link")).to_be_focused()
    expect(board(page).get_by_role("button", name="Show more")).to_have_count(0)
    against = lines.first.get_by_role("button", name="against")
    against.click()
    expect(against).to_have_attribute("aria-pressed", "true")
    lines.first.locator(SUPPORT).click()
    expect(against).to_have_attribute("aria-pressed", "false")
    expect(lines.first.locator(SUPPORT)).to_have_attribute("aria-pressed", "true")
    expect(lines.first.get_by_role("status")).to_have_text("Your vote is in.")
    titles = board(page).locator("[part=title]").all_text_contents()
    page.evaluate(CHANGE, ["cocreate-board", "sort", "new"])
    expect(lines).to_have_count(3)
    assert len(set(titles)) == 4


def test_an_empty_board_says_how_to_begin(site, visit):
    page = read_as(visit())
    page.evaluate(CHANGE, ["cocreate-board", "challenge", "open"])
    expect(board(page).locator("[part=empty]")).to_contain_text("No ideas yet.")
    link = board(page).get_by_role("link", name="Post the first one")
    expect(link).to_have_attribute("href", f"{site.url}/b/garden/submit/?challenge=open")


def test_fast_changes_of_mind_end_where_the_reader_ended(site, visit):
    page = show(read_as(visit(), "kenji"), site.facts["embed_over"])
    button = vote(page).locator(SUPPORT)
    expect(button).to_have_attribute("aria-pressed", "false")
    page.wait_for_load_state("networkidle")
    sent = []
    page.on("request", lambda one: sent.append(one.method) if "/vote/" in one.url else None)
    button.evaluate("button => { for (let n = 0; n < 7; n += 1) button.click(); }")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(vote(page).get_by_role("status")).to_have_text("Your vote is in.")
    page.wait_for_load_state("networkidle")
    assert [method for method in sent if method != "OPTIONS"] == ["PUT"]
    page.reload()
    show(page, site.facts["embed_over"])
    expect(button).to_have_attribute("aria-pressed", "true")


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
    expect(window.locator(".wish")).to_contain_text("Tea at five")


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
    for show in (f"show=vote&idea={site.facts['embed_points']}", "challenge=places&lang=fr"):
        page.goto(f"/desk/garden/embed/?key={site.facts['widget_key']}&{show}")
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
