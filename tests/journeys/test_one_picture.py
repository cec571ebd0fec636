"""The field of a profile's picture, a brand's logo and cover, and a question's cover."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.choosers import Choosers
from tests.journeys.conftest import sign_in
from tests.web.pictures import jpeg

pytestmark = pytest.mark.browser
FIELDS = [
    ("/me/profile/", "#id_picture"),
    ("/desk/mio/settings/", "#logo-file"),
    ("/desk/mio/settings/", "#cover-file"),
    ("/desk/mio/challenges/street/", "#cover-file"),
]
LONG = f"{'a-very-long-name-' * 6}.jpg"


def file(name):
    return {"name": name, "mimeType": "image/jpeg", "buffer": jpeg((200, 40, 40), 1600, 1200)}


@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_a_field_for_a_picture_speaks_the_language_of_its_page_and_names_the_file(
    site, browse, path, field
):
    page = sign_in(browse(viewport={"width": 360, "height": 740}), "alice@example.org")
    page.goto(path)
    place = page.locator("[data-one-picture]", has=page.locator(field))
    chosen = place.get_by_role("status")
    expect(chosen).to_have_text("")
    assert page.locator(field).bounding_box()["width"] <= 1
    with page.expect_file_chooser() as asked:
        place.get_by_text("Choose a picture").click()
    asked.value.set_files(file("IMG 1.jpg"))
    expect(chosen).to_have_text("IMG 1.jpg")
    page.set_input_files(field, [file(LONG)])
    expect(chosen).to_have_text(LONG)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.set_input_files(field, [])
    expect(chosen).to_have_text("")


@pytest.mark.parametrize(("path", "field"), FIELDS[::3])
def test_whoever_goes_by_keyboard_sees_where_they_are_and_hears_what_it_is(
    site, browse, path, field
):
    page = sign_in(browse(), "alice@example.org")
    page.goto(path)
    place = page.locator("[data-one-picture]", has=page.locator(field))
    expect(page.locator(field)).to_have_accessible_name(
        re.compile("^(Picture|Logo|Cover) Choose a picture$")
    )
    choosers = Choosers(page)
    page.locator(field).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator(field)).to_be_focused()
    expect(place.locator(".picker")).to_have_css("outline-style", "solid")
    page.keyboard.press("Space")
    assert choosers.latest()


@pytest.mark.parametrize(("path", "field"), FIELDS[::3])
def test_without_scripts_the_browsers_own_field_is_there(site, browse, path, field):
    page = sign_in(browse(java_script_enabled=False), "alice@example.org")
    page.goto(path)
    assert page.locator(field).bounding_box()["width"] > 100


def test_a_logo_is_sent(site, browse):
    page = sign_in(browse(), "alice@example.org")
    page.goto("/desk/mio/settings/")
    page.set_input_files("#logo-file", [file("logo.jpg")])
    logo = page.locator("#logo")
    logo.get_by_role("button", name="Upload").click()
    expect(logo.locator("img")).to_be_visible()
    logo.get_by_role("button", name="Remove").click()
    expect(logo.locator("img")).to_have_count(0)
    logo.get_by_role("button", name="Upload").click()
    expect(page.locator("#logo-wrong")).to_have_text("Choose a picture first.")
    expect(page.locator("#logo-file")).to_have_attribute("aria-invalid", "true")
