"""A picture is cropped: by keys, with the mouse, on a telephone, and given back whole."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in
from tests.journeys.test_pages import barriers
from tests.journeys.test_pictures import arrived, begin, codes, file, post
from tests.pictures import drawn

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
ZOOMED = {"viewport": {"width": 320, "height": 256}}


def with_picture(page, title):
    """900 by 600, red on the left, blue on the right."""
    begin(sign_in(page, "charlie@example.org"), title)
    page.set_input_files("#new-images", [file("one.png")])
    arrived(page, 1)
    page.get_by_label("Describe it for people who cannot see it").fill("Two halves")
    return page


def open_dialog(page):
    page.get_by_role("button", name="Crop picture 1").click()
    dialog = page.get_by_role("dialog", name="Crop the picture")
    expect(dialog).to_be_visible()
    return dialog


def size_of(page):
    return page.locator("[data-size]").text_content()


def shown_size(page):
    image = page.locator(".gallery img").first
    return [image.get_attribute("width"), image.get_attribute("height")]


def cropped(page, before):
    expect(page.locator("[data-pictures] [name=images]")).not_to_have_value(before)
    expect(page.locator("#said")).to_have_text("Picture 1 is cropped.")
    return codes(page)[0]


def test_a_picture_is_cropped_by_keys_alone_and_given_back_whole(site, browse):
    page = with_picture(browse(), "A half that is enough")
    (whole,) = codes(page)
    button = page.get_by_role("button", name="Crop picture 1")
    button.press("Enter")
    dialog = page.get_by_role("dialog", name="Crop the picture")
    expect(dialog).to_be_visible()
    assert barriers(page) == []
    assert size_of(page) == "900 × 600"
    dialog.get_by_role("radio", name="Square").check()
    assert size_of(page) == "600 × 600"
    dialog.get_by_role("slider", name="From left to right").press("End")
    dialog.get_by_role("slider", name="Width").press("ArrowLeft")
    expect(dialog.get_by_role("slider", name="Width")).to_have_attribute("aria-valuetext", "66 %")
    dialog.get_by_role("button", name="Use this part").press("Enter")
    expect(button).to_be_focused()
    part = cropped(page, whole)
    expect(page.get_by_label("Describe it for")).to_have_value("Two halves")
    assert page.get_attribute("[name^=alt-]", "name") == f"alt-{part}"

    open_dialog(page)  # begins with the whole picture, and the part that was chosen
    assert size_of(page) == "594 × 594"
    page.keyboard.press("Escape")
    assert codes(page) == [part]
    open_dialog(page).get_by_role("button", name="Use it whole").click()
    expect(page.locator("[name=images]").first).to_have_value(whole)
    open_dialog(page).get_by_role("radio", name="16:9").check()
    page.get_by_role("button", name="Use this part").click()
    cropped(page, whole)
    post(page)
    assert shown_size(page) == ["900", "506"]
    expect(page.locator(".gallery img")).to_have_attribute("alt", "Two halves")


def test_a_frame_is_dragged_by_a_corner_and_moved(site, browse):
    page = with_picture(browse(), "A corner of the sky")
    (whole,) = codes(page)
    open_dialog(page)
    stage = page.locator(".crop-stage img").bounding_box()
    page.mouse.move(stage["x"] + 2, stage["y"] + 2)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2, steps=4)
    page.mouse.up()
    width, height = (int(part) for part in size_of(page).split(" × "))
    assert (abs(width - 450) < 12, abs(height - 300) < 12) == (True, True)
    page.mouse.move(stage["x"] + stage["width"] * 0.75, stage["y"] + stage["height"] * 0.75)
    page.mouse.down()
    page.mouse.move(stage["x"] - 50, stage["y"] - 50, steps=4)  # no further than the edge
    page.mouse.up()
    assert size_of(page) == f"{width} × {height}"
    sliders = page.get_by_role("slider")
    assert [sliders.nth(n).input_value() for n in (2, 3)] == ["0", "0"]
    page.get_by_role("button", name="Use this part").click()
    cropped(page, whole)
    post(page)
    assert shown_size(page) == [str(width), str(height)]


def test_on_a_telephone_one_takes_a_picture_and_crops_it(site, browse):
    page = begin(sign_in(browse(**PHONE), "charlie@example.org"), "A photograph of a puddle")
    camera = page.locator("label.camera")
    expect(camera).to_be_visible()
    expect(camera.locator("input")).to_have_attribute("capture", "environment")
    page.set_input_files("[data-camera]", [file("photo.png")])
    arrived(page, 1)
    (whole,) = codes(page)
    dialog = open_dialog(page)
    assert barriers(page) == []
    dialog.get_by_text("Square").tap()
    dialog.get_by_role("button", name="Use this part").tap()
    cropped(page, whole)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("size", [(1600, 90), (90, 1600), (24, 24), (900, 600)])
@pytest.mark.parametrize("window", [PHONE, {"viewport": {"width": 1280, "height": 800}}])
def test_a_frame_around_all_of_a_picture_is_seen_whole(site, browse, window, size):
    page = begin(sign_in(browse(**window), "charlie@example.org"), "A frame")
    page.set_input_files("#new-images", [file("one.png", drawn(*size))])
    arrived(page, 1)
    dialog = open_dialog(page)
    stage = dialog.locator(".crop-stage").bounding_box()
    picture = dialog.locator(".crop-stage img").bounding_box()
    assert picture["width"] / picture["height"] == pytest.approx(size[0] / size[1], rel=0.02)
    assert holds(dialog.bounding_box(), stage)
    for corner in dialog.locator("[data-edge]").all():
        assert holds(stage, corner.bounding_box())
    expect(dialog.get_by_role("radio", name="Any shape")).to_be_checked()
    expect(dialog.get_by_role("button", name="Use it whole")).to_be_in_viewport(ratio=1)
    dialog.get_by_role("radio", name="Square").check()
    assert holds(stage, dialog.locator(".crop-frame").bounding_box())
    assert dialog.locator(".crop-stage").bounding_box() == stage


def holds(outer, inner):
    """With a little room on each side."""
    return all(
        outer[start] + 2 <= inner[start]
        and inner[start] + inner[length] <= outer[start] + outer[length] - 2
        for start, length in (("x", "width"), ("y", "height"))
    )


def test_where_a_mouse_is_the_pointer_no_camera_is_offered(site, browse):
    page = begin(sign_in(browse(), "charlie@example.org"), "No camera")
    expect(page.locator("label.camera")).to_be_hidden()


def test_at_400_percent_the_dialog_can_be_reached_to_its_end(site, browse):
    page = with_picture(browse(**ZOOMED), "A small window")
    dialog = open_dialog(page)
    button = dialog.get_by_role("button", name="Use it whole")
    button.scroll_into_view_if_needed()
    expect(button).to_be_in_viewport()
    assert page.evaluate("document.querySelector('dialog').scrollWidth") <= 320
    assert barriers(page) == []


def test_a_part_that_is_refused_is_told_beside_the_picture_which_stays(site, browse):
    page = with_picture(browse(), "A part of nothing")
    (whole,) = codes(page)
    page.route("**/crop/", lambda route: route.fulfill(status=503))
    open_dialog(page).get_by_role("radio", name="Square").check()
    page.get_by_role("button", name="Use this part").click()
    expect(page.locator("[data-picture] .wrong")).to_contain_text("Check your connection.")
    assert codes(page) == [whole]
    page.unroute("**/crop/")
    post(page)
    assert shown_size(page) == ["900", "600"]


def test_a_picture_of_an_idea_is_cropped_later(site, browse):
    page = with_picture(browse(), "A banner over the door")
    post(page)
    page.get_by_role("link", name="Change", exact=True).click()
    (whole,) = codes(page)
    open_dialog(page).get_by_role("radio", name="4:3").check()
    page.get_by_role("button", name="Use this part").click()
    cropped(page, whole)
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator(".notices")).to_contain_text("Your change is public.")
    assert shown_size(page) == ["800", "600"]
