"""A button in the corner of another site's page, and the card that it opens."""

import re
import threading
from http.server import ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import expect

from cocreate.embedded import host
from cocreate.lib import scripts
from tests.factories import PASSWORD
from tests.journeys.beside import CHANGE, SUPPORT, read_as, start, widget_of
from tests.journeys.content import HOSTILE
from tests.journeys.test_budgets import Wire
from tests.journeys.test_pages import barriers
from tests.mail import free_port

pytestmark = pytest.mark.browser

CLOSED, OPENED = 6_000, 60_000  # bytes as they are sent, with their heads
PHONE = {"width": 360, "height": 740}
STRICT = (
    "default-src 'none'; script-src {site}; connect-src 'self' {site}; img-src {site};"
    " form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'"
)
BARE = """<!DOCTYPE html><html lang="{lang}" dir="{way}"><head><title>Bare</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<script type="module" src="{site}/embed/v1/launcher.js"></script></head>
<body><main><h1>Bare</h1><p><a href="#here" id="here">A link of the page</a></p></main>
<cocreate-launcher brand="garden" key="{key}" {more}><a href="{site}/b/garden/">Ideas for the club
</a></cocreate-launcher></body></html>"""
GROUND = """
const own = new CSSStyleSheet();  // what no style names axe takes for white
own.replaceSync(":root { background: Canvas; }");
document.adoptedStyleSheets = [own];
"""
HEAR = """
addEventListener("cocreate:open", () => heard.push("open"));
addEventListener("cocreate:close", () => heard.push("close"));
heard = [];
"""
DECIDE = """
import django; django.setup()
from ideas.domain.decisions import set_status
from ideas.models import Idea
idea = Idea.objects.get(code="{code}")
set_status(idea=idea, status="planned", actor=idea.author.user, message="For **May**, <b>all</b>.")
"""


MAKE_KEY = """
import django; django.setup()
from accounts.domain import keys
from accounts.enums import Scope
from accounts.models import Brand
made = keys.create_key(brand=Brand.objects.get(slug="garden"), scopes=[Scope.WIDGET],
                       origins=["{origin}"], rate=0, actor=None)
print(*made[1:])
"""


class OtherSite(host.Handler):
    """As it is, and with a page that has nothing but a launcher and the strictest of rules."""

    def do_GET(self):
        asked = urlsplit(self.path)
        if asked.path != "/bare":
            return super().do_GET()
        words = {"lang": "en", "way": "ltr", "more": ""}
        words |= {name: texts[0] for name, texts in parse_qs(asked.query).items()}
        page = BARE.format(site=self.host.site, key=self.host.widget.key, **words)
        rules = STRICT.format(site=self.host.site)
        return self.answer(200, page, "text/html", **{"Content-Security-Policy": rules})


@pytest.fixture(scope="module")
def beside(site):
    origin = f"http://localhost:{free_port()}"
    key, secret = site.python("-c", MAKE_KEY.format(origin=origin)).split()
    known = {"host": host.Host(widget_of(site, origin=origin, key=key, secret=secret), site.url)}
    address = host.LOOPBACK, urlsplit(origin).port
    server = ThreadingHTTPServer(address, type("Known", (OtherSite,), known))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield origin
    server.shutdown()
    server.server_close()


def bare(page, **words):
    page.goto(f"/bare?{urlencode(words)}")
    return page


def launcher(page):
    return page.locator("cocreate-launcher")


def button(page):
    return launcher(page).locator("[part=launcher]")


def card(page):
    return launcher(page).get_by_role("dialog")


def opened(page):
    button(page).click()
    expect(card(page).get_by_role("listitem").first).to_be_visible()
    return card(page)


def tab(page, place):
    return launcher(page).get_by_role("tab").nth(place)


def is_focused(located):
    return located.evaluate("one => one.getRootNode().activeElement === one")


def test_closed_it_asks_for_nothing_but_its_script(site, visit):
    page, asked, said = visit(), [], []
    wire = Wire(page)
    page.on("request", lambda sent: asked.append(urlsplit(sent.url).path))
    page.on("console", lambda one: said.append(one.text))
    bare(page)
    expect(button(page)).to_have_text("Your ideas")
    expect(page.get_by_role("link", name="Ideas for the club")).to_have_count(0)
    page.mouse.move(200, 200)
    page.wait_for_timeout(500)
    assert asked == ["/bare", "/embed/v1/launcher.js"]
    script = f"{site.url}/embed/v1/launcher.js"
    assert 0 < wire.bytes[script] <= CLOSED
    assert said == []
    assert page.context.cookies(site.url) == []


