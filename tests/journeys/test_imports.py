"""A manager brings ideas in from a file, and takes them back."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser

ROWS = "id;titre;texte;votes;date\n{0}1;Trams;<b>So</b>;15;31/01/2025\n{0}2;;x;1;01/02/2025\n"


def to_draft(page, name, rows):
    page.goto("/desk/mio/imports/")
    file = {"name": name, "mimeType": "text/csv", "buffer": rows.encode()}
    page.set_input_files("input[name=table]", files=[file])
    page.select_option("select[name=challenge]", "street")
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_role("heading", name="What each column is")).to_be_visible()


def until_it_stands(page, text):
    """Without scripts somebody looks again; with them the page does."""
    for _look in range(60):
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(1000)
        again = page.get_by_role("link", name="Look again")
        if again.count():
            again.click()
    expect(page.get_by_text(text)).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_checked_imported_and_taken_back(site, browse, scripts):
    page = browse(java_script_enabled=scripts)
    sign_in(page, "alice@example.org")
    to_draft(page, f"scripts-{scripts}.csv", ROWS.format("s" if scripts else "n"))
    if scripts:
        shown = page.locator(".import-column", has_text="Title").locator("[data-sample]")
        expect(shown).to_have_text("Trams")
    page.get_by_role("button", name="Check without importing").click()
    until_it_stands(page, "The check says")
    expect(page.get_by_text("there is no title")).to_be_visible()
    result = page.get_by_role("region", name="The check says")
    result.get_by_role("button", name="Import", exact=True).click()
    until_it_stands(page, re.compile("1 new idea"))
    until_it_stands(page, "Done")
    page.get_by_text("Take it back", exact=True).click()
    page.get_by_role("button", name="Yes, take it back").click()
    until_it_stands(page, "The file can be imported again.")
    expect(page.get_by_text("1 idea taken back")).to_be_visible()
