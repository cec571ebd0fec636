"""The pictures of a form, as it is sent without scripts and with them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string

from accounts import limits
from accounts.limits import Limit
from accounts.models import Participant
from cocreate.lib.images import MOST_BYTES
from ideas.domain import images
from ideas.models import Image
from tests.factories import make_participant
from tests.pictures import drawn, files, uploaded
from web.public.picture_fields import WithPictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def file(name="roof.png", content=None):
    return SimpleUploadedFile(name, drawn(40, 30) if content is None else content, "image/png")


@pytest.fixture
def send(rf, brand, charlie):
    """The form as charlie sends it."""

    def sent(idea=None, **fields):
        request = rf.post("/", fields)
        request.user = charlie
        return WithPictures(request.POST, request.FILES, request=request, brand=brand, idea=idea)

    return sent


def said(form):
    return form.errors.get("images", [])


def shown(form):
    return render_to_string("partials/images_field.html", {"form": form})


def test_files_sent_with_the_form_become_pictures_with_a_line_each(send, charlie):
    form = send(new_images=[file(), file()], new_alts="A roof\nA wheel\n")
    assert form.is_valid()
    codes = form.cleaned_data["images"]
    assert form.alts() == dict(zip(codes, ["A roof", "A wheel"], strict=True))
    assert {image.uploader.user for image in Image.objects.all()} == {charlie}


def test_whoever_describes_nothing_is_reminded_beside_the_picture_and_not_held_up(send, three):
    form = send(images=three, **{f"alt-{three[0]}": "A roof"})
    assert form.is_valid()
    assert shown(form).count("Not described yet.") == 4  # hidden beside what is written, by CSS
    assert "You can add them later, too." in shown(form)


def test_a_form_without_pictures_makes_nobody_a_participant(send, charlie):
    form = send()
    assert (form.is_valid(), form.cleaned_data["images"], form.alts()) == (True, [], {})
    assert not Participant.objects.filter(user=charlie).exists()


def test_a_refused_file_is_told_by_its_name_and_the_good_ones_are_kept(send, media):
    bad = file("<svg onload=a()>\u202egpj.exe", b"<svg/>")
    form = send(new_images=[file(), bad, file()], new_alts="One\nTwo\nThree")
    assert not form.is_valid()
    (problem,) = said(form)
    assert problem.startswith("<svg onload=a()>gpj.exe: We cannot read this picture.")
    assert [image.alt for image in form.pictures] == ["One", "Three"]
    assert "<svg onload" not in shown(form)
    again = send(images=[image.code for image in form.pictures])
    assert again.is_valid()
    assert again.cleaned_data["images"] == [image.code for image in form.pictures]


def test_f05_a_file_that_is_too_large_is_told_and_the_others_are_kept(send):
    form = send(new_images=[file("big.png", b"x" * (MOST_BYTES + 1)), file()])
    assert not form.is_valid()
    assert said(form) == [
        "big.png: This picture is larger than 10 MB. Make it smaller and try again."
    ]
    assert len(form.pictures) == 1


@pytest.mark.parametrize("number", [7, 12])
def test_the_seventh_picture_is_refused_in_words_and_six_are_kept(send, number):
    form = send(new_images=[file() for _n in range(number)])
    assert not form.is_valid()
    assert said(form) == ["An idea has 6 pictures at most."]
    assert len(form.pictures) == 6
    again = send(images=[image.code for image in form.pictures], new_images=[file()])
    assert not again.is_valid()
    assert len(again.pictures) == 6


@pytest.fixture
def three(brand, charlie):
    who = make_participant(brand, charlie)
    return [uploaded(brand, who).code for _n in range(3)]


def test_pictures_are_removed_described_and_put_in_order_without_scripts(send, three):
    a, b, c = three
    form = send(images=three, remove_image=b, **{f"alt-{c}": " A  wheel "})
    assert form.is_valid()
    assert form.cleaned_data["images"] == [a, c]
    assert form.alts() == {a: "", c: "A wheel"}


@pytest.mark.parametrize(
    ("places", "order"),
    [
        ((1, 2, 3), "abc"),
        ((1, 2, 1), "cab"),
        ((3, 2, 3), "bca"),
        ((3, 2, 1), "cba"),
        ((2, 1, 3), "bac"),
        (("x", "", "99"), "abc"),
        (("9" * 5000, "-1", "²"), "abc"),
    ],
)
def test_whoever_chooses_a_place_gets_it(send, three, places, order):
    chosen = {f"place-{code}": str(place) for code, place in zip(three, places, strict=True)}
    form = send(images=three, **chosen)
    assert form.is_valid()
    assert form.cleaned_data["images"] == [three["abc".index(one)] for one in order]


def test_a_description_that_is_too_long_comes_back_as_typed(send, three):
    form = send(images=three, **{f"alt-{three[0]}": "x" * 301})
    assert not form.is_valid()
    assert said(form) == ["Keep the description under 300 characters."]
    assert f'value="{"x" * 301}"' in shown(form)


def test_f08_somebody_elses_picture_is_as_lost_as_one_that_never_was(send, brand):
    theirs = uploaded(brand, make_participant(brand))
    answers = []
    for code in (theirs.code, "nothing00000", "../../etc/passwd", "' OR 1=1"):
        form = send(images=[code])
        answers.append((form.is_valid(), said(form), form.pictures))
    lost = (False, ["A picture is not there any more. Choose it again."], [])
    assert answers == [lost, lost, (True, [], []), (True, [], [])]  # what no picture's name is


def test_pictures_come_in_measure(send, monkeypatch):
    monkeypatch.setattr(limits, "IMAGES_OF_PERSON", Limit("image-test", 1, 3600))
    form = send(new_images=[file(), file()])
    assert not form.is_valid()
    assert said(form) == ["roof.png: That was too often. Try again in 60 minutes."]
    assert len(form.pictures) == 1


def test_an_edit_begins_with_what_the_idea_has(rf, brand, idea, charlie, three):
    images.attach(idea=idea, codes=three, uploader=make_participant(brand, charlie))
    request = rf.get("/")
    request.user = charlie
    form = WithPictures(request=request, brand=brand, idea=idea)
    assert [image.code for image in form.pictures] == three
    assert shown(form).count(f'src="/i/{idea.code}/pictures/') == 3
    draft = WithPictures(request=request, brand=brand, initial={"images": three})
    assert draft.pictures == []  # they are on an idea now


def test_a_draft_begins_with_what_was_sent_for_it(rf, brand, charlie, three, media):
    request = rf.get("/")
    request.user = charlie
    form = WithPictures(request=request, brand=brand, initial={"images": three[::-1]})
    assert [image.code for image in form.pictures] == three[::-1]
    assert shown(form).count('src="/b/mio/pictures/') == 3
    assert len(files(media)) == 3
