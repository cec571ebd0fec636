"""Pictures of an idea: chosen, dropped and pasted, described, put in order, seen; without scripts
too.
"""

import base64
import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.choosers import Choosers
from tests.journeys.conftest import sign_in
from tests.journeys.test_pages import barriers
from tests.pictures import drawn

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 360, "height": 740}}
SUBMIT = "/b/mio/submit/?challenge=street"


def file(name: str, content: bytes | None = None, kind: str = "image/png") -> dict:
    return {"name": name, "mimeType": kind, "buffer": drawn() if content is None else content}


def begin(page: Page, title: str) -> Page:
    page.goto(SUBMIT)
    page.fill("[name=title]", title)
    return page


def bring(page: Page, event: str, name: str = "brought.png", kind: str = "image/png") -> None:
    """A file by a drop or a paste."""
    page.evaluate(
        """([event, name, kind, content]) => {
            const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], name, {type: kind}));
            const options = {bubbles: true, cancelable: true};
            const target = document.querySelector("[name=body]");
            target.dispatchEvent(event === "paste"
                ? new ClipboardEvent(event, {...options, clipboardData: data})
                : new DragEvent(event, {...options, dataTransfer: data}));
        }""",
        [event, name, kind, base64.b64encode(drawn()).decode()],
    )


def items(page: Page):
    return page.locator("[data-picture]")


def arrived(page: Page, number: int) -> None:
    expect(page.locator("[data-picture] img[src]")).to_have_count(number)
    expect(page.locator("[data-images] progress")).to_have_count(0)


def codes(page: Page) -> list[str]:
    return page.eval_on_selector_all(
        "[data-pictures] [name=images]:enabled", "found => found.map((one) => one.value)"
    )


def post(page: Page, code: str = "i") -> None:
    page.get_by_role("button", name="Post my idea").click()
    page.wait_for_url(f"**/{code}/*/*/")


def test_pictures_are_chosen_dropped_pasted_described_ordered_and_seen(site, browse):
    page = begin(sign_in(browse(), "charlie@example.org"), "A kite that carries the post")
    page.set_input_files("#new-images", [file("one.png"), file("two.png")])
    arrived(page, 2)
    bring(page, "drop", "three.png")
    arrived(page, 3)
    bring(page, "paste")
    arrived(page, 4)
    expect(page.locator("#said")).to_have_text("Picture 4 is there: describe it.")
    first, second, third, fourth = codes(page)
    page.get_by_role("button", name="Remove picture 2").click()
    expect(page.get_by_role("button", name="Remove picture 2")).to_be_focused()
    assert codes(page) == [first, third, fourth]
    page.get_by_role("button", name="Picture 3: earlier").click()
    expect(page.locator("#said")).to_have_text("Now picture 2 of 3.")
    page.get_by_role("button", name="Picture 2: earlier").press("Enter")
    expect(page.get_by_role("button", name="Picture 1: later")).to_be_focused()
    assert codes(page) == [fourth, first, third]
    expect(page.get_by_role("button", name="Picture 1: earlier")).to_be_disabled()
    words = page.get_by_label("Describe it for people who cannot see it")
    words.nth(0).fill("A kite above the roofs")
    assert barriers(page) == []
    post(page)
    shown = page.locator(".gallery img")
    expect(shown).to_have_count(3)
    expect(shown.first).to_have_attribute("alt", "A kite above the roofs")
    for n, code in enumerate([fourth, first, third]):
        assert code in shown.nth(n).get_attribute("src")
    assert page.evaluate("[...document.querySelectorAll('.gallery img')][0].naturalWidth") > 0
    assert barriers(page) == []
    page.goto("/b/mio/c/street/?sort=new&view=cards")
    card = page.locator("[data-ideas] > li", has_text="A kite that carries the post")
    expect(card.get_by_role("img", name="A kite above the roofs")).to_be_visible()
    assert second not in page.content()
    assert barriers(page) == []


def test_pictures_are_chosen_by_keys_in_the_words_of_the_page_not_of_the_browser(site, browse):
    page = begin(sign_in(browse(), "charlie@example.org"), "A bench that turns")
    choosers = Choosers(page)
    field = page.get_by_label("Add pictures")
    assert field.bounding_box()["width"] <= 1  # the words in it are the browser's own
    page.focus("#id_body")
    for _n in range(5):
        page.keyboard.press("Tab")
        if field.evaluate("one => one === document.activeElement"):
            break
    expect(field).to_be_focused()
    assert ring(page) == "solid"
    page.keyboard.press("Enter")
    choosers.latest().set_files([file("one.png"), file("two.png")])
    arrived(page, 2)
    assert barriers(page) == []


def ring(page: Page) -> str:
    return page.locator(".picker").evaluate("one => getComputedStyle(one).outlineStyle")


