"""Somebody of a team names another in a note."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.journeys.test_pages import barriers

pytestmark = pytest.mark.browser

TEAM = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cocreate.settings")
import django
django.setup()
from accounts.domain.teams import add_member
from accounts.enums import Role
from accounts.models import User
from tests.factories import make_brand, make_challenge, make_idea
alice, rita, zoe = (
    User.objects.get(email=f"{name}@example.org") for name in ("alice", "rita", "zoe")
)
brand = make_brand("%(slug)s", owner=alice)
for user in (rita, zoe):
    add_member(brand=brand, user=user, role=Role.ANALYST)
print(make_idea(make_challenge(brand, slug="all"), title="A bell that whispers").code)
"""


@pytest.fixture
def path(site, request):
    """Of an idea of a brand of this test's own, whose team are Alice, Rita and Zoe."""
    slug = re.sub("[^a-z]+", "-", request.node.name)[-30:].strip("-")
    code = site.python("-c", TEAM % {"slug": slug}).strip().splitlines()[-1]
    return f"/desk/{slug}/ideas/{code}/"


def alice_at(page, path):
    sign_in(page, "alice@example.org").goto(path)
    return page


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def offered(page):
    return page.locator("#notes [role=option]")


def chosen(page):
    """What the field says is the active one, which is the one that looks so."""
    field = page.locator("#note_body")
    option = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
    expect(option).to_have_attribute("aria-selected", "true")
    assert page.locator("[role=option][aria-selected=true]").count() == 1
    return option


def test_a_mention_is_completed_with_keys_alone(browse, path):
    page = alice_at(browse(), path)
    field, people = page.locator("#note_body"), offered(page)
    press(page, "n")
    page.keyboard.type("Ask @")
    expect(people).to_have_text(["Rita @rita", "Zoe @zoe"])
    expect(page.locator("#said")).to_contain_text("2 people to name.")
    expect(page.get_by_role("listbox", name="People of the team")).to_be_visible()
    assert field.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    expect(chosen(page)).to_contain_text("@rita")
    press(page, "ArrowDown")
    expect(chosen(page)).to_contain_text("@zoe")
    press(page, "ArrowDown")
    expect(chosen(page)).to_contain_text("@rita")
    press(page, "ArrowUp", "Enter")
    expect(field).to_have_value("Ask @zoe ")
    expect(people).to_have_count(0)
    assert field.get_attribute("aria-activedescendant") is None

    page.keyboard.type("or @RI")
    expect(people).to_have_text(["Rita @rita"])
    press(page, "Tab")
    expect(field).to_have_value("Ask @zoe or @rita ")
    expect(field).to_be_focused()

    page.keyboard.type("about @")
    expect(page.locator("#said")).to_contain_text("2 people to name.")
    press(page, "Escape")
    expect(people).to_have_count(0)
    expect(page.locator("#said")).to_be_empty()  # so the same number is said again the next time
    expect(field).to_be_focused()
    page.keyboard.type("z")  # whoever has closed it is not asked again
    expect(people).to_have_count(0)
    press(page, "Backspace", "Backspace", "Enter")  # a line end, with no list to choose from
    page.keyboard.type("it, a@zoe.example.")
    expect(people).to_have_count(0)
    expect(field).to_have_value("Ask @zoe or @rita about \nit, a@zoe.example.")

    press(page, "Control+Enter")
    names = page.locator("#notes .said a")
    expect(names).to_have_text(["@zoe", "@rita"])
    names.first.click()
    expect(page.locator("h1")).to_have_text("Zoe")


def test_a_handle_is_replaced_as_a_whole_wherever_one_stands_in_it(browse, path):
    page = alice_at(browse(), path)
    field, people = page.locator("#note_body"), offered(page)
    field.click()
    for before, after, count, expected in [
        ("Ask @zo", "e", 1, "Ask @zoe "),
        ("Ask @z", "e_2, now", 1, "Ask @zoe, now"),
        ("Ask @z", "é-b? Now", 1, "Ask @zoe? Now"),
        ("Ask @", "- or else", 2, "Ask @rita - or else"),
    ]:
        field.fill(after)
        press(page, "Home")
        page.keyboard.type(before)
        expect(people).to_have_count(count)
        press(page, "Enter")
        expect(field).to_have_value(expected)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mention_is_completed_with_a_pointer_too(browse, path, scheme):
    page = alice_at(browse(viewport={"width": 360, "height": 800}, color_scheme=scheme), path)
    field = page.locator("#note_body")
    field.click()
    page.keyboard.type("()")
    press(page, "ArrowLeft")
    page.keyboard.type("@")
    expect(offered(page)).to_have_count(2)
    assert barriers(page) == []
    offered(page).nth(1).click()
    expect(field).to_have_value("(@zoe)")
    expect(field).to_be_focused()
    page.keyboard.type("!")
    expect(field).to_have_value("(@zoe!)")
    page.keyboard.type(" @")
    expect(offered(page)).to_have_count(2)
    page.locator("h1").click()
    expect(offered(page)).to_have_count(0)
    expect(page.locator(".whom")).to_be_hidden()


def test_without_a_script_a_line_says_whom_one_can_name(browse, path):
    page = alice_at(browse(java_script_enabled=False), path)
    expect(page.locator(".whom li")).to_have_text(["Rita @rita", "Zoe @zoe"])
    expect(page.locator(".whom")).to_be_visible()
    page.fill("#note_body", "Ask @rita.")
    page.get_by_role("button", name="Note it").click()
    expect(page.locator("#notes .said a")).to_have_attribute("href", "/u/rita/")
