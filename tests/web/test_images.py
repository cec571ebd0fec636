"""Pictures on pages: served to whoever may see what they belong to, and asked each time."""

import re
from pathlib import Path

import pytest
from django.test import Client

from accounts import limits
from accounts.domain.brands import change_address
from accounts.limits import Limit
from accounts.models import Brand
from ideas.domain import challenges, images
from ideas.domain.ideas import set_hidden
from ideas.models import Image
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.pictures import drawn, files, uploaded
from tests.web.conftest import path_of, reader, text_of
from tests.web.pictures import upload as sent

pytestmark = pytest.mark.django_db
QUERIES_OF_CHALLENGE = 4


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def on(idea, *, size=(900, 600), number=1, **over):
    """So many pictures on the idea, by its author."""
    found = [uploaded(idea.brand, idea.author, size=size, **over) for _n in range(number)]
    images.attach(idea=idea, codes=[image.code for image in found], uploader=idea.author)
    return found


def address(image, width=320):
    image.refresh_from_db()
    return f"/i/{image.idea.code}/pictures/{image.code}-{width}.webp"


# --- Serving -------------------------------------------------------------------------------------


def test_f13_what_everybody_may_see_caches_may_share(visitor, member, idea):
    (image,) = on(idea)
    for client in (visitor, member):
        answer = client.get(address(image))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert answer["Cache-Control"] == "public, max-age=31536000, s-maxage=3600, immutable"
        assert "Cookie" not in answer.get("Vary", "")
        assert not answer.cookies


def test_f02_a_picture_is_nothing_else_however_it_is_opened(visitor, idea, challenge):
    (image,) = on(idea)
    images.set_cover(challenge=challenge, source=drawn(), actor=None)
    cover = images.cover_names(challenge)[640]
    for path in (address(image), f"/b/mio/c/street/cover/{cover}.webp"):
        answer = visitor.get(path)
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Content-Disposition"] == "inline"


def test_a_picture_that_everybody_sees_takes_one_query(visitor, idea, django_assert_num_queries):
    path = address(on(idea)[0])
    with django_assert_num_queries(1):
        visitor.get(path)


@pytest.mark.parametrize("width", ["99999", "0", "321", "640", "9" * 40])
def test_f11_only_the_sizes_it_has_are_served(visitor, idea, width):
    (image,) = on(idea)
    assert visitor.get(address(image, width)).status_code == 404
    assert len(visitor.get(address(image) + "?w=99999").content) == (
        len(visitor.get(address(image)).content)
    )


def test_f07_a_picture_is_found_under_its_own_idea_alone(visitor, idea, challenge, media):
    (image,) = on(idea)
    other = make_idea(challenge)
    assert visitor.get(f"/i/{other.code}/pictures/{image.code}-320.webp").status_code == 404
    assert visitor.get(f"/b/mio/pictures/{image.code}-320.webp").status_code == 404
    for path in files(media):
        assert visitor.get(f"/media/{path}").status_code == 404
        assert visitor.get(f"/{path}").status_code == 404


def test_a_lost_file_is_not_found(visitor, idea, media):
    (image,) = on(idea)
    Path(media, image.file_of(320)).unlink()
    assert visitor.get(address(image)).status_code == 404


def test_f13_a_picture_of_members_is_private_and_gone_with_the_right_to_it(alice, charlie):
    club = make_brand("club", owner=alice, visibility="members")
    make_participant(club, charlie)
    idea = make_idea(make_challenge(club), author=make_participant(club))
    path = address(on(idea)[0])
    assert reader().get(path).status_code == 404
    member = reader(charlie)
    Brand.objects.filter(pk=club.pk).update(visibility="public")
    open_to_all = member.get(path)
    Brand.objects.filter(pk=club.pk).update(visibility="members")
    mine = reader(alice).get(path)
    assert (mine.status_code, mine["Cache-Control"]) == (200, "private, no-cache")
    assert "Cookie" in mine["Vary"]
    known = {"If-None-Match": mine["ETag"]}
    assert reader(alice, **known).get(path).status_code == 304
    assert open_to_all["ETag"] == mine["ETag"]
    refused = reader(charlie, **known).get(path)
    assert (refused.status_code, b"WEBP" in refused.content) == (404, False)
    assert refused["Cache-Control"] == "private, no-cache"


def test_f13_pictures_of_a_hidden_idea_are_for_whoever_may_see_it(visitor, alice, rita, idea):
    (image,) = on(idea)
    known = visitor.get(address(image))["ETag"]
    set_hidden(idea=idea, hidden=True, actor=alice)
    refused = visitor.get(address(image))
    assert (refused.status_code, refused["Cache-Control"]) == (404, "private, no-cache")
    assert reader(**{"If-None-Match": known}).get(address(image)).status_code == 404
    for user in (rita, idea.author.user):
        answer = reader(user).get(address(image))
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-cache")