def test_without_scripts_the_field_itself_tells_how_many_pictures_are_chosen(site, browse):
    page = sign_in(browse(java_script_enabled=False), "charlie@example.org")
    page.goto(SUBMIT)
    assert page.get_by_label("Add pictures").bounding_box()["width"] > 150


def test_a_refused_picture_is_told_in_words_and_keeps_everything_typed(site, browse):
    page = begin(sign_in(browse(**PHONE), "charlie@example.org"), "A bell for the harbour")
    page.fill("[name=body]", "It rings at low tide.")
    page.set_input_files(
        "#new-images",
        [
            file("good.png"),
            file("<svg onload=alert(1)>.png", b"<svg/>"),
            file("letter.txt", b"Dear all", "text/plain"),
            file("large.png", b"x" * (10 * 2**20 + 1)),
        ],
    )
    arrived(page, 1)
    refused = page.locator("[data-picture].failed")
    expect(refused).to_have_count(3)
    expect(refused.nth(0)).to_contain_text("<svg onload=alert(1)>.png")
    expect(refused.nth(0)).to_contain_text("We cannot read this picture.")
    expect(refused.nth(1)).to_contain_text("This is not a picture.")
    expect(refused.nth(2)).to_contain_text("This picture is larger than 10 MB.")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.input_value("[name=body]") == "It rings at low tide."
    post(page)
    expect(page.locator(".gallery img")).to_have_count(1)
    expect(page.locator(".prose").first).to_have_text("It rings at low tide.")


def test_a_seventh_picture_is_refused_and_six_are_posted(site, browse):
    page = begin(sign_in(browse(), "charlie@example.org"), "Six lamps for the bridge")
    page.set_input_files("#new-images", [file(f"{n}.png") for n in range(7)])
    arrived(page, 6)
    expect(page.locator("[data-picture].failed")).to_contain_text("An idea has 6 pictures at most.")
    post(page)
    expect(page.locator(".gallery img")).to_have_count(6)


def test_whoever_posts_while_a_picture_is_on_its_way_posts_it_too(site, browse):
    page = begin(sign_in(browse(), "charlie@example.org"), "A ferry without a timetable")
    page.set_input_files("#new-images", [file("one.png"), file("two.png")])
    post(page)
    expect(page.locator(".gallery img")).to_have_count(2)


def test_a_picture_that_did_not_arrive_is_sent_again(site, browse):
    page = begin(sign_in(browse(), "charlie@example.org"), "A bench that hums")
    page.route("**/b/mio/pictures/", lambda route: route.fulfill(status=503))
    page.set_input_files("#new-images", [file("one.png")])
    expect(page.locator("[data-picture].failed")).to_contain_text("Check your connection.")
    page.unroute("**/b/mio/pictures/")
    page.get_by_role("button", name="Try again").click()
    arrived(page, 1)
    expect(page.locator("[data-picture].failed")).to_have_count(0)


def test_text_that_was_copied_with_a_picture_of_itself_is_pasted_as_text(site, browse):
    page = begin(sign_in(browse(), "charlie@example.org"), "A table of numbers")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["x"], "table.png", {type: "image/png"}));
            data.setData("text/plain", "1 2 3");
            const paste = new ClipboardEvent("paste", {bubbles: true, clipboardData: data});
            document.querySelector("[name=body]").dispatchEvent(paste);
        }"""
    )
    expect(items(page)).to_have_count(0)


def test_all_of_it_works_without_scripts(site, browse):
    page = browse(java_script_enabled=False)
    sign_in(page, "charlie@example.org")
    begin(page, "A lantern of paper")
    page.set_input_files(
        "#new-images", [file("one.png"), file("two.png"), file("bad.png", b"no picture")]
    )
    page.fill("[name=new_alts]", "A lantern\nIts light")
    page.get_by_role("button", name="Post my idea").click()
    expect(page.locator("#id_images_error")).to_contain_text("bad.png: We cannot read this picture")
    assert page.input_value("[name=title]") == "A lantern of paper"
    words = page.get_by_label("Describe it for people who cannot see it")
    expect(words).to_have_count(2)
    expect(words.nth(1)).to_have_value("Its light")
    page.locator("select[name^=place-]").nth(1).select_option("1")
    words.nth(0).fill("A paper lantern")
    page.get_by_role("button", name="Post my idea").click()
    shown = page.locator(".gallery img")
    expect(shown).to_have_count(2)
    expect(shown.nth(0)).to_have_attribute("alt", "Its light")
    expect(shown.nth(1)).to_have_attribute("alt", "A paper lantern")
    large = page.locator(".gallery a").first.get_attribute("href")
    assert re.search(r"/i/\w+/pictures/\w+-900\.webp$", large)
    assert page.request.get(large).headers["content-type"] == "image/webp"
    page.get_by_role("link", name="Change").click()
    page.locator("[name=remove_image]").first.check()
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator(".gallery img")).to_have_count(1)
    expect(page.locator(".gallery img")).to_have_attribute("alt", "A paper lantern")
