"""A manager votes for somebody beside the list: what was typed waits, and one key undoes it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser

TWO = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from accounts.models import Brand
from tests.factories import make_challenge, make_idea
made = make_challenge(Brand.objects.get(slug="mio"), slug="asked-for-%s", mode="%s", max_points=3)
for title in ("Second", "First"):
    make_idea(made, title=title)
"""


def test_a_vote_for_somebody_is_typed_waits_is_counted_and_undone(site, browse):
    site.python("-c", TWO % ("up", "up"))
    page = sign_in(browse(), "alice@example.org")
    page.goto("/desk/mio/?sort=new&challenge=asked-for-up")
    page.get_by_role("link", name="First").click()
    address = page.locator("#behalf_email")
    page.locator("#behalf summary").click()
    address.fill("customer@example.org")
    page.get_by_role("link", name="Second").click()
    expect(page.locator("[data-head]")).to_have_text("Second")
    expect(address).to_have_value("")
    page.get_by_role("link", name="First").click()
    expect(address).to_have_value("customer@example.org")
    expect(address).to_be_visible()
    page.get_by_role("button", name="Vote for them").click()
    notice = page.locator("#pane .notice").first
    expect(notice).to_contain_text("Counted for customer@example.org, if they may vote here.")
    expect(page.locator("[data-head]")).to_be_focused()
    page.keyboard.press("u")
    expect(notice).to_have_text("Undone. A vote of their own stands.")


@pytest.mark.parametrize(("mode", "value"), [("up_down", "-1"), ("points", "3")])
def test_what_was_chosen_for_somebody_stays_with_what_was_typed(site, browse, mode, value):
    slug = mode.replace("_", "-")
    site.python("-c", TWO % (slug, mode))
    page = sign_in(browse(), "alice@example.org")
    page.goto(f"/desk/mio/?sort=new&challenge=asked-for-{slug}")
    page.get_by_role("link", name="First").click()
    chosen = page.locator("#behalf_value")
    page.locator("#behalf summary").click()
    chosen.select_option(value)
    page.locator("#behalf_email").fill("customer@")
    page.get_by_role("link", name="Second").click()
    expect(page.locator("[data-head]")).to_have_text("Second")
    expect(chosen).to_have_value("1")
    page.get_by_role("link", name="First").click()
    expect(page.locator("[data-head]")).to_have_text("First")
    expect(chosen).to_have_value(value)
    page.fill("#note_body", "They called.")
    page.get_by_role("button", name="Vote for them").click()
    expect(page.locator("#behalf_email_error")).to_be_visible()
    expect(chosen).to_have_value(value)
    page.locator("#note_body").press("Control+Enter")
    expect(page.locator("#pane .notice").first).to_contain_text("Noted, for the team alone.")
    expect(page.locator("#behalf_email")).to_have_value("customer@")
    expect(chosen).to_have_value(value)


def test_without_scripts_a_mistake_leaves_what_was_chosen(site, browse):
    site.python("-c", TWO % ("plain", "up_down"))
    page = sign_in(browse(java_script_enabled=False), "alice@example.org")
    page.goto("/desk/mio/?sort=new&challenge=asked-for-plain")
    page.get_by_role("link", name="First").click()
    page.locator("#behalf summary").click()
    page.select_option("#behalf_value", "-1")
    page.get_by_role("button", name="Vote for them").click()
    expect(page.locator("#behalf_email_error")).to_be_visible()
    expect(page.locator("#behalf_value")).to_have_value("-1")
