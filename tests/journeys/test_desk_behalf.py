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
made = make_challenge(Brand.objects.get(slug="mio"), slug="asked-for")
for title in ("Second", "First"):
    make_idea(made, title=title)
"""


def test_a_vote_for_somebody_is_typed_waits_is_counted_and_undone(site, browse):
    site.python("-c", TWO)
    page = sign_in(browse(), "alice@example.org")
    page.goto("/desk/mio/?sort=new&challenge=asked-for")
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
