"""An answer without a body tells nothing of one (RFC 9110, 8.6 and 15.4.5), whoever made it."""

import pytest
from django.conf import settings as of_django
from django.test import Client

from accounts.domain import keys, tokens
from accounts.enums import Scope
from ideas.domain import images
from tests.factories import make_idea, make_participant
from tests.pictures import uploaded

pytestmark = pytest.mark.django_db

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
KEPT = ("ETag", "Cache-Control", "Vary")  # what a cache needs of it
OF_A_BODY = {
    "content-type", "content-length", "content-encoding", "content-language", "content-range",
    "content-disposition", "last-modified",
}  # fmt: skip


@pytest.fixture(autouse=True)
def plain_files_and_pictures(settings, tmp_path):
    settings.STORAGES = of_django.STORAGES | {"staticfiles": PLAIN}
    settings.MEDIA_ROOT = tmp_path / "media"


def picture_of(idea):
    image = uploaded(idea.brand, idea.author, size=(900, 600))
    images.attach(idea=idea, codes=[image.code], uploader=idea.author)
    return f"/i/{idea.code}/pictures/{image.code}-320.webp"


def with_key(path, brand):
    made = keys.create_key(
        brand=brand, scopes=[Scope.WIDGET], origins=["https://shop.example"], rate=0, actor=None
    )
    return f"{path}?key={made[1]}"


KINDS = {
    "the part of a page that asks again": lambda idea: f"/b/mio/counts/?ideas={idea.code}",
    "a picture": picture_of,
    "the picture beside a link": lambda idea: Client().get(f"/i/{idea.code}/card.png")["Location"],
    "a list of the API": lambda idea: "/api/v1/brands/mio/ideas/",
    "an idea of the API": lambda idea: f"/api/v1/ideas/{idea.code}/",
    "what the API keeps for nobody": lambda idea: "/api/v1/schema/",
    "a list for a widget": lambda idea: with_key("/api/v1/brands/mio/ideas/", idea.brand),
    "the frame of an idea": lambda idea: with_key(f"/embed/v1/ideas/{idea.code}/", idea.brand),
    "the frame of a board": lambda idea: with_key("/embed/v1/brands/mio/", idea.brand),
    "the script of widgets": lambda idea: "/embed/v1/cocreate.js",
    "the script of a launcher": lambda idea: "/embed/v1/launcher.js",
    "what a brand has taken up": lambda idea: "/api/v1/brands/mio/roadmap/",
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_reader_has_already_comes_without_headers_of_its_body(kind, idea):
    path = KINDS[kind](idea)
    first = Client().get(path, headers={"Accept-Encoding": "gzip"})
    assert first.status_code == 200
    assert first["Content-Type"]
    known = {"If-None-Match": first["ETag"], "Accept-Encoding": "gzip"}
    again = Client().get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert {name.lower() for name in again.headers} & OF_A_BODY == set()
    assert [again.get(name) for name in KEPT] == [first.get(name) for name in KEPT]
    assert "X-Request-ID" in again


def test_neither_does_what_has_nothing_to_say(challenge, charlie):
    mine = make_idea(challenge, author=make_participant(challenge.brand, charlie))
    program = {"Authorization": f"Bearer {tokens.create_token(user=charlie)}"}
    path = f"/api/v1/ideas/{mine.code}/"
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    preflight = Client().options(with_key(path, challenge.brand), headers=asked)
    for answer in (preflight, Client().delete(path, headers=program)):
        assert (answer.status_code, answer.content) == (204, b"")
        assert {name.lower() for name in answer.headers} & OF_A_BODY == set()
