"""A brand answers: the author hears of it in her language, comes back, and stops the mails."""

import re
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import sign_in
from tests.site import MAIL_WITHIN, UNDO_SECONDS

pytestmark = pytest.mark.browser

ODILE = "odile@example.org"
TITLE = "Un toit végétal, pour les abeilles de la rue"
PATH = re.compile(r"https?://[^/\s]+(/\S*)")


def letter_to(site, address, words):
    """The first one whose subject has these words."""
    end = time.monotonic() + UNDO_SECONDS + MAIL_WITHIN
    while time.monotonic() < end:
        for letter in site.mail.to(address):
            if words in letter.subject:
                return letter
        time.sleep(0.2)
    subjects = [letter.subject for letter in site.mail.to(address)]
    raise AssertionError(f"no such mail to {address}: {subjects}")


def wait_for_line(page, words):
    """Until the inbox says so."""
    end = time.monotonic() + UNDO_SECONDS + MAIL_WITHIN
    page.goto("/me/")
    while words not in page.locator("main").inner_text():
        assert time.monotonic() < end, f"the inbox never said {words}"
        page.wait_for_timeout(1000)
        page.reload()


def path_in(letter, part):
    """The first address in the text that has this part, as a path of the site."""
    return next(path for path in PATH.findall(letter.text) if part in path)


@pytest.fixture
def odile(site, browse):
    """Signs up in French, without scripts, and posts an idea."""
    page = browse(locale="fr-FR", java_script_enabled=False)
    page.goto("/accounts/signup/?next=/b/mio/submit/")
    page.fill("[name=display_name]", "Odile Rémy")
    page.fill("[name=email]", ODILE)
    page.fill("[name=password1]", PASSWORD)
    page.click("main [type=submit]")
    page.fill("[name=code]", site.code_sent_to(ODILE))
    page.click("main .button.loud")
    page.wait_for_url("**/submit/**")
    page.check("[name=challenge][value=street]")
    page.fill("[name=title]", TITLE)
    page.click("main [type=submit].loud")
    expect(page.locator("h1")).to_have_text(TITLE)
    return page


def test_a_manager_answers_and_the_author_reads_follows_and_unsubscribes(site, browse, odile):
    idea_path = odile.url.removeprefix(site.url).partition("#")[0]

    alice = sign_in(browse(), "alice@example.org")
    alice.goto("/desk/mio/?sort=new")
    alice.get_by_role("link", name=TITLE).click()
    answer = alice.locator("#answers form[action*=answer]")
    answer.locator("textarea").fill("We grow **sedum** on two roofs in Lyon since May.")
    answer.locator("[type=submit]").click()
    expect(alice.locator(".notices")).to_contain_text("Your answer stands.")

    letter = letter_to(site, ODILE, "a répondu")
    assert (letter.message["Content-Language"] or "fr") == "fr"
    assert "Vous recevez ce message parce que vous avez proposé cette idée." in letter.text
    assert "We grow" in letter.text
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    reader = browse(locale="fr-FR")
    reader.goto(path_in(letter, "/i/"))
    assert idea_path in reader.url
    expect(reader.locator(".prose strong", has_text="sedum")).to_be_visible()

    reader.goto(path_in(letter, "/unsubscribe/"))
    expect(reader.locator("h1")).to_have_text("Ne plus recevoir d’e-mails de Mio Motors ?")
    reader.get_by_role("button", name="Ne plus recevoir d’e-mails de cette marque").click()
    expect(reader.locator("main")).to_contain_text("Vous ne recevrez plus d’e-mails de Mio Motors")

    alice.locator("[name=status][value=planned]").check()
    alice.locator(".status-form [type=submit]").click()
    expect(alice.locator(".notices")).to_contain_text("Planned")
    wait_for_line(odile, "change de statut\u00a0: Prévue")
    assert not [one for one in site.mail.to(ODILE) if "Prévue" in one.subject]
    odile.goto("/me/deliveries/")
    expect(odile.locator("main")).to_contain_text("vous ne voulez pas d’e-mails de cette marque")


def test_a_mail_program_unsubscribes_with_one_post_and_no_session(site, browse):
    """RFC 8058: the address in the header, a POST, nothing else."""
    charlie = sign_in(browse(), "charlie@example.org")
    alice = sign_in(browse(), "alice@example.org")
    alice.goto("/desk/mio/?q=drinks")
    alice.get_by_role("link", name="A roof that drinks the rain").click()
    alice.locator("#answers form[action*=answer] textarea").fill("We are drawing it.")
    alice.locator("#answers form[action*=answer] [type=submit]").click()

    letter = letter_to(site, "charlie@example.org", "answered")
    address = re.search(r"<(https?://[^>]+)>", letter.message["List-Unsubscribe"])[1]
    one_click = site.url + PATH.search(address)[1]
    body = b"List-Unsubscribe=One-Click"
    with urllib.request.urlopen(one_click, body) as done:  # noqa: S310
        assert done.status == 200
    charlie.goto("/me/notifications/")
    expect(charlie.locator("#frequency-mio option:checked")).to_contain_text("Never")
