"""A face and a name, chosen in a real browser from a real file."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import sign_in
from tests.web.pictures import jpeg

pytestmark = pytest.mark.browser
MEMBER = "nina@example.org"  # of these journeys alone, as their name and clock change
# An older browser, or one whose machine does not know where it is.
IGNORANT = """
const known = Intl.DateTimeFormat;
Intl.DateTimeFormat = function (language, options) {
    const zone = options?.timeZone;
    if (["Europe/Kyiv", "Etc/Unknown"].includes(zone)) throw new RangeError(`What is ${zone}?`);
    const made = new known(language, options);
    if (!zone) made.resolvedOptions = () => ({ timeZone: here });
    return made;
};
"""


@pytest.mark.parametrize("scripts", [True, False])
def test_a_member_chooses_a_name_and_a_picture_and_sees_them_side_by_side(
    site, browse, tmp_path, scripts
):
    telephone = tmp_path / "IMG_2025 (1).jpg"
    telephone.write_bytes(jpeg((200, 40, 40), 1600, 1200))
    page = sign_in(browse(java_script_enabled=scripts), MEMBER)
    page.goto("/me/profile/")
    page.get_by_label("Your name").fill("Ninon d’Aragon")
    page.get_by_label("Picture", exact=True).set_input_files(telephone)
    page.get_by_label("Interests").fill("rain, small cars")
    page.get_by_label("Time zone").select_option(value="Europe/Paris")
    save(page)
    expect(page.get_by_label("Your name")).to_have_value("Ninon d’Aragon")
    in_head = picture_of(page, ".topbar img.face")
    page.get_by_role("link", name="See your public page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ninon d’Aragon")
    beside = picture_of(page, "main header img.face")
    assert in_head == beside
    expect(page.locator("main .chip")).to_have_text(["rain", "small cars"])
    kept = page.request.get(beside).body()
    assert Image.open(io.BytesIO(kept)).size == (256, 256)
    assert b"STRANGER" not in kept
    page.goto("/me/profile/")
    page.get_by_label("Remove my picture").check()
    save(page)
    expect(page.locator("img.face")).to_have_count(0)


@pytest.mark.parametrize("here", ["America/Montevideo", "Asia/Kolkata"])
def test_the_zone_of_the_browser_is_offered_first_and_chosen_by_nobody_else(site, browse, here):
    page = sign_in(browse(timezone_id=here), MEMBER)
    page.goto("/me/profile/")
    field = page.get_by_label("Time zone")
    before = field.input_value()
    own = field.locator("optgroup").first
    expect(own).to_have_attribute("label", "Yours")
    expect(own.locator("option").first).to_have_attribute("value", here)
    expect(field).to_have_value(before)
    field.select_option(value=here)
    save(page)
    expect(field).to_have_value(here)
    expect(own.locator("option")).to_have_count(1)
    page.goto("/me/profile/")
    field.select_option(value="")
    save(page)


@pytest.mark.parametrize("here", ["Europe/Kiev", "Etc/Unknown"])
def test_a_browser_that_does_not_know_a_zone_offers_none_and_complains_of_nothing(
    site, browse, here
):
    page = sign_in(browse(), MEMBER)
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.add_init_script(f"const here = '{here}'; {IGNORANT}")
    page.goto("/me/profile/", wait_until="networkidle")
    assert faults == []
    field = page.get_by_label("Time zone")
    assert "Yours" not in field.locator("optgroup").evaluate_all("all => all.map(one => one.label)")


def save(page: Page) -> None:
    """On a page that has not said so yet."""
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Your profile is saved.")


def picture_of(page: Page, selector: str) -> str:
    """Its address. It has arrived, and is as high as wide."""
    picture = page.locator(selector)
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box["width"] == box["height"]
    assert picture.evaluate("it => it.decode().then(() => it.naturalWidth)") == 256
    return picture.get_attribute("src")
