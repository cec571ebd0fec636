"""Pictures of ideas: sent, attached, removed, swept away; with their files."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from accounts.domain.participants import of_user
from accounts.domain.privacy import erase
from accounts.domain.stopping import Stopped, stop
from accounts.models import Participant
from cocreate.lib.errors import Invalid, NotFound
from cocreate.lib.images import PictureRefused
from ideas.domain import images
from ideas.domain.privacy import export_images
from ideas.models import Draft, Idea, Image
from tests.factories import make_brand, make_idea, make_participant
from tests.gate import Crowd, another_connection
from tests.pictures import drawn, files, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def nothing_stored_elsewhere(media):
    """Every test here has a storage of its own."""


@pytest.fixture
def zoe(brand):
    return make_participant(brand)


def attach(idea, *found, uploader, **alts):
    return images.attach(
        idea=idea, codes=[getattr(one, "code", one) for one in found], uploader=uploader, alts=alts
    )


def codes(idea):
    return [image.code for image in images.of(idea)]


# --- Sending -------------------------------------------------------------------------------------


def test_a_picture_is_kept_in_the_sizes_it_reaches_under_a_name_of_ours(brand, zoe, media):
    image = uploaded(brand, zoe, size=(1000, 500), alt="  A roof\nof glass ")
    assert (image.width, image.height, image.alt) == (1000, 500, "A roof of glass")
    assert (image.uploader, image.idea, image.widths) == (zoe, None, [320, 800, 1000])
    folder = f"images/{image.code[:2]}/{image.code}"
    assert files(media) == sorted(f"{folder}-{width}.webp" for width in (320, 800, 1000))
    assert images.file_of(image, 320)[8:12] == b"WEBP"


@pytest.mark.parametrize("width", [0, 100, 900, 1600, 99_999])
def test_f11_only_the_sizes_it_has_are_found(brand, zoe, width):
    with pytest.raises(NotFound):
        images.file_of(uploaded(brand, zoe, size=(1000, 500)), width)


def test_a_large_picture_is_never_kept_larger_than_the_largest_size(brand, zoe):
    image = uploaded(brand, zoe, size=(4000, 1000))
    assert (image.width, image.height, image.widths) == (1600, 400, [320, 800, 1600])


def test_what_is_no_picture_leaves_neither_row_nor_file_nor_person(brand, alice, media):
    with pytest.raises(PictureRefused):
        images.upload(
            brand=brand, uploader=partial(of_user, brand=brand, user=alice), source=b"<svg/>"
        )
    assert (files(media), Image.objects.count()) == ([], 0)
    assert not Participant.objects.filter(user=alice).exists()


def test_who_was_stopped_sends_no_picture_and_no_file_is_left(brand, bob, zoe, media):
    stop(participant=zoe, actor=bob, reason="The same picture in twelve places.")
    with pytest.raises(Stopped):
        uploaded(brand, zoe)
    assert files(media) == []


def test_a_description_that_is_too_long_is_refused_before_anything_is_decoded(brand, zoe, media):
    with pytest.raises(Invalid) as refusal:
        images.upload(brand=brand, uploader=zoe, source=b"", alt="x" * 301)
    assert refusal.value.fields["alt"][0][0] == "too_long"
    assert files(media) == []


def test_f09_somebody_has_so_many_pictures_waiting_and_no_more(brand, zoe, media, monkeypatch):
    monkeypatch.setitem(images.MOST_WAITING, "person", 2)
    first, _second = uploaded(brand, zoe), uploaded(brand, zoe)
    with pytest.raises(images.TooManyWaiting) as refusal:
        uploaded(brand, zoe)
    assert refusal.value.status == 409
    assert len(files(media)) == 2
    assert uploaded(brand, make_participant(brand))  # each has their own
    assert uploaded(brand, None)
    attach(make_idea(brand.challenges.get(), author=zoe), first, uploader=zoe)
    assert uploaded(brand, zoe)


def cut_of(image):
    return images.crop(image=image, part=(0, 0, 20, 20), uploader=image.uploader)


def test_f09_parts_that_wait_take_no_picture_its_place(brand, zoe, media, monkeypatch):
    monkeypatch.setitem(images.MOST_WAITING, "person", 2)
    whole = uploaded(brand, zoe)
    for _n in range(3):
        cut_of(whole)
    assert uploaded(brand, zoe)
    assert cut_of(whole)
    with pytest.raises(images.TooManyWaiting):
        uploaded(brand, zoe)


def test_f09_somebody_has_so_many_parts_waiting_and_no_more(brand, zoe, media, monkeypatch):
    monkeypatch.setitem(images.MOST_WAITING, "parts", 2)
    whole = uploaded(brand, zoe)
    first = cut_of(whole)
    second = cut_of(first)
    before = files(media)
    with pytest.raises(images.TooManyWaiting):
        cut_of(whole)
    assert files(media) == before
    assert uploaded(brand, zoe)
    idea = make_idea(brand.challenges.get(), author=zoe)
    attach(idea, second, whole, first, uploader=zoe)
    assert codes(idea) == [second.code, whole.code, first.code]
    assert cut_of(images.of(idea)[1])


# --- Attaching -----------------------------------------------------------------------------------


def test_pictures_keep_their_order_and_the_first_is_the_cover(brand, zoe, idea):
    one, two, three = (uploaded(brand, zoe) for _n in range(3))
    assert attach(idea, three, one, two, uploader=zoe)[0] == three
    assert codes(idea) == [three.code, one.code, two.code]
    assert idea.cover == Idea.objects.get(pk=idea.pk).cover == three.code
    attach(idea, two, three, one, uploader=zoe)
    assert codes(idea) == [two.code, three.code, one.code]
    assert Idea.objects.get(pk=idea.pk).cover == two.code


def test_descriptions_are_those_given_and_others_stay(brand, zoe, idea):
    one, two = uploaded(brand, zoe, alt="One"), uploaded(brand, zoe, alt="Two")
    images.attach(
        idea=idea, codes=[one.code, two.code], uploader=zoe, alts={two.code: "A  roof", "no": "x"}
    )
    assert [image.alt for image in images.of(idea)] == ["One", "A roof"]


def test_a_picture_left_out_goes_and_its_files_after_the_commit(
    brand, zoe, idea, media, django_capture_on_commit_callbacks
):
    one, two = uploaded(brand, zoe), uploaded(brand, zoe)
    attach(idea, one, two, uploader=zoe)
    with django_capture_on_commit_callbacks() as after:
        attach(idea, two, uploader=zoe)
        assert len(files(media)) == 2
    for callback in after:
        callback()
    assert files(media) == [two.file_of(40)]
    assert (codes(idea), idea.cover) == ([two.code], two.code)
    with django_capture_on_commit_callbacks(execute=True):
        attach(idea, uploader=zoe)
    assert (files(media), codes(idea), Idea.objects.get(pk=idea.pk).cover) == ([], [], "")


def test_an_idea_has_six_pictures_and_no_seventh(brand, zoe, idea):
    found = [uploaded(brand, zoe) for _n in range(7)]
    with pytest.raises(Invalid) as refusal:
        attach(idea, *found, uploader=zoe)
    assert refusal.value.fields["images"][0][0] == "too_many"
    assert codes(idea) == []
    attach(idea, *found[:6], *found[:6], uploader=zoe)  # named twice is once
    assert len(codes(idea)) == 6


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_six_pictures_each_at_once_the_second_has_its_six(brand, zoe, idea):
    kept = [uploaded(brand, zoe) for _n in range(2)]
    attach(idea, *kept, uploader=zoe)
    saved = [[*kept, *(uploaded(brand, zoe) for _n in range(4))] for _twice in range(2)]
    crowd = held(idea, [partial(attach, idea, *one, uploader=zoe) for one in saved])
    assert not any(isinstance(answer, Exception) for answer in crowd.answers)
    assert codes(idea) in [[image.code for image in one] for one in saved]


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_two_ideas_want_at_once_is_on_one(brand, zoe, idea):
    (image,), other = [uploaded(brand, zoe)], make_idea(idea.challenge, author=zoe)
    crowd = held(image, [partial(attach, one, image, uploader=zoe) for one in (idea, other)])
    assert sorted(isinstance(answer, Invalid) for answer in crowd.answers) == [False, True]
    assert len(codes(idea)) + len(codes(other)) == 1


def held(row, calls):
    """All of them wait for that row, and are let go together."""
    table = connection.ops.quote_name(row._meta.db_table)
    with another_connection() as gate:
        gate.execute(f"SELECT FROM {table} WHERE id = %s FOR UPDATE", [row.pk])  # noqa: S608 - ours
        crowd = Crowd(calls)
        crowd.wait_until_all_wait()
    crowd.finish()
    return crowd


def answer_to(idea, code, uploader):
    with pytest.raises(Invalid) as refusal:
        images.attach(idea=idea, codes=[code], uploader=uploader)
    return refusal.value.fields


def test_f08_somebody_elses_picture_is_answered_as_one_that_is_not_there(brand, zoe, idea, mallory):
    other, elsewhere = make_idea(idea.challenge), make_participant(make_brand())
    theirs = uploaded(brand, zoe)
    attach(other, theirs, uploader=zoe)
    foreign = [
        theirs,  # on another idea, though their own
        uploaded(brand, make_participant(brand)),
        uploaded(brand, None),
        uploaded(elsewhere.brand, elsewhere),
        uploaded(elsewhere.brand, None),
    ]
    expected = answer_to(idea, "nothing00000", zoe)
    assert expected["images"][0][0] == "unknown"
    assert [answer_to(idea, image.code, zoe) for image in foreign] == [expected] * 5
    assert answer_to(idea, foreign[1].code, None) == expected
    assert codes(idea) == []


def test_who_edits_keeps_what_others_attached(brand, zoe, idea):
    first, second = uploaded(brand, zoe), uploaded(brand, None)
    attach(idea, first, uploader=zoe)
    attach(idea, second, first, uploader=None)
    assert codes(idea) == [second.code, first.code]


# --- What nobody attached ------------------------------------------------------------------------


def aged(image, **ago):
    Image.objects.filter(pk=image.pk).update(at=timezone.now() - timedelta(**ago))
    return image


def test_f09_what_was_never_attached_goes_within_a_day_and_its_files(
    brand, zoe, idea, media, django_capture_on_commit_callbacks
):
    old, fresh = aged(uploaded(brand, zoe), hours=24, minutes=1), uploaded(brand, zoe)
    used = aged(uploaded(brand, zoe), days=3)
    attach(idea, used, uploader=zoe)
    with django_capture_on_commit_callbacks(execute=True):
        assert images.sweep() == 1
    assert set(Image.objects.all()) == {fresh, used}
    assert files(media) == sorted([fresh.file_of(40), used.file_of(40)])
    assert old.code not in "".join(files(media))
    assert images.sweep() == 0


def test_f09_a_sweep_takes_all_however_many(brand, zoe, monkeypatch):
    monkeypatch.setattr(images, "BATCH", 2)
    for _n in range(5):
        aged(uploaded(brand, zoe), days=2)
    assert images.sweep() == 5


def test_a_picture_of_a_draft_stays_while_its_owner_writes_on_it(brand, zoe):
    kept, other = aged(uploaded(brand, zoe), days=3), aged(uploaded(brand, zoe), days=3)
    stale = aged(uploaded(brand, zoe), days=3)
    Draft.objects.create(brand=brand, user=zoe.user, images=[kept.code])
    Draft.objects.create(brand=brand, user=make_participant(brand).user, images=[other.code])
    old = timezone.now() - timedelta(days=31)
    Draft.objects.create(brand=brand, user=zoe.user, images=[stale.code], updated_at=old)
    assert images.sweep() == 2
    assert list(Image.objects.all()) == [kept]


def test_g04_who_is_erased_leaves_no_picture_not_even_on_the_ideas_of_others(
    brand, zoe, idea, media, django_capture_on_commit_callbacks
):
    theirs, own = uploaded(brand, zoe, alt="Mine"), uploaded(brand, idea.author)
    attach(idea, theirs, uploader=zoe)
    attach(idea, theirs, own, uploader=idea.author)
    uploaded(brand, zoe)
    exported = [dict(row) for row in export_images(zoe.user)]
    assert [(row["alt"], row["idea_code"]) for row in exported] == [("Mine", idea.code), ("", None)]
    with django_capture_on_commit_callbacks(execute=True):
        erase(user=zoe.user)
    assert files(media) == [own.file_of(40)]
    assert (codes(idea), Idea.objects.get(pk=idea.pk).cover) == ([own.code], own.code)


# --- Covers of challenges ------------------------------------------------------------------------


def test_a_cover_has_two_sizes_and_replaces_the_last_one(
    challenge, alice, media, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        images.set_cover(challenge=challenge, source=drawn(), alt=" A street ", actor=alice)
    first = files(media)
    assert (len(first), challenge.cover_alt) == (2, "A street")
    challenge.refresh_from_db()
    assert list(images.cover_names(challenge)) == [640, 1600]
    with django_capture_on_commit_callbacks(execute=True):
        images.set_cover(challenge=challenge, source=drawn(300, 300), actor=alice)
    challenge.refresh_from_db()
    assert len(files(media)) == 2
    assert not set(first) & set(files(media))
    for name in images.cover_names(challenge).values():
        assert images.cover_file(challenge, name)[8:12] == b"WEBP"
    with pytest.raises(NotFound):
        images.cover_file(challenge, "nothing")
    with django_capture_on_commit_callbacks(execute=True):
        images.set_cover(challenge=challenge, source=None, actor=alice)
    challenge.refresh_from_db()
    assert (files(media), str(challenge.cover), challenge.cover_alt) == ([], "", "")
    assert images.cover_names(challenge) == {}


def test_a_cover_that_is_no_picture_changes_nothing(challenge, alice, media):
    images.set_cover(challenge=challenge, source=drawn(), actor=alice)
    before = files(media)
    with pytest.raises(PictureRefused):
        images.set_cover(challenge=challenge, source=b"<svg/>", actor=alice)
    assert files(media) == before
