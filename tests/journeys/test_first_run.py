"""A newcomer has started the site: what the front page of a demo offers, each by one press."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from cocreate.domain import demo_file
from cocreate.domain.demo_file import Account
from tests.site import Site

pytestmark = pytest.mark.browser

PASSWORD = "qh3-Vt8_kLw2"  # noqa: S105 - as the demo makes them
PEOPLE = f"""
import tests.begin
from accounts.domain.teams import add_member
from accounts.enums import Role
from accounts.models import Brand
from tests.factories import make_challenge, make_user
make_challenge(Brand.objects.get(slug="mio"), slug="fourth-floor")
for name in ("member", "manager"):
    user = make_user("Demo " + name, email=name + "@example.org")
    user.set_password("{PASSWORD}")
    user.save()
add_member(brand=Brand.objects.get(slug="mio"), user=user, role=Role.MANAGER)
"""
OVER = """
import tests.begin
from ideas.models import Challenge
Challenge.objects.filter(slug="fourth-floor").update(published_at=None)
"""
JOBS = [
    ("Take part as Demo member", "**/b/mio/c/fourth-floor/"),
    ("Decide as Demo manager", "**/desk/mio/"),
    ("Get the lines as Demo manager", "**/desk/mio/embed/"),
]


@pytest.fixture(scope="module")
def demo(site: Site) -> Iterator[Site]:
    """Only while these run: the other journeys see a site without a demo."""
    site.python("-c", PEOPLE)
    names = ("member", "manager")
    accounts = [Account(f"{name}@example.org", PASSWORD, "does") for name in names]
    path = site.state / demo_file.NAME
    demo_file.write(path, accounts, None)
    yield site
    path.unlink()
    site.python("-c", OVER)


@pytest.mark.parametrize("scripts", [True, False])
def test_each_job_is_one_press_away(demo, browse, scripts):
    page = browse(java_script_enabled=scripts)
    for words, address in JOBS:
        page.goto("/")
        page.get_by_role("button", name=words).click()
        page.wait_for_url(address)
        expect(page.get_by_role("link", name="Your page")).to_be_visible()


def test_the_keyboard_alone_reaches_a_job(demo, browse):
    page = browse()
    page.goto("/")
    page.get_by_role("button", name=JOBS[0][0]).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(JOBS[0][1])
    expect(page.get_by_role("link", name="Your page")).to_be_visible()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_front_page_fits_every_screen(demo, browse, width):
    page = browse(viewport={"width": width, "height": 900})
    for address in ("/", "/u/charlie/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_demo_there_is_no_word_of_one(site, browse):
    page = browse()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.get_by_text("This is a demo").count() == (site.state / demo_file.NAME).exists()
