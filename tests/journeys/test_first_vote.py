"""From the first press to a vote that counts and an idea of one's own: real mail, real workers."""

import re
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from cocreate.lib.text import slug_of

pytestmark = pytest.mark.browser

# Nothing alike: who posts the same twice is asked first.
TITLES = ["Des sièges qui respirent", "Un volant en liège", "Trois crochets sous le toit"]
COUNTED_WITHIN = 15  # seconds; usually half a second
WORDS = {
    "en-US": {
        "ready": "Your vote for “{}” is ready",
        "wish": "Your vote is ready.",
        "done": "Your vote is in.",
        "pressed": "Supported",
        "choose": "Choose a name.",
    },
    "fr-FR": {
        "ready": "Votre vote pour «\u00a0{}\u00a0» est prêt",
        "wish": "Votre vote est prêt.",
        "done": "Votre vote est enregistré.",
        "pressed": "Soutenue",
        "choose": "Choisissez un nom.",
    },
}


@pytest.mark.parametrize(
    ("language", "scripts"), [("en-US", True), ("fr-FR", True), ("en-US", False)]
)
def test_a_visitor_votes_with_an_address_and_later_posts_an_idea(site, browse, language, scripts):
    words, email = WORDS[language], f"nina-{language}-{scripts}@example.org".lower()
    page = browse(locale=language, java_script_enabled=scripts)
    page.goto("/b/mio/c/street/?sort=new")
    title = "A roof that drinks the rain"
    page.locator("[data-ideas] > li", has_text=title).locator("a.vote").click()

    expect(page.locator("h1")).to_have_text(words["ready"].format(title))
    expect(page.locator(".brand-home")).to_have_text("Mio Motors")
    expect(page.locator("[name=email]")).to_be_focused()
    expect(page.locator("main input:visible")).to_have_count(1)
    page.keyboard.type(email)
    page.keyboard.press("Enter")
    expect(page.locator(".wish")).to_contain_text(words["wish"])
    expect(page.locator(".wish")).to_contain_text(title)
    expect(page.locator("[name=code]")).to_be_focused()
    expect(page.locator("main input:visible")).to_have_count(1)
    before = support_of(site, site.facts["roof"])
    page.keyboard.type(site.code_sent_to(email).replace("-", ""))
    page.keyboard.press("Enter")

    page.wait_for_url("**/b/mio/c/street/?sort=new#voted-*")
    expect(page.locator(".notice")).to_contain_text(words["done"])
    button = page.locator("button.vote[aria-pressed=true]")
    expect(button).to_be_in_viewport()
    expect(button).to_contain_text(words["pressed"])
    wait_for(lambda: support_of(site, site.facts["roof"]) == before + 1)
    posts_a_first_idea(page, words)


def posts_a_first_idea(page, words):
    """The form asks for a name, and keeps what was typed until it has one."""
    page.goto("/b/mio/submit/?challenge=street")
    title = TITLES.pop()
    page.fill("[name=title]", title)
    page.fill("[name=body]", "Pour les longs trajets : *de l’air*.")
    page.fill("[name=tags]", "siège, air")
    page.click("main [type=submit].loud")
    expect(page.locator("#id_display_name_error")).to_contain_text(words["choose"])
    expect(page.locator("[name=title]")).to_have_value(title)
    page.fill("[name=display_name]", "Nina Œdème")
    page.click("main [type=submit].loud")
    page.wait_for_url(re.compile(rf"/i/\w+/{slug_of(title)}"))
    expect(page.locator(".prose em")).to_have_text("de l’air")
    expect(page.locator("article")).to_contain_text("Nina Œdème")


@pytest.mark.parametrize("scripts", [True, False])
def test_who_has_an_account_votes_by_code_and_erases_it_by_code(site, browse, scripts):
    email = f"nuno-{scripts}@example.org".lower()
    for _visit in ("the first makes the account", "the second comes back to it"):
        page = browse(java_script_enabled=scripts)
        page.goto(site.facts["roof"])
        page.locator("a.vote").first.click()
        page.fill("[name=email]", email)
        page.fill("[name=code]", code_that_comes(site, email, page))
        press(page)
        expect(page.locator("button.vote[aria-pressed=true]").first).to_be_visible()
    page.goto("/me/data/erase/")
    expect(page.locator("h1")).to_have_text("Is it you?")
    page.fill("[name=code]", code_that_comes(site, email, page))
    press(page)
    expect(page.locator("[name=handle]")).to_be_visible()


def press(page):
    page.locator("main .button.loud").click()
    page.wait_for_load_state()


def code_that_comes(site, email, page):
    """With a press on the page: not one of a mail that was there before."""
    before = len(site.mail.to(email))
    press(page)
    wait_for(lambda: len(site.mail.to(email)) > before)
    return site.code_sent_to(email)


def support_of(site, path):
    """As a visitor without cookies reads it: only what is folded."""
    with urllib.request.urlopen(site.url + path) as answer:  # noqa: S310
        return int(re.search(r'class="n">(\d+)<', answer.read().decode())[1])


def wait_for(condition):
    end = time.monotonic() + COUNTED_WITHIN
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.2)