def test_all_that_it_ever_fetches_is_light_and_the_console_stays_empty(site, visit):
    page, said = visit(), []
    page.on("console", lambda one: said.append(one.text))
    wire = Wire(page)
    bare(page)
    opened(page)
    for place in (1, 2):
        tab(page, place).click()
        read = launcher(page).get_by_role("tabpanel").locator("a, [part=empty]")
        expect(read.last).to_be_visible()
    page.wait_for_load_state("networkidle")
    names = [re.sub(r"\.[0-9a-f]{16}", "", urlsplit(one).path) for one in wire.bytes]
    assert sorted(name for name in names if name.endswith(".js")) == [
        "/embed/v1/card.js", "/embed/v1/cocreate.js", "/embed/v1/launcher.js",
    ]  # fmt: skip
    assert wire.sum() <= OPENED, wire.bytes
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.context.cookies(site.url) == []
    assert said == []


def test_a_keyboard_opens_it_walks_through_it_and_comes_back(site, visit):
    page = bare(visit())
    page.evaluate(HEAR)
    expect(button(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert is_focused(button(page))
    page.keyboard.press("Enter")
    expect(card(page)).to_have_accessible_name("Garden Club")
    expect(button(page)).to_have_attribute("aria-expanded", "true")
    expect(button(page)).to_have_attribute("aria-controls", card(page).get_attribute("id"))
    assert is_focused(card(page))
    page.keyboard.press("Tab")
    assert is_focused(card(page).get_by_role("button", name="Close"))
    page.keyboard.press("Tab")
    assert is_focused(tab(page, 0))
    for key, place in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowRight", 0), ("End", 2),
                       ("ArrowLeft", 1), ("Home", 0), ("ArrowLeft", 2)]:  # fmt: skip
        page.keyboard.press(key)
        expect(tab(page, place)).to_have_attribute("aria-selected", "true")
        assert is_focused(tab(page, place))
        panel = launcher(page).get_by_role("tabpanel")  # the others are hidden
        expect(panel).to_have_accessible_name(tab(page, place).text_content())
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    expect(button(page)).to_have_attribute("aria-expanded", "false")
    assert is_focused(button(page))
    assert page.evaluate("heard") == ["open", "close"]


def test_the_page_behind_it_can_be_used(site, visit):
    page = bare(visit(viewport={"width": 1280, "height": 800}))
    opened(page)
    box = card(page).bounding_box()
    assert (box["width"], box["height"]) == (400, 600)
    page.get_by_role("link", name="A link of the page").click()
    assert page.url.endswith("#here")
    expect(card(page)).to_be_visible()
    card(page).get_by_role("button", name="Close").click()
    expect(card(page)).to_have_count(0)
    button(page).click()
    expect(card(page)).to_be_visible()
    button(page).click()
    expect(card(page)).to_have_count(0)


def test_a_vote_on_it_counts(site, visit):
    page = read_as(visit(), "kenji")
    page.evaluate(CHANGE, ["cocreate-launcher", "challenge", "places"])
    page.evaluate(CHANGE, ["cocreate-launcher", "sort", "new"])
    line = opened(page).get_by_role("listitem").filter(has_text="Under the lime tree")
    vote = line.locator(SUPPORT)
    expect(vote).to_have_attribute("aria-pressed", "false")
    before = int(vote.locator("[part=count]").text_content())
    vote.click()
    expect(line.get_by_role("status")).to_have_text("Your vote is in.")
    expect(vote).to_have_attribute("aria-pressed", "true")
    expect(vote.locator("[part=count]")).to_have_text(str(before + 1))
    assert any("cocreate:vote" in text for text in page.locator("#heard li").all_text_contents())
    page.reload()
    page.evaluate(CHANGE, ["cocreate-launcher", "challenge", "places"])
    expect(opened(page).get_by_role("heading", name="Where to sit?", level=3)).to_be_visible()
    expect(vote).to_have_attribute("aria-pressed", "true")


def test_what_became_of_ideas_is_told_and_what_people_wrote_is_text(site, visit):
    """W15."""
    page = bare(visit())
    dialogs = []
    page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
    opened(page)
    tab(page, 1).click()
    panel = launcher(page).get_by_role("tabpanel")
    expect(panel).to_contain_text("No idea has been taken up yet.")
    site.python("-c", DECIDE.format(code=site.facts["embed_hostile"]))
    page.wait_for_timeout(2500)  # as old as what a widget is shown may be
    tab(page, 0).click()
    tab(page, 1).click()
    line = panel.get_by_role("listitem")
    expect(line).to_have_count(1)
    expect(line.get_by_role("heading", level=3)).to_contain_text("</script><img src=x")
    expect(line.locator("[part=status]")).to_have_text("Planned")
    expect(line.locator("[part=words]")).to_have_text("For May, <b>all</b>.")
    expect(line.locator("time")).to_be_visible()
    assert line.locator("img, b, script").count() == 0
    link = line.get_by_role("link")
    expect(link).to_have_attribute("href", re.compile(r"/i/\w+/.*#answers$"))
    whole = panel.get_by_role("link", name="The whole road map")
    expect(whole).to_have_attribute("href", f"{site.url}/b/garden/roadmap/")
    assert dialogs == []


def test_an_idea_begins_on_it_and_goes_on_at_the_site(site, visit):
    page = visit()
    own = page.context.new_page()
    own.goto(site.url)
    sign_in_at(site, own)
    bare(page)
    opened(page)
    tab(page, 2).click()
    panel = launcher(page).get_by_role("tabpanel")
    expect(panel).to_contain_text("you write the rest on the site of Garden Club")
    panel.get_by_role("radio", name="Where to sit?").check()
    title = f'A bench & a "lamp"? {HOSTILE[:19]}'
    panel.get_by_label("Your idea in a few words").fill(title)
    go = panel.get_by_role("link", name="Go on")
    query = parse_qs(urlsplit(go.get_attribute("href")).query)
    assert query == {"challenge": ["places"], "title": [title]}
    tab(page, 0).click()
    tab(page, 2).click()
    expect(panel.get_by_label("Your idea in a few words")).to_have_value(title)
    with page.context.expect_page() as window:
        panel.get_by_label("Your idea in a few words").press("Enter")
    form = window.value
    expect(form.locator("[name=title]")).to_have_value(title)
    assert form.evaluate("opener") is None
    form.close()
    with page.context.expect_page() as window:
        go.click()
    assert urlsplit(window.value.url).path == "/b/garden/submit/"


def sign_in_at(site, page):
    page.goto(f"{site.url}/accounts/login/")
    page.fill("[name=login]", "charlie@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.wait_for_url(f"{site.url}/")


def test_of_one_question_it_asks_for_no_choice(site, visit):
    page = bare(visit(), more='challenge="places"')
    opened(page)
    tab(page, 2).click()
    panel = launcher(page).get_by_role("tabpanel")
    expect(panel).to_contain_text("Where to sit?")
    expect(panel.get_by_role("radio")).to_have_count(0)
    address = panel.get_by_role("link", name="Go on").get_attribute("href")
    assert parse_qs(urlsplit(address).query) == {"challenge": ["places"]}


def test_a_site_that_the_key_does_not_list_shows_its_own_words(site, visit, chrome):
    origin = f"http://localhost:{free_port()}"
    start(widget_of(site, origin=origin), site)
    with chrome.new_context(locale="en-US") as context:
        page = context.new_page()
        page.goto(origin)
        button(page).click()
        expect(card(page)).to_contain_text("This cannot be shown just now.")
        link = card(page).locator("slot").evaluate("slot => slot.assignedElements()[0].href")
        assert link == f"{site.url}/b/garden/"
        expect(launcher(page).locator("> a")).to_be_visible()
        assert is_focused(card(page))
        assert context.cookies(site.url) == []


def test_without_scripts_there_is_a_link(site, visit):
    page = bare(visit(java_script_enabled=False))
    link = page.get_by_role("link", name="Ideas for the club")
    expect(link).to_have_attribute("href", f"{site.url}/b/garden/")


def test_without_a_network_it_says_so_and_tries_again(site, visit):
    page = bare(visit())
    expect(button(page)).to_be_visible()
    page.context.set_offline(True)
    button(page).click()
    expect(launcher(page).locator("> a")).to_be_visible()
    page.context.set_offline(False)
    card(page).get_by_role("button", name="Try again").press("Enter")
    assert is_focused(card(page))
    expect(card(page).get_by_role("listitem").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(card(page)).to_be_hidden()
    assert is_focused(button(page))


EARLY = """
new MutationObserver((_all, seen) => {
  const one = document.querySelector("cocreate-launcher");
  if (!one || customElements.get("cocreate-launcher")) return;
  one.token = "early";
  seen.disconnect();
}).observe(document, { childList: true, subtree: true });
"""


def test_what_a_page_says_before_the_script_is_there_is_heard(visit):
    page = visit()
    page.add_init_script(EARLY)
    bare(page)
    expect(button(page)).to_be_visible()
    kept = "one => [one.token, Object.hasOwn(one, 'token')]"
    assert launcher(page).evaluate(kept) == ["early", False]


def test_a_page_that_says_the_same_again_disturbs_nobody(visit):
    page = bare(visit())
    opened(page)
    tab(page, 2).click()
    field = card(page).get_by_role("textbox")
    field.fill("A lamp")
    launcher(page).evaluate("one => one.setAttribute('key', one.getAttribute('key'))")
    page.wait_for_timeout(100)
    expect(field).to_have_value("A lamp")
    launcher(page).evaluate("one => one.setAttribute('limit', '3')")
    expect(card(page).get_by_role("listitem").first).to_be_visible()
    assert is_focused(card(page))


@pytest.mark.parametrize("part", scripts.FETCHED_BY_LAUNCHER)
def test_a_launcher_takes_nothing_that_is_not_its_own(site, beside, chrome, part):
    """W18."""
    script = scripts.today(part)
    with chrome.new_context(base_url=beside, locale="en-US") as context:
        page = context.new_page()
        other = {
            "body": script.body + b"\ndocument.title = 'taken over';",
            "content_type": "text/javascript", "headers": {"Access-Control-Allow-Origin": "*"},
        }  # fmt: skip
        page.route(f"**/{script.name}*", lambda route: route.fulfill(**other))
        bare(page)
        button(page).click()
        expect(card(page)).to_contain_text("This cannot be shown just now.")
        assert page.title() == "Bare"


def test_on_a_phone_it_is_the_whole_screen_and_who_leaves_it_closes_it(site, visit):
    page = bare(visit(viewport=PHONE))
    opened(page)
    assert card(page).bounding_box() == {"x": 0, "y": 0} | PHONE
    expect(button(page)).to_be_hidden()
    page.keyboard.press("Shift+Tab")
    expect(card(page)).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "here"


@pytest.mark.parametrize(("way", "side"), [("ltr", "start"), ("rtl", "end"), ("rtl", "start")])
def test_it_stands_on_the_side_where_the_page_wants_it(site, visit, way, side):
    page = bare(visit(viewport={"width": 1000, "height": 500}), more=f'side="{side}"', way=way)
    opened(page)
    is_left = (way == "ltr") == (side == "start")
    for part in (button(page), card(page)):
        box = part.bounding_box()
        assert box["x"] == 16 if is_left else box["x"] + box["width"] == 984
        assert box["y"] > 0
    if way == "rtl":
        tab(page, 0).press("ArrowLeft")
        expect(tab(page, 1)).to_have_attribute("aria-selected", "true")


def test_it_speaks_french_and_says_what_it_is_told_to_say(site, visit):
    page = bare(visit(), lang="fr")
    expect(button(page)).to_have_text("Vos idées")
    opened(page)
    names = launcher(page).get_by_role("tab").all_text_contents()
    assert names == ["Idées", "Leur suite", "Votre idée"]
    expect(card(page).get_by_role("button", name="Fermer")).to_be_visible()
    expect(card(page).get_by_role("tabpanel")).to_contain_text("Soutenir")
    page.evaluate(CHANGE, ["cocreate-launcher", "label", "<b>Une idée ?</b>"])
    expect(button(page)).to_have_text("<b>Une idée ?</b>")
    expect(card(page)).to_be_visible()  # it is shown anew, as it was
    page.evaluate(CHANGE, ["cocreate-launcher", "lang", "en"])
    expect(tab(page, 0)).to_have_text("Ideas")


def test_it_wears_the_colour_it_is_told_and_then_the_brands_own(site, visit):
    page = bare(visit(), more='accent="#123456 #abcdef" theme="light"')
    expect(button(page)).to_have_css("background-color", "rgb(18, 52, 86)")
    page.evaluate(CHANGE, ["cocreate-launcher", "theme", "dark"])
    expect(button(page)).to_have_css("background-color", "rgb(171, 205, 239)")
    opened(page)
    expect(card(page)).to_have_css("background-color", "rgb(28, 31, 39)")
    brand = page.request.get(f"{site.url}/api/v1/brands/garden/").json()
    parts = [int(brand["accent"]["dark"][place : place + 2], 16) for place in (1, 3, 5)]
    expect(button(page)).to_have_css("background-color", "rgb({}, {}, {})".format(*parts))


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(320, "light", "fr"), (320, "dark", "en"), (1280, "dark", "fr")],
)
def test_it_has_no_barrier_and_nothing_is_cut_off(site, visit, width, scheme, language):
    page = visit(viewport={"width": width, "height": 800}, color_scheme=scheme)
    bare(page, lang=language)
    page.evaluate(GROUND)
    assert barriers(page) == []
    opened(page)
    for place in range(3):
        tab(page, place).click()
        panel = launcher(page).get_by_role("tabpanel")
        expect(panel.locator("li, p").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert barriers(page) == []
        assert panel.evaluate("one => one.scrollWidth - one.clientWidth") == 0
        assert card(page).evaluate("one => one.scrollWidth - one.clientWidth") == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width
