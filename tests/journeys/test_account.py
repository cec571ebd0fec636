"""An account from the inside: its address, its password and its browsers, with real mail."""

import http.client
import re
import time
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.browser

NEW = "a horse of another colour"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1"


def join(site, page, email):
    page.goto("/accounts/signup/")
    page.fill("[name=display_name]", "Wanda")
    page.fill("[name=email]", email)
    page.fill("[name=password1]", PASSWORD)
    page.click("main [type=submit]")
    page.fill("[name=code]", site.code_sent_to(email))
    page.click("main .button.loud")
    page.wait_for_url("**/")
    return page


def is_signed_out(page):
    page.goto("/me/")
    return "/accounts/login/" in page.url


@pytest.mark.parametrize("scripts", [True, False])
def test_a_member_changes_address_and_password_and_ends_a_session(site, browse, scripts):
    old, new = f"wanda-{scripts}@example.org".lower(), f"wanda-{scripts}@new.example".lower()
    page = join(site, browse(java_script_enabled=scripts), old)

    page.goto("/accounts/email/")
    expect(page.locator("main")).to_contain_text(old)
    page.fill("[name=email]", new)
    page.click("main [name=action_add]")
    expect(page.locator("h1")).to_have_text("Is it you?")
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    expect(page.locator("main")).to_contain_text(f"Until then {old} stays your address.")
    page.fill("[name=code]", site.code_sent_to(new))
    page.click("main .button.loud")
    expect(page.locator(".notice")).to_contain_text(f"Your address is now {new}.")

    other = sign_in(browse(user_agent=PHONE, java_script_enabled=scripts), new)
    third = sign_in(browse(java_script_enabled=scripts), new)
    page.goto("/me/sessions/")
    expect(page.locator(".lines > li")).to_have_count(3)
    expect(page.locator(".lines > li").first).to_contain_text("this browser")
    page.locator(".lines > li", has_text="Safari on iPhone").get_by_role("button").click()
    expect(page.locator(".notice")).to_contain_text("That browser is signed out.")
    assert is_signed_out(other)
    assert not is_signed_out(third)

    page.goto("/accounts/password/change/")
    for name, value in (("oldpassword", PASSWORD), ("password1", NEW), ("password2", NEW)):
        page.fill(f"[name={name}]", value)
    page.click("main [type=submit]")
    expect(page.locator(".notice")).to_contain_text("All your other browsers are signed out.")
    assert is_signed_out(third)
    assert not is_signed_out(page)
    for address in (old, new):
        subjects = [letter.subject for letter in site.mail.to(address)]
        assert any("address" in subject and "changed" in subject for subject in subjects)


def test_a_forgotten_password_keeps_the_vote_that_was_wanted(site, browse):
    email = "forgetful@example.org"
    join(site, browse(), email)
    page = browse()
    page.goto("/b/mio/c/street/")
    idea = page.locator("[data-ideas] > li", has_text="A roof that drinks the rain")
    idea.locator("a.vote").click()
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Forgot your password?").click()
    expect(page.locator(".wish")).to_contain_text("A roof that drinks the rain")
    page.fill("[name=email]", email)
    before = len(site.mail.to(email))
    page.click("main [type=submit]")
    expect(page.locator(".wish")).to_contain_text("A roof that drinks the rain")
    wait_for_letter(site, email, before)
    page.fill("[name=code]", site.code_sent_to(email))
    page.click("main .button.loud")
    page.fill("[name=password1]", NEW)
    page.fill("[name=password2]", NEW)
    page.click("main .button.loud")
    page.wait_for_url(lambda url: urlsplit(url).path == "/b/mio/c/street/")
    expect(idea.locator("button.vote[aria-pressed=true]")).to_be_visible()


@pytest.mark.parametrize("host", ["evil.example", None])
def test_s05_an_absolute_address_in_the_request_line_names_no_host(site, host):
    """Some servers believe it more than the Host header; this one must not put it into a mail."""
    email, own = f"absolute-{host}@example.org".lower(), urlsplit(site.url)
    connection = http.client.HTTPConnection(own.hostname, own.port)

    def send(method, path, body="", **headers):
        connection.putrequest(method, f"http://evil.example{path}", skip_host=True)
        for name, value in ({"Host": host or own.netloc} | headers).items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body.encode())
        answer = connection.getresponse()
        return answer, answer.read().decode()

    page, body = send("GET", "/accounts/password/reset/")
    if page.status != 400:
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', body)[1]
        form = urlencode({"email": email, "csrfmiddlewaretoken": token})
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        assert send("POST", "/accounts/password/reset/", form, **kind)[0].status == 302
        wait_for_letter(site, email)
    letters = site.mail.to(email)
    assert page.status == 400 or letters
    for letter in letters:
        assert "evil" not in letter.text + letter.html
        assert f"{site.url}/accounts/signup/" in letter.text


def wait_for_letter(site, email, before=0):
    """Until there are more than there were."""
    end = time.monotonic() + 30
    while len(site.mail.to(email)) == before:
        assert time.monotonic() < end, f"no mail to {email}"
        time.sleep(0.1)