def test_f09_a_picture_on_no_idea_is_its_senders_alone(visitor, member, brand, charlie, alice):
    image = uploaded(brand, make_participant(brand, charlie))
    path = f"/b/mio/pictures/{image.code}-40.webp"
    mine = member.get(path)
    assert (mine.status_code, mine["Cache-Control"]) == (200, "private, no-cache")
    for client in (visitor, reader(alice)):
        assert client.get(path).status_code == 404
    of_brand = uploaded(brand, None)
    path = f"/b/mio/pictures/{of_brand.code}-40.webp"
    assert (reader(alice).get(path).status_code, member.get(path).status_code) == (200, 404)


def test_pictures_move_with_their_brand(visitor, member, brand, charlie, alice):
    image = uploaded(brand, make_participant(brand, charlie))
    change_address(brand=brand, slug="mio-motors", actor=alice)
    moved = member.get(f"/b/mio/pictures/{image.code}-40.webp")
    assert moved.status_code == 301
    assert moved["Location"] == f"/b/mio-motors/pictures/{image.code}-40.webp"
    assert moved["Cache-Control"] == "private, no-cache"


# --- Sending -------------------------------------------------------------------------------------

UPLOAD = "/b/mio/pictures/"


def test_a_picture_is_sent_by_itself_and_answered_with_its_name(member, brand, charlie):
    answer = member.post(UPLOAD, {"file": sent(), "alt": "A  roof"})
    assert answer.status_code == 201
    image = Image.objects.get()
    assert answer.json() == {
        "code": image.code, "alt": "A roof", "width": 600, "height": 900,
        "url": f"/b/mio/pictures/{image.code}-320.webp",
        "large": f"/b/mio/pictures/{image.code}-600.webp",
    }  # fmt: skip
    assert (image.brand, image.uploader.user, image.idea) == (brand, charlie, None)
    assert answer["Cache-Control"] == "private, no-store"
    assert b"STRANGER" not in member.get(answer.json()["url"]).content


