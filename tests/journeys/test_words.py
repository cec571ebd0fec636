"""A comment that is half written."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser


def test_a_comment_half_written_waits_for_its_writer_until_it_is_posted(site, browse):
    page = sign_in(browse(), "rita@example.org")
    idea, field = site.facts["horn"], page.locator("#body-new")
    page.goto(idea)
    field.fill("It should be as loud as")
    page.goto("/")
    page.goto(site.facts["both"])
    expect(field).to_have_value("")  # another idea has its own
    page.goto(idea)
    expect(field).to_have_value("It should be as loud as")
    field.press_sequentially(" a robin.")
    page.get_by_role("button", name="Post the comment").click()
    page.wait_for_url("**#comment-*")
    expect(field).to_have_value("")
    page.goto(idea)
    expect(field).to_have_value("")


def test_whoever_signs_out_leaves_no_words_behind(site, browse):
    page = sign_in(browse(), "rita@example.org")
    page.goto(site.facts["horn"])
    page.locator("#body-new").fill("Half a secret")
    assert "Half a secret" in page.evaluate("JSON.stringify({ ...sessionStorage })")
    page.goto("/me/")
    with page.expect_navigation():
        page.locator("form[action$='/logout/'] button").first.evaluate("it => it.click()")
    assert "Half a secret" not in page.evaluate("JSON.stringify({ ...sessionStorage })")
