"""Take a copy, erase the account: by the pages."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from accounts.models import User
from tests.accounts.steps import signed_in
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe():
    return make_user("Zoe")


def trusted(user):
    """Signed in, and the password given once more."""
    browser = signed_in(user)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return browser


def an_hour_passes(client):
    session = client.session
    for entry in session["account_authentication_methods"]:
        entry["at"] -= timedelta(hours=1).total_seconds()
    session.save()


def test_the_copy_is_a_zip_with_readable_json(zoe):
    answer = trusted(zoe).get("/me/data/download/")
    assert answer["Content-Disposition"].startswith('attachment; filename="cocreate-zoe-')
    assert answer["Cache-Control"] == "private, no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    copy = json.loads(archive.read("data.json"))
    assert copy["users"][0]["display_name"] == "Zoe"
    assert copy["email addresses"][0]["email"] == zoe.email
    assert len(copy["sessions"]) == 1


def test_g02_a_copy_needs_the_owners_own_sign_in_and_a_fresh_password(client, zoe):
    assert client.get("/me/data/download/").status_code == 302
    browser = trusted(zoe)
    an_hour_passes(browser)
    answer = browser.get("/me/data/download/")
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (
        302,
        "/accounts/reauthenticate/",
    )


def test_d09_only_three_copies_in_ten_minutes(zoe):
    browser = trusted(zoe)
    codes = [browser.get("/me/data/download/").status_code for _n in range(4)]
    assert codes == [200, 200, 200, 429]


def test_the_account_is_erased_when_its_handle_is_typed(zoe):
    browser = trusted(zoe)
    wrong = browser.post("/me/data/erase/", {"handle": "zo"})
    assert (wrong.status_code, b'value="zo"' in wrong.content) == (400, True)
    assert User.objects.filter(pk=zoe.pk).exists()
    answer = browser.post("/me/data/erase/", {"handle": " @Zoe "})
    assert (answer.status_code, b"is erased" in answer.content) == (200, True)
    assert not User.objects.filter(pk=zoe.pk).exists()
    assert browser.get("/me/").status_code == 302
    assert browser.get("/u/zoe/").status_code == 404


def test_erasing_asks_for_the_password_first(zoe):
    browser = trusted(zoe)
    an_hour_passes(browser)
    assert browser.post("/me/data/erase/", {"handle": "zoe"}).status_code == 302
    assert User.objects.filter(pk=zoe.pk).exists()


def test_the_owner_of_a_brand_is_told_where_to_hand_over(alice, brand):
    browser = trusted(alice)
    assert b"/desk/mio/team/" in browser.get("/me/data/").content
    assert browser.post("/me/data/erase/", {"handle": "alice"}).status_code == 409
    assert User.objects.filter(pk=alice.pk).exists()
