"""From the first press to a vote that counts and an idea of one's own: real mail, real workers."""

import re
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from cocreate.lib.text import slug_of
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

# Nothing alike: who posts the same twice is asked first.
TITLES = ["Des sièges qui respirent", "Un volant en liège", "Trois crochets sous le toit"]
COUNTED_WITHIN = 15  # seconds; usually half a second
WORDS = {
    "en-US": {"wish": "Your vote is ready.", "done": "Your vote is in.", "pressed": "Supported"},
    "fr-FR": {
        "wish": "Votre vote est prêt.",
        "done": "Votre vote est enregistré.",
        "pressed": "Soutenue",
    },
}


@pytest.mark.parametrize(
    ("language", "scripts"), [("en-US", True), ("fr-FR", True), ("en-US", False)]
)
def test_a_visitor_votes_joins_and_posts_an_idea(site, browse, language, scripts):
    words, email = WORDS[language], f"nina-{language}-{scripts}@example.org".lower()
    page = browse(locale=language, java_script_enabled=scripts)
    page.goto("/b/mio/c/street/")
    title = "A roof that drinks the rain"
    page.locator("[data-ideas] > li", has_text=title).locator("a.vote").click()

    expect(page.locator(".wish")).to_contain_text(words["wish"])
    expect(page.locator(".wish")).to_contain_text(title)
    page.fill("[name=display_name]", "Nina Œdème")
    page.fill("[name=email]", email)
    page.fill("[name=password1]", PASSWORD)
    page.click("main [type=submit]")
    expect(page.locator(".wish")).to_contain_text(title)
    page.fill("[name=code]", site.code_sent_to(email))
    before = support_of(site, site.facts["roof"])
    page.click("main .button.loud")

    page.wait_for_url(f"**{site.facts['roof']}")
    expect(page.locator(".notice")).to_contain_text(words["done"])
    button = page.locator("button.vote[aria-pressed=true]")
    expect(button).to_contain_text(words["pressed"])
    wait_for(lambda: support_of(site, site.facts["roof"]) == before + 1)

    page.goto("/b/mio/submit/?challenge=street")
    title = TITLES.pop()
    page.fill("[name=title]", title)
    page.fill("[name=body]", "Pour les longs trajets : *de l’air*.")
    page.fill("[name=tags]", "siège, air")
    page.click("main [type=submit].loud")
    page.wait_for_url(re.compile(rf"/i/\w+/{slug_of(title)}"))
    expect(page.locator(".prose em")).to_have_text("de l’air")
    expect(page.locator("article")).to_contain_text("Nina Œdème")


def support_of(site, path):
    """As a visitor without cookies reads it: only what is folded."""
    with urllib.request.urlopen(site.url + path) as answer:  # noqa: S310
        return int(re.search(r'class="n">(\d+)<', answer.read().decode())[1])


def wait_for(condition):
    end = time.monotonic() + COUNTED_WITHIN
    while not condition():
        assert time.monotonic() < end, "the vote was not counted"
        time.sleep(0.2)
