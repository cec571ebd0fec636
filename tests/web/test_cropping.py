"""A part of a picture becomes one of its own: cut by the server, for whoever may change it."""

import io

import pytest
from PIL import Image as Pillow

from accounts import limits
from accounts.limits import Limit
from cocreate.lib.errors import Invalid, NotFound
from ideas.domain import drafts, images
from ideas.models import Image
from tests.factories import make_brand, make_idea, make_participant
from tests.pictures import BLUE, RED, files, uploaded
from tests.web.conftest import reader

pytestmark = pytest.mark.django_db
RIGHT = {"x": 450, "y": 100, "width": 400, "height": 300}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def mine(brand, charlie):
    """Red on the left, blue on the right."""
    return uploaded(brand, make_participant(brand, charlie), size=(900, 600), alt="Two halves")


def crop(client, image, **over):
    return client.post(f"/b/{image.brand.slug}/pictures/{image.code}/crop/", RIGHT | over)


def colours(image):
    drawn = Pillow.open(io.BytesIO(images.file_of(image, image.width))).convert("RGB")
    return [drawn.getpixel((x, drawn.height // 2)) for x in (5, drawn.width - 5)]


def is_near(pixel, colour):
    return all(abs(a - b) < 30 for a, b in zip(pixel, colour, strict=True))


def test_a_part_is_cut_out_and_the_whole_picture_stays(member, mine, charlie):
    answer = crop(member, mine)
    part = Image.objects.exclude(pk=mine.pk).get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "code": part.code, "alt": "Two halves", "width": 400, "height": 300,
            "url": f"/b/mio/pictures/{part.code}-320.webp",
            "large": f"/b/mio/pictures/{part.code}-400.webp",
        },
    )  # fmt: skip
    assert (part.uploader.user, part.idea) == (charlie, None)
    assert all(is_near(pixel, BLUE) for pixel in colours(part))
    left, right = colours(mine)
    assert is_near(left, RED)
    assert is_near(right, BLUE)
    assert member.get(answer.json()["large"]).status_code == 200


def test_the_part_is_posted_as_any_picture_is(member, mine, challenge):
    code = crop(member, mine).json()["code"]
    sent = {"challenge": "street", "title": "Two halves", "language": "en", "images": code}
    member.post("/b/mio/submit/", sent)
    assert Image.objects.get(code=code).idea.title == "Two halves"
    assert Image.objects.get(pk=mine.pk).idea is None


@pytest.mark.parametrize(
    "part",
    [
        {"x": 501}, {"y": 301}, {"width": 0}, {"height": 0}, {"x": -1}, {"width": 451},
        {"x": "4.5"}, {"x": "x"}, {"x": ""}, {"width": "9" * 5_000}, {"height": "²"},
    ],
)  # fmt: skip
def test_a_part_that_is_not_inside_the_picture_is_refused_in_words(member, mine, media, part):
    before = files(media)
    answer = crop(member, mine, **part)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["message"] == "This part is not inside the picture. Choose it again."
    assert (files(media), Image.objects.count()) == (before, 1)


def test_the_verb_refuses_a_part_outside_too(mine, brand):
    for part in ((0, 0, 901, 600), (-1, 0, 5, 5), (5, 0, 5, 9), (0, 9, 5, 3)):
        with pytest.raises(Invalid):
            images.crop(image=mine, part=part, uploader=mine.uploader)


def test_a_picture_that_waits_is_its_senders_alone_to_cut(visitor, mine, alice, brand):
    assert crop(visitor, mine).status_code == 401
    assert crop(reader(alice), mine).status_code == 404
    assert Image.objects.count() == 1


def test_a_picture_on_an_idea_is_cut_by_whoever_may_change_that(
    member, mine, challenge, charlie, alice, rita, visitor
):
    idea = make_idea(challenge, author=mine.uploader)
    images.attach(idea=idea, codes=[mine.code], uploader=mine.uploader)
    assert crop(member, mine).status_code == 201
    assert crop(reader(alice), mine).status_code == 201  # a manager
    assert crop(reader(rita), mine).status_code == 403
    assert crop(visitor, mine).status_code == 401
    assert images.of(idea)[0].code == mine.code


def test_a_picture_is_found_at_its_own_brand_alone(member, mine, alice):
    make_brand("other", owner=alice)
    assert member.post(f"/b/other/pictures/{mine.code}/crop/", RIGHT).status_code == 404
    assert member.post("/b/mio/pictures/nothing/crop/", RIGHT).status_code == 404


def test_parts_are_counted_as_pictures_are(member, mine, monkeypatch):
    monkeypatch.setattr(limits, "IMAGES_OF_PERSON", Limit("image-crop-test", 1, 3600))
    assert crop(member, mine).status_code == 201
    late = crop(member, mine)
    assert (late.status_code, late.json()["code"]) == (429, "too_many")


def test_one_picture_is_cut_forty_times_and_others_are_still_sent(member, mine, brand):
    codes = [crop(member, mine).json()["code"] for _n in range(40)]
    assert uploaded(brand, mine.uploader)
    again = crop(member, Image.objects.get(code=codes[0]), x=0, y=0, width=9, height=9)
    assert again.status_code == 201
    assert Image.objects.filter(code__in=[mine.code, *codes]).count() == 41  # nothing was taken


def test_ten_pictures_with_two_cuts_each_leave_room_for_another(member, brand, charlie):
    author = make_participant(brand, charlie)
    for _n in range(10):
        one = uploaded(brand, author)
        for x in (0, 1):
            assert crop(member, one, x=x, y=0, width=9, height=9).status_code == 201
    assert uploaded(brand, author)


def test_a_picture_whose_file_is_lost_cannot_be_cut(mine, media):
    (media / mine.file_of(900)).unlink()
    with pytest.raises(NotFound):
        images.crop(image=mine, part=(0, 0, 10, 10), uploader=mine.uploader)


def test_what_was_cut_keeps_no_more_than_the_part(member, mine, media):
    crop(member, mine, x=0, y=0, width=1, height=1)
    part = Image.objects.exclude(pk=mine.pk).get()
    assert (part.width, part.height) == (1, 1)


def test_what_is_typed_about_a_picture_is_kept_with_the_draft(member, mine, alice, brand):
    theirs = uploaded(brand, make_participant(brand, alice), alt="Theirs")
    sent = {"draft": drafts.new_name(), "images": [mine.code, theirs.code]}
    sent |= {f"alt-{mine.code}": " Red\nand blue ", f"alt-{theirs.code}": "Mine now"}
    assert member.post("/b/mio/drafts/save/", sent).status_code == 200
    page = member.get(f"/b/mio/submit/?draft={drafts.code_in(sent['draft'])}").content.decode()
    assert 'value="Red and blue"' in page
    theirs.refresh_from_db()
    assert theirs.alt == "Theirs"
    assert (
        member.post("/b/mio/drafts/save/", sent | {f"alt-{mine.code}": "x" * 301}).status_code
        == 200
    )
    mine.refresh_from_db()
    assert mine.alt == "Red and blue"
