"""A team and its keys, by real mail: invited, signed up, in; handed over; a key is replaced."""

import json
import re
import time
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import sign_in
from tests.site import MAIL_WITHIN

pytestmark = pytest.mark.browser
LINK = re.compile(r"^https?://\S+?(/invitations/\S+)$", re.MULTILINE)


def link_sent_to(site, address):
    end = time.monotonic() + MAIL_WITHIN
    while time.monotonic() < end:
        for letter in site.mail.to(address):
            if found := LINK.search(letter.text):
                return found[1]
        time.sleep(0.1)
    raise AssertionError(f"no invitation to {address} within {MAIL_WITHIN} s")


def answer_to(site, secret):
    """What the API says to this key: its brand, or the status of the refusal."""
    asked = urllib.request.Request(f"{site.url}/api/v1/me/")  # noqa: S310
    asked.add_header("Authorization", f"Bearer {secret}")
    try:
        with urllib.request.urlopen(asked) as answer:  # noqa: S310
            return json.load(answer)["brands"][0]["slug"]
    except urllib.error.HTTPError as refusal:
        return refusal.code


def test_a_team_grows_changes_hands_and_makes_keys(site, browse):
    alice = sign_in(browse(), "alice@example.org")
    alice.goto("/desk/atelier/team/")
    alice.fill("[name=emails]", "Zoe <zoe.invited@example.org>")
    alice.check("[name=role][value=manager]")
    alice.click("aside [type=submit]")
    expect(alice.locator(".notice")).to_contain_text("1 invitation is on its way.")

    zoe = browse()
    zoe.goto(link_sent_to(site, "zoe.invited@example.org"))
    expect(zoe.locator("h1")).to_have_text("Join the team of Atelier Nord")
    zoe.click("main .button.loud")
    zoe.fill("[name=display_name]", "Zoé Lefèvre")
    zoe.fill("[name=email]", "zoe.invited@example.org")
    zoe.fill("[name=password1]", PASSWORD)
    zoe.click("main [type=submit]")
    zoe.fill("[name=code]", site.code_sent_to("zoe.invited@example.org"))
    zoe.click("main .button.loud")
    zoe.wait_for_url("**/invitations/**")
    zoe.click("text=Accept the invitation")
    zoe.wait_for_url("**/desk/atelier/")
    expect(zoe.locator(".notice.success").last).to_contain_text("Welcome to the team")

    alice.goto("/desk/atelier/team/")
    alice.click("text=Hand the brand over")
    alice.select_option("[name=member]", label="Zoé Lefèvre (@zoe-lefevre)")
    alice.fill("[name=own_password]", PASSWORD)
    alice.click("main .button.loud")
    expect(alice.locator(".notice")).to_contain_text("belongs to Zoé Lefèvre now")
    expect(alice.locator("text=Hand the brand over")).to_have_count(0)

    zoe.goto("/desk/atelier/keys/")
    zoe.fill("[name=name]", "CRM")
    zoe.click("aside [type=submit]")
    first = zoe.input_value("#secret")
    assert answer_to(site, first) == "atelier"
    zoe.click("text=I have copied it")
    expect(zoe.locator(".key", has_text="CRM")).to_contain_text("works")
    expect(zoe.locator(".key", has_text="CRM")).to_contain_text("Last used")

    zoe.click("summary:has-text('Replace')")
    zoe.select_option("[name=overlap]", "24")
    zoe.click("text=Make the new key")
    second = zoe.input_value("#secret")
    assert second != first
    assert [answer_to(site, one) for one in (first, second)] == ["atelier"] * 2
    zoe.click("text=I have copied it")
    old = zoe.locator(".key", has_text=first[:12])
    expect(old).to_contain_text("being replaced")
    old.locator("summary:has-text('Revoke')").click()
    old.locator("text=Yes, revoke").click()
    expect(zoe.locator(".key", has_text=first[:12])).to_contain_text("revoked")
    assert [answer_to(site, one) for one in (first, second)] == [401, "atelier"]


def test_a_chosen_colour_is_shown_before_it_is_saved(site, browse):
    page = sign_in(browse(), "alice@example.org")
    page.goto("/desk/mio/settings/")

    def ground(selector):
        return page.locator(selector).evaluate("e => getComputedStyle(e).backgroundColor")

    before, wanted = ground(".modes > .light .button.loud"), ground(".swatch.hue-140")
    page.check("[name=hue][value='140']")
    shown = page.locator(".modes.hue-140 > .light .button.loud")
    expect(shown).to_have_css("background-color", wanted)
    assert wanted != before


def test_each_kind_of_key_is_asked_for_what_applies_to_it(site, browse):
    page = sign_in(browse(), "alice@example.org")
    page.goto("/desk/mio/keys/")
    may, rate, sites = page.get_by_text("What a secret key may do"), "[name=rate]", "[name=origins]"
    expect(may).to_be_visible()
    expect(page.locator(rate)).to_be_visible()
    expect(page.locator(sites)).to_be_hidden()
    page.check("[name=kind][value=widget]")
    expect(may).to_be_hidden()
    expect(page.locator(rate)).to_be_hidden()
    expect(page.locator(sites)).to_be_visible()
    page.fill("[name=name]", "Shop")
    page.click("aside [type=submit]")
    page.check("[name=kind][value=secret]")
    expect(page.locator(sites)).to_be_visible()  # with what is the matter