@pytest.mark.parametrize(
    ("fields", "status", "code", "sentence"),
    [
        ({"file": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}, 415, "picture_unreadable", "read"),
        ({"file": b"x" * (10 * 2**20 + 1)}, 413, "picture_too_large", "10 MB"),
        ({"file": b""}, 400, "invalid", "This file is empty."),
        ({}, 400, "invalid", "Choose a picture first."),
        ({"file": None, "alt": "x" * 301}, 400, "invalid", "under 300 characters"),
    ],
    ids=["svg", "11 MB", "empty", "nothing", "alt"],
)
def test_a_refusal_is_said_in_words(member, brand, media, fields, status, code, sentence):
    body = {name: sent(value) if name == "file" else value for name, value in fields.items()}
    answer = member.post(UPLOAD, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert sentence in answer.json()["message"]
    assert files(media) == []


def test_who_is_not_signed_in_sends_nothing(visitor, brand, media):
    answer = visitor.post(UPLOAD, {"file": sent()})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_required")
    assert files(media) == []


def test_a_brand_that_is_closed_to_somebody_takes_none_of_theirs(member, alice):
    make_brand("club", owner=alice, visibility="members")
    answer = member.post("/b/club/pictures/", {"file": sent()})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_form_of_another_site_sends_nothing(charlie, brand):
    client = Client(enforce_csrf_checks=True)
    client.force_login(charlie, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(UPLOAD, {"file": sent()}).status_code == 403
    assert Image.objects.count() == 0


def test_pictures_sent_one_by_one_come_in_measure(member, brand, monkeypatch):
    monkeypatch.setattr(limits, "IMAGES_OF_PERSON", Limit("image-test", 1, 3600))
    assert member.post(UPLOAD, {"file": sent(b"no picture")}).status_code == 415
    answer = member.post(UPLOAD, {"file": sent()})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert int(answer["Retry-After"]) > 0


# --- Showing -------------------------------------------------------------------------------------


def test_an_idea_shows_its_pictures_in_order_with_their_descriptions(visitor, idea):
    first, second = on(idea, number=2)
    Image.objects.filter(pk=first.pk).update(alt='A "roof" & more')
    page = visitor.get(path_of(idea)).content.decode()
    assert page.index(first.code) < page.index(second.code)
    assert 'alt="A &quot;roof&quot; &amp; more"' in page
    start = f"/i/{idea.code}/pictures/{first.code}"
    assert f'srcset="{start}-320.webp 320w, {start}-800.webp 800w, {start}-900.webp 900w"' in page
    assert f'<a href="{start}-900.webp">' in page
    large, small = re.findall(r"<img [^>]*/pictures/[^>]*>", page)
    assert 'width="900" height="600"' in large
    assert ("loading" in large, 'loading="lazy"' in small) == (False, True)
    assert "Picture 2 of 2" in text_of(visitor.get(path_of(idea)))


def test_an_idea_without_a_picture_has_a_drawing(visitor, idea):
    page = visitor.get(path_of(idea)).content.decode()
    assert '<svg class="cover large' in page
    assert '<svg class="cover' in visitor.get("/b/mio/c/street/?view=cards").content.decode()


def test_a_card_shows_the_first_picture(visitor, idea):
    first, second = on(idea, number=2)
    for path in ("/b/mio/", "/b/mio/c/street/"):
        page = visitor.get(path).content.decode()
        _before, _mark, card = page.partition(f'id="idea-{idea.code}"')
        assert f"{first.code}-320.webp 320w" in card
        assert second.code not in page
        assert '<svg class="cover' not in card.partition("</li>")[0]


def test_a_preview_elsewhere_shows_the_picture_of_a_public_brand(visitor, member, idea, alice):
    (image,) = on(idea, alt="A roof")
    page = visitor.get(path_of(idea)).content.decode()
    assert 'property="og:image" content="http' in page
    assert f'{address(image, 900)}">' in page
    Brand.objects.filter(pk=idea.brand_id).update(visibility="members")
    assert "og:image" not in reader(alice).get(path_of(idea)).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_lists_ask_no_more_for_ideas_with_pictures(
    visitor, challenge, number, django_assert_num_queries
):
    for _n in range(number):
        on(make_idea(challenge, author=make_participant(challenge.brand)), size=(40, 30), number=2)
    visitor.get("/b/mio/c/street/")
    with django_assert_num_queries(QUERIES_OF_CHALLENGE):
        visitor.get("/b/mio/c/street/")


def test_a_challenge_shows_its_cover_on_its_page_and_on_cards(visitor, challenge):
    images.set_cover(challenge=challenge, source=drawn(), alt="A street", actor=None)
    small, large = images.cover_names(challenge).values()
    folder = "/b/mio/c/street/cover"
    for path in ("/", "/b/mio/", "/b/mio/c/street/"):
        page = visitor.get(path).content.decode()
        assert f'srcset="{folder}/{small}.webp 640w, {folder}/{large}.webp 1600w"' in page
        assert 'alt="A street" width="1600" height="640"' in page
    assert "og:image" in page
    answer = visitor.get(f"{folder}/{small}.webp")
    assert (answer.status_code, "immutable" in answer["Cache-Control"]) == (200, True)
    assert visitor.get(f"{folder}/other.webp").status_code == 404


def waits(page: str, folder: str) -> list[bool]:
    """Of the pictures below this address, in the order of the page: until they are near?"""
    found = [one for one in re.findall("<img[^>]+>", page) if f'src="{folder}' in one]
    assert all(('loading="lazy"' in one) != ('fetchpriority="high"' in one) for one in found)
    return ['loading="lazy"' in one for one in found]


def test_the_first_picture_of_a_page_is_not_waited_for_and_all_others_are(visitor, challenge):
    for slug in ("street", "second", "third"):
        one = challenge if slug == "street" else make_challenge(challenge.brand, slug=slug)
        images.set_cover(challenge=one, source=drawn(), actor=None)
    for path in ("/", "/b/mio/"):
        page = visitor.get(path).content.decode()
        assert waits(page, "/b/mio/c/") == [False, True, True]


def test_the_first_idea_of_a_question_is_not_waited_for_and_of_a_brand_it_is(visitor, challenge):
    for _n in range(3):
        on(make_idea(challenge, author=make_participant(challenge.brand)))
    page = visitor.get("/b/mio/c/street/?view=cards&sort=new").content.decode()
    assert waits(page, "/i/") == [False, True, True]
    page = visitor.get("/b/mio/?view=cards").content.decode()
    assert waits(page, "/i/") == [True, True, True]  # below the questions


def test_f13_the_cover_of_a_draft_is_the_teams(visitor, member, brand, bob):
    draft = challenges.create_challenge(
        brand=brand, slug="later", title="What comes later?", actor=bob, published=False
    )
    images.set_cover(challenge=draft, source=drawn(), actor=bob)
    path = f"/b/mio/c/later/cover/{images.cover_names(draft)[640]}.webp"
    assert (visitor.get(path).status_code, member.get(path).status_code) == (404, 404)
    answer = reader(bob).get(path)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-cache")
