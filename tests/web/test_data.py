"""Take a copy, erase the account: by the pages."""

import io
import json
import zipfile
from datetime import timedelta

import PIL.Image
import pytest
from django.core.files.storage import default_storage

from accounts.domain import participants
from accounts.domain.people import change_avatar
from accounts.models import User
from ideas.domain import coauthors, drafts, images
from tests.accounts.steps import signed_in
from tests.factories import PASSWORD, make_idea, make_participant, make_user
from tests.pictures import drawn, uploaded
from tests.web.conftest import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe():
    return make_user("Zoe")


def trusted(user):
    """Signed in, and the password given once more."""
    browser = signed_in(user)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return browser


def copied(user):
    """What is in the zip, by name, and data.json as a program reads it."""
    answer = trusted(user).get("/me/data/download/")
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.testzip() is None
    held = {name: archive.read(name) for name in archive.namelist()}
    return held, json.loads(held["data.json"])


def pictures_in(held):
    return [name for name in held if name.startswith("pictures/")]


def codes_on(idea):
    return [image.code for image in images.of(idea)]


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


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


def test_the_copy_has_the_largest_file_of_each_picture(media, brand, challenge, zoe):
    own = participants.of_user(brand=brand, user=zoe)
    shown = uploaded(brand, own, size=(1000, 500))
    images.attach(idea=make_idea(challenge, author=own), codes=[shown.code], uploader=own)
    waiting = uploaded(brand, own, size=(40, 30))
    words = drafts.Words(title="A roof", images=[waiting.code])
    drafts.store(brand=brand, user=zoe, name=drafts.new_name(), words=words)
    held, copy = copied(zoe)
    opened = {}
    for row in copy["images"]:
        with PIL.Image.open(io.BytesIO(held[row["file"]])) as picture:
            picture.load()
            opened[row["file"]] = (picture.format, picture.size)
    assert opened == {
        f"pictures/{shown.code}.webp": ("WEBP", (1000, 500)),
        f"pictures/{waiting.code}.webp": ("WEBP", (40, 30)),
    }
    assert b"pictures/" in held["READ-ME.txt"]


def test_the_copy_has_nobody_elses_pictures_nor_the_brands(media, brand, challenge, zoe):
    own, other = participants.of_user(brand=brand, user=zoe), make_participant(brand)
    idea = make_idea(challenge, author=own)
    for uploader in (other, None):
        image = uploaded(brand, uploader, size=(40, 30))
        images.attach(idea=idea, codes=[*codes_on(idea), image.code], uploader=uploader)
    uploaded(brand, other, size=(40, 30))
    mine = uploaded(brand, own, size=(40, 30))
    held, copy = copied(zoe)
    assert pictures_in(held) == [f"pictures/{mine.code}.webp"]
    assert [row["code"] for row in copy["images"]] == [mine.code]


def test_a_picture_whose_file_is_lost_costs_nothing_else_of_the_copy(media, brand, zoe):
    own = participants.of_user(brand=brand, user=zoe)
    lost, kept = [uploaded(brand, own, size=(40, 30)) for _n in range(2)]
    default_storage.delete(lost.file_of(lost.width))
    held, copy = copied(zoe)
    assert {row["code"]: row["file"] for row in copy["images"]} == {
        lost.code: None,
        kept.code: f"pictures/{kept.code}.webp",
    }
    assert pictures_in(held) == [f"pictures/{kept.code}.webp"]
    assert copy["users"][0]["display_name"] == "Zoe"
    assert f"has lost them: pictures/{lost.code}.webp\n" in held["READ-ME.txt"].decode()


def test_a_lost_picture_of_the_profile_costs_nothing_else_of_the_copy_and_is_named(media, zoe):
    change_avatar(user=zoe, source=drawn(40, 30))
    held, _copy = copied(zoe)
    assert held["picture.webp"].startswith(b"RIFF")
    assert "has lost" not in held["READ-ME.txt"].decode()
    default_storage.delete(zoe.avatar.name)
    held, copy = copied(zoe)
    assert "picture.webp" not in held
    assert "has lost them: picture.webp\n" in held["READ-ME.txt"].decode()
    assert copy["users"][0]["display_name"] == "Zoe"


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


def test_who_erases_reads_how_many_ideas_others_signed_with_them(zoe, challenge):
    own, browser = make_participant(challenge.brand, zoe), trusted(zoe)
    assert "signed by others" not in text_of(browser.get("/me/data/erase/"))
    for said in ("One of your ideas is signed by others too.", "2 of your ideas are signed"):
        idea = make_idea(challenge, author=own)
        for friend in (make_user(), make_user()):
            asked = coauthors.invite(idea=idea, whom=friend.handle, actor=zoe)
            coauthors.accept(row=asked.row, user=friend)
        assert said in text_of(browser.get("/me/data/erase/"))
    assert "2 of your ideas are signed" in text_of(browser.get("/me/data/"))


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
