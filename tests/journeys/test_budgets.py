"""What a page costs its reader: bytes on the wire, counted by the browser, and parts that jump."""

import re

import pytest

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser

FIRST, WITHOUT_FONTS, SECOND = 120_000, 60_000, 30_000  # bytes as they are sent, with their heads
MOST_SHIFT = 0.02
PACKET = 1400  # bytes that travel together: making fewer of them smaller saves nothing
# What people have put there themselves is not counted.
OF_PEOPLE = re.compile(r"/(pictures|logo|cover|avatar)/|/card(-\w+)?\.png$")
PHONE = {"width": 360, "height": 740}
PAGES = {
    "home": (None, "/"),
    "challenge": (None, "/b/mio/c/street/"),
    "challenge as lines": (None, "/b/mio/c/street/?view=list"),
    "challenge of a member": ("charlie@example.org", "/b/mio/c/street/"),
    "idea": (None, "{roof}"),
    "idea with pictures": ("charlie@example.org", "{both}"),
    "submit": ("charlie@example.org", "/b/mio/submit/?challenge=street"),
    "desk": ("alice@example.org", "/desk/mio/"),
}
WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    const parts = shift.sources.map((one) => one.node?.outerHTML?.slice(0, 80) ?? "text");
    if (!shift.hadRecentInput) window.shifts.push([shift.value, parts]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


class Wire:
    """What comes to a page from now on, by address."""

    def __init__(self, page):
        self.addresses, self.bytes = {}, {}
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self.sent)
        session.on("Network.loadingFinished", self.finished)
        session.send("Network.enable")

    def sent(self, event):
        self.addresses[event["requestId"]] = event["request"]["url"]

    def finished(self, event):
        address = self.addresses.get(event["requestId"], "")
        if address and not OF_PEOPLE.search(address.partition("?")[0]):
            self.bytes[address] = self.bytes.get(address, 0) + int(event["encodedDataLength"])

    def forget(self):
        self.bytes.clear()

    def sum(self):
        return sum(self.bytes.values())


def open_page(browse, who, **options):
    """A window that has seen nothing of the site but, where somebody signs in, the way there."""
    page = browse(viewport=PHONE, **options)
    if who:
        sign_in(page, who)
        page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    return page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light_at_first_and_lighter_the_second_time(site, browse, name):
    who, path = PAGES[name]
    page = open_page(browse, who)
    wire = Wire(page)
    page.goto(path.format(**site.facts), wait_until="networkidle")
    assert 0 < wire.sum() <= FIRST, wire.bytes
    fonts = [size for address, size in wire.bytes.items() if "/fonts/" in address]
    assert len(fonts) >= 2
    assert wire.sum() - sum(fonts) <= WITHOUT_FONTS, wire.bytes
    page.goto("about:blank")
    wire.forget()
    page.goto(path.format(**site.facts), wait_until="networkidle")
    assert 0 < wire.sum() <= SECOND, wire.bytes


def test_whoever_comes_from_the_front_page_has_most_of_the_next_one(site, browse):
    page = open_page(browse, None)
    wire = Wire(page)
    page.goto("/", wait_until="networkidle")
    for path in ("/b/mio/c/street/", "{roof}"):
        wire.forget()
        page.goto(path.format(**site.facts), wait_until="networkidle")
        assert 0 < wire.sum() <= SECOND, wire.bytes


def late(route):
    """Pictures come when what is around them has been read for a while."""
    route.request.frame.page.wait_for_timeout(300)
    route.continue_()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_jumps_while_a_page_comes_and_is_scrolled(site, browse, name, width):
    who, path = PAGES[name]
    page = open_page(browse, who)
    page.set_viewport_size({"width": width, "height": 740})
    page.add_init_script(WATCH)
    page.route(OF_PEOPLE, late)
    page.goto(path.format(**site.facts), wait_until="networkidle")
    for _n in range(12):
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(60)
    page.wait_for_timeout(200)
    shifts = page.evaluate("window.shifts")
    assert sum(value for value, _parts in shifts) < MOST_SHIFT, shifts


def test_a_jump_would_be_seen(browse):
    page = browse(viewport=PHONE)
    page.add_init_script(WATCH)
    page.goto("/", wait_until="networkidle")
    page.evaluate("""() => {
      const late = Object.assign(document.createElement("div"), { textContent: "late" });
      late.className = "panel";
      for (let n = 0; n < 12; n += 1) document.querySelector("main").prepend(late.cloneNode(true));
    }""")
    page.wait_for_timeout(500)
    assert page.evaluate("window.shifts.length") > 0


def test_every_text_comes_compressed_and_files_are_kept_for_good(site, browse):
    page = browse()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    sign_in(page, "charlie@example.org")
    for path in ("/", "/b/mio/c/street/", "{roof}", "/b/mio/submit/", "/accounts/email/"):
        page.goto(path.format(**site.facts), wait_until="networkidle")
    texts = [one for one in answers if is_text(one)]
    assert {"document", "stylesheet", "script"} <= {one.request.resource_type for one in texts}
    assert [one.url for one in texts if not one.headers.get("content-encoding")] == []
    files = [one for one in answers if "/static/" in one.url and one.status == 200]
    assert [one.url for one in files if "immutable" not in one.headers["cache-control"]] == []


def is_text(answer):
    kind = answer.headers.get("content-type", "")
    large = int(answer.headers.get("content-length") or PACKET) >= PACKET
    return answer.status == 200 and large and re.match(r"text/|image/svg|.*(json|script)", kind)
