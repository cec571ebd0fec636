"""A brand's settings: what it says, where it stands, how it looks, who sees it."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.domain import brands
from accounts.domain.brands import change_address
from accounts.models import Activity, Brand, FormerSlug, Participant
from cocreate.lib import colour
from cocreate.lib.errors import DomainError
from tests.factories import make_brand, make_challenge, make_participant
from tests.web.conftest import reader, text_of

PAGE = "/desk/mio/settings/"
ADDRESS = f"{PAGE}address/"
SENT = {
    "name": "Mio Motors",
    "tagline": "A small car for everybody.",
    "language": "en",
    "languages": ["fr"],
    "hue": "200",
    "visibility": "public",
}


@pytest.fixture
def manager(bob, brand, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return reader(bob)


def photo(size=(640, 480), kind="JPEG"):
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind)
    return SimpleUploadedFile("photo.jpg", file.getvalue(), "image/jpeg")


def test_a_manager_changes_what_the_brand_says(manager, brand):
    page = manager.post(PAGE, SENT, follow=True)
    assert "Saved." in text_of(page)
    brand.refresh_from_db()
    assert {name: getattr(brand, name) for name in SENT} == SENT | {"hue": 200}
    told = Activity.objects.get(kind="brand.changed")
    assert (told.data["changed"], told.private) == (["hue", "languages", "tagline"], True)


def test_saving_what_is_there_already_changes_nothing(manager, brand):
    manager.post(PAGE, SENT | {"hue": brand.hue, "tagline": "", "languages": []})
    assert not Activity.objects.filter(kind="brand.changed").exists()


def test_the_colour_that_looks_as_todays_stays_as_it_was(manager, brand):
    """32 is shown as 30, which is what the page offers for it."""
    page = manager.get(PAGE)
    assert [hue for hue, chosen in page.context["form"].hues if chosen] == [30]
    manager.post(PAGE, SENT | {"hue": "30"})
    brand.refresh_from_db()
    assert brand.hue == 32


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"name": ""}, "A brand needs a name."),
        ({"name": "a\u202eb"}, "Use letters, digits and ordinary signs."),
        ({"hue": "361"}, "Ensure this value is less than or equal to 360."),
        ({"hue": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"hue": "red"}, "Enter a whole number."),
        ({"hue": ""}, "Choose a colour."),
        ({"visibility": "nobody"}, "Select a valid choice."),
        ({"languages": ["xx"]}, "Select a valid choice."),
        ({"tagline": "x" * 201}, "Ensure this value has at most 200 characters"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(manager, brand, over, sentence):
    page = manager.post(PAGE, SENT | over)
    assert page.status_code == 400
    assert sentence in text_of(page)
    kept = {"name": "Mio Motors", "tagline": SENT["tagline"]} | over
    assert page.context["form"]["tagline"].value() == kept["tagline"]
    brand.refresh_from_db()
    assert brand.tagline == ""


def test_every_hue_that_can_be_chosen_can_be_read():
    assert [hue for hue in range(361) if not colour.is_readable(hue)] == []


def test_a_hue_that_cannot_be_read_moves_to_the_nearest_that_can(manager, brand, monkeypatch):
    """With a lighter accent white words are lost on it, and some hues are worse than others."""
    paler = colour.Mode(56, 45, colour.LIGHT.on_accent, colour.LIGHT.grounds)
    monkeypatch.setitem(colour.WANTED_CHROMA, 56, 0.19)
    readable = [hue for hue in range(0, 360, 10) if colour.is_readable(hue, [paler])]
    assert 0 < len(readable) < 36
    for hue in range(0, 360, 10):
        moved = colour.readable_hue(hue, [paler])
        assert colour.is_readable(moved, [paler])
        assert (moved == hue) == (hue in readable)
    worst = next(hue for hue in range(0, 360, 10) if hue not in readable)
    monkeypatch.setattr(colour, "MODES", (paler,))
    page = manager.post(PAGE, SENT | {"hue": worst}, follow=True)
    assert "Your colour was hard to read on our pages" in text_of(page)
    brand.refresh_from_db()
    assert brand.hue == colour.readable_hue(worst, [paler])


def test_the_colours_that_are_checked_are_those_of_the_style_sheet():
    from tests.web.test_look import tokens  # noqa: PLC0415 - reads the style sheet

    known = tokens(200)
    for place, mode in enumerate(colour.MODES):
        assert known["accent"][place] == colour.of_hue(mode.accent, 200)
        assert known["accent-ink"][place] == colour.of_hue(mode.ink, 200)
        assert known["on-accent"][place][:2] == mode.on_accent[:2]
        assert [known["paper"][place], known["sheet"][place]] == list(mode.grounds)


def test_an_address_that_was_left_leads_to_todays(manager, brand, visitor, challenge):
    page = manager.post(ADDRESS, {"slug": "mio-cars"}, follow=True)
    assert page.redirect_chain == [("/desk/mio-cars/settings/", 302)]
    assert page.context["former"] == ["mio"]
    for old, new in [
        ("/b/mio/", "/b/mio-cars/"),
        ("/b/mio/?sort=new", "/b/mio-cars/?sort=new"),
        ("/b/mio/c/street/", "/b/mio-cars/c/street/"),
        ("/b/mio/submit/?challenge=street", "/b/mio-cars/submit/?challenge=street"),
    ]:
        answer = visitor.get(old)
        assert (answer.status_code, answer["Location"]) == (301, new)
        assert "no-cache" in answer["Cache-Control"]
    answer = manager.get("/desk/mio/keys/")
    assert (answer.status_code, answer["Location"]) == (301, "/desk/mio-cars/keys/")


def test_a_form_that_was_open_while_the_brand_moved_is_sent_on_whole(manager, brand):
    change_address(brand=brand, slug="mio-cars", actor=brand.memberships.first().user)
    answer = manager.post(PAGE, SENT)
    assert (answer.status_code, answer["Location"]) == (308, "/desk/mio-cars/settings/")
    page = manager.post(PAGE, SENT, follow=True)
    assert page.redirect_chain[0] == ("/desk/mio-cars/settings/", 308)
    brand.refresh_from_db()
    assert brand.tagline == SENT["tagline"]


def test_two_moves_lead_to_where_the_brand_is_now(brand, alice, visitor):
    for slug in ("second", "third"):
        change_address(brand=brand, slug=slug, actor=alice)
    assert [visitor.get(f"/b/{old}/")["Location"] for old in ("mio", "second")] == ["/b/third/"] * 2


def test_a_brand_takes_back_an_address_it_left(brand, alice, visitor):
    change_address(brand=brand, slug="second", actor=alice)
    change_address(brand=brand, slug="mio", actor=alice)
    assert visitor.get("/b/mio/").status_code == 200
    assert visitor.get("/b/second/")["Location"] == "/b/mio/"
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["second"]


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("rival", "Another brand has this address, or had it."),
        ("ancient", "Another brand has this address, or had it."),
        ("Österreich", "Small letters, digits and - only."),
        ("-x", "Small letters, digits and - only."),
        ("a/b", "Small letters, digits and - only."),
        ("", "Your pages need an address."),
        ("x" * 51, "Ensure this value has at most 50 characters"),
    ],
)
def test_an_address_of_others_or_of_no_shape_is_refused(manager, mallory, slug, sentence):
    old = make_brand("ancient", owner=mallory)
    change_address(brand=old, slug="modern", actor=mallory)
    page = manager.post(ADDRESS, {"slug": slug})
    assert page.status_code == 400
    assert sentence in text_of(page)
    assert page.context["address_form"]["slug"].value() == slug
    assert Brand.objects.filter(slug="mio").exists()


def test_capital_letters_are_no_mistake(manager, brand):
    manager.post(ADDRESS, {"slug": " Mio-Cars "})
    brand.refresh_from_db()
    assert brand.slug == "mio-cars"


def test_a_new_brand_does_not_get_an_address_that_somebody_left(brand, alice, mallory):
    change_address(brand=brand, slug="second", actor=alice)
    with pytest.raises(Exception, match="Another brand had this address"):
        make_brand("mio", owner=mallory)
    assert Brand.objects.filter(slug="mio").count() == 0


def test_nobody_collects_addresses(brand, alice):
    for n in range(brands.MOST_FORMER):
        change_address(brand=brand, slug=f"mio-{n}", actor=alice)
    with pytest.raises(DomainError) as refusal:
        change_address(brand=brand, slug="one-more", actor=alice)
    assert refusal.value.code == "too_many_moves"
    brand.refresh_from_db()
    change_address(brand=brand, slug="mio-3", actor=alice)  # one of its own


def test_the_old_address_of_a_closed_brand_leads_only_its_readers(brand, alice, visitor, member):
    change_address(brand=brand, slug="club", actor=alice)
    Brand.objects.update(visibility="members")
    for stranger in (visitor, member):
        there, never = stranger.get("/b/mio/"), stranger.get("/b/nothing/")
        assert (there.status_code, there.content) == (404, never.content)
    assert member.get("/desk/mio/").content == member.get("/desk/nothing/").content
    assert reader(alice).get("/b/mio/")["Location"] == "/b/club/"


def test_a_logo_and_a_cover_are_made_ours_and_shown(manager, brand, visitor):
    for kind, size in (("logo", (256, 256)), ("cover", (1600, 500))):
        manager.post(f"{PAGE}{kind}/", {"picture": photo((1700, 900))})
        brand.refresh_from_db()
        address = f"/b/mio/{kind}/{getattr(brand, kind).name.rpartition('/')[2]}"
        for page in ("/b/mio/", "/"):
            assert address in visitor.get(page).content.decode()
        shown = visitor.get(address)
        assert shown["Content-Type"] == "image/webp"
        assert shown["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Cookie" not in shown.get("Vary", "")
        assert Image.open(io.BytesIO(shown.content)).size == size


def test_a_new_logo_has_a_new_address_and_the_old_one_is_gone(
    manager, brand, visitor, django_capture_on_commit_callbacks
):
    def upload():
        with django_capture_on_commit_callbacks(execute=True):
            manager.post(f"{PAGE}logo/", {"picture": photo()})
        brand.refresh_from_db()
        return brand.logo.name

    first, second = upload(), upload()
    assert first != second
    assert not brand.logo.storage.exists(first)
    assert visitor.get(f"/b/mio/logo/{first.rpartition('/')[2]}").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        manager.post(f"{PAGE}logo/", {"remove": "1"})
    brand.refresh_from_db()
    assert (brand.logo.name, brand.logo.storage.exists(second)) == ("", False)


def test_the_pictures_of_a_closed_brand_are_for_its_readers(manager, brand, visitor, member, alice):
    manager.post(f"{PAGE}logo/", {"picture": photo()})
    Brand.objects.update(visibility="members")
    brand.refresh_from_db()
    address = f"/b/mio/logo/{brand.logo.name.rpartition('/')[2]}"
    assert [client.get(address).status_code for client in (visitor, member)] == [404, 404]
    shown = reader(alice).get(address)
    assert (shown.status_code, shown["Cache-Control"]) == (200, "private, max-age=3600")


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (SimpleUploadedFile("x.svg", b"<svg onload='alert(1)'/>"), "We cannot read this picture."),
        (SimpleUploadedFile("x.png", b""), "This file is empty."),
        (
            SimpleUploadedFile("x.png", b"x" * (10 * 2**20 + 1)),
            "This picture is larger than 10 MB.",
        ),
        (None, "Choose a picture first."),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(manager, brand, file, sentence):
    page = manager.post(f"{PAGE}logo/", {"picture": file} if file else {})
    assert page.status_code == 400
    assert sentence in text_of(page)
    brand.refresh_from_db()
    assert not brand.logo


def test_there_are_two_pictures_and_no_third(manager):
    assert manager.post(f"{PAGE}banner/", {"remove": "1"}).status_code == 404


def test_the_community_writes_in_its_own_languages(manager, brand, member):
    make_challenge(brand)
    assert [code for code, _name in member.get("/b/mio/submit/").context["form"].fields[
        "language"].choices] == ["en", "fr"]  # fmt: skip
    manager.post(PAGE, SENT)
    form = member.get("/b/mio/submit/").context["form"]
    assert [code for code, _name in form.fields["language"].choices] == ["fr"]


def test_a_brand_closes_with_or_without_those_who_took_part(manager, brand, charlie, visitor):
    make_participant(brand, charlie)
    closed = SENT | {"visibility": "members"}
    manager.post(PAGE, closed)
    assert visitor.get("/b/mio/").status_code == 404
    assert reader(charlie).get("/b/mio/").status_code == 404
    manager.post(PAGE, SENT)
    assert visitor.get("/b/mio/").status_code == 200
    manager.post(PAGE, closed | {"admit_participants": "on"})
    assert reader(charlie).get("/b/mio/").status_code == 200
    assert Participant.objects.get(user=charlie).admitted
    assert "Admission" in [link.label for link in manager.get(PAGE).context["links"]]
