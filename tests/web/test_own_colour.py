"""A brand's very own colour: given at its settings, told what became of it, shown everywhere."""

import re

import pytest

from accounts.models import Activity, Brand
from cocreate.lib import accents
from ideas.domain.cards import card_of
from ideas.domain.challenges import state_of
from ideas.domain.decisions import set_status
from ideas.enums import Status
from notifications.domain import rendering
from tests.factories import make_challenge, make_idea
from tests.web.conftest import path_of, reader, text_of
from tests.web.test_desk_settings import PAGE, SENT

pytestmark = pytest.mark.django_db
OWN = {key: value for key, value in SENT.items() if key != "hue"}
SHEET = "/colours/1/ffd500.css"
LINK = f'<link rel="stylesheet" href="{SHEET}">'


@pytest.fixture
def manager(bob, brand):
    return reader(bob)


@pytest.fixture
def yellow(brand):
    Brand.objects.filter(pk=brand.pk).update(colour="#ffd500", hue=accents.hue_of("#ffd500"))
    brand.refresh_from_db()
    return brand


@pytest.mark.parametrize("written", ["#FFD500", "ffd500", " #ffd500 ", "#FD5"])
def test_a_colour_is_taken_as_people_write_it(manager, brand, written):
    manager.post(PAGE, SENT | {"colour": written})
    brand.refresh_from_db()
    assert brand.colour == ("#ffdd55" if written == "#FD5" else "#ffd500")
    assert brand.look == brand.colour
    assert 80 < brand.hue < 100
    assert Activity.objects.get(kind="brand.changed").data["changed"] == [
        "colour", "hue", "languages", "tagline",
    ]  # fmt: skip


@pytest.mark.parametrize("written", ["yellow", "#ffd50", "#ffd5000", "#ggg", "é12345", "١٢٣"])
def test_what_is_no_colour_is_refused_and_nothing_typed_is_lost(manager, brand, written):
    page = manager.post(PAGE, SENT | {"colour": written})
    assert page.status_code == 400
    assert "A colour is # and six digits" in text_of(page)
    assert page.context["form"]["colour"].value() == written
    brand.refresh_from_db()
    assert (brand.colour, brand.tagline) == ("", "")


def test_whoever_gives_a_colour_that_cannot_be_read_is_told_what_became_of_it(manager, brand):
    page = manager.post(PAGE, OWN | {"colour": "#FFD500"}, follow=True)
    said = text_of(page)
    assert "Your colour was hard to read on our pages, so we took the nearest" in said
    assert "#FFD500 has a contrast of 1.3 to 1 to the page." in said
    assert "which is darker, #AA8E00: 3.0 to 1 to the page, 5.6 to 1 for the words on it." in said
    assert "Words in your colour are #816B00, at 5.0 to 1." in said
    assert said.count("#FFD500 is shown as it is") == 1  # on dark pages
    body = page.content.decode()
    assert 'fill="#ffd500"' in body
    assert 'fill="#aa8e00"' in body
    assert "style=" not in body


def test_a_white_brand_is_told_that_it_is_turned_over_and_nothing_of_a_nearest(manager, brand):
    said = text_of(manager.post(PAGE, OWN | {"colour": "#eeeeee"}, follow=True))
    assert "so here they are turned over, as ink and paper are, to #000000" in said
    assert "So we show the nearest" not in said


def test_whoever_gives_one_that_can_be_read_is_told_nothing_but_its_contrasts(manager, brand):
    page = manager.post(PAGE, OWN | {"colour": "#e3000b"}, follow=True)
    assert "hard to read" not in text_of(page)
    assert text_of(page).count("#E3000B is shown as it is") == 2


def test_a_hue_is_told_its_contrasts_on_both_kinds_of_pages(manager, brand):
    said = text_of(manager.get(PAGE))
    assert "On light pages" in said
    assert "On dark pages" in said
    assert said.count("Its contrast to the page is") == 2
    assert said.count("Words in your colour are #") == 2
    assert "shown as it is" not in said


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ({"hue": "", "colour": "#e3000b"}, "own-e3000b"),
        ({"hue": "200", "colour": ""}, "hue-200"),
        ({"hue": "200", "colour": "#FFD500"}, "hue-200"),  # beside the colour of today
        ({"hue": "", "colour": "yellow"}, "own-ffd500"),
        ({"hue": "1000", "colour": ""}, "own-ffd500"),
    ],
)
def test_a_colour_is_seen_first_and_nothing_is_kept(manager, yellow, chosen, shown):
    page = manager.post(PAGE, OWN | chosen | {"name": "", "look": "1"})
    assert page.status_code == 200
    modes = re.search('<ul class="modes ([^"]*)"', page.content.decode()).group(1)
    assert shown in modes.split()
    assert page.context["form"]["tagline"].value() == OWN["tagline"]
    assert not Activity.objects.filter(kind="brand.changed").exists()
    yellow.refresh_from_db()
    assert (yellow.look, yellow.tagline) == ("#ffd500", "")


def test_a_look_refuses_nothing_but_what_is_no_colour(manager, brand):
    page = manager.post(PAGE, OWN | {"name": "", "colour": "#e3000b", "look": "1"})
    assert "A brand needs a name." not in text_of(page)
    assert "Almost there" not in text_of(page)
    page = manager.post(PAGE, OWN | {"visibility": "", "colour": "yellow", "look": "1"})
    assert "A colour is # and six digits" in text_of(page)
    assert page.content.decode().count('class="wrong"') == 1
    assert "Almost there" not in text_of(page)


def test_what_needs_a_correction_is_shown_in_the_colour_that_was_chosen(manager, yellow):
    page = manager.post(PAGE, OWN | {"name": "", "colour": "#e3000b"})
    assert (page.status_code, page.context["look"]) == (400, "#e3000b")


def test_a_hue_chosen_beside_an_own_colour_takes_its_place(manager, yellow):
    page = manager.get(PAGE)
    assert not any(chosen for _hue, chosen in page.context["form"].hues)
    assert page.context["form"]["colour"].value() == "#FFD500"
    manager.post(PAGE, SENT | {"colour": "#FFD500", "hue": "200"})
    yellow.refresh_from_db()
    assert (yellow.colour, yellow.hue, yellow.look) == ("", 200, "200")


def test_saving_an_own_colour_again_changes_nothing(manager, yellow):
    manager.post(PAGE, OWN | {"colour": "#FFD500", "tagline": "", "languages": []})
    assert not Activity.objects.filter(kind="brand.changed").exists()


def test_a_brand_has_some_colour(manager, yellow):
    page = manager.post(PAGE, OWN | {"colour": ""})
    assert (page.status_code, "Choose a colour." in text_of(page)) == (400, True)


def test_the_style_sheet_of_a_colour_is_made_of_its_address_alone(
    visitor, django_assert_num_queries
):
    with django_assert_num_queries(0):
        sheet = visitor.get(SHEET)
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert sheet["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not sheet.cookies
    assert "Cookie" not in sheet.get("Vary", "")
    css = sheet.content.decode()
    assert "@layer tokens" in css
    assert ".own-ffd500 { --hue: " in css
    assert "--accent: light-dark(#aa8e00, #ffd500)" in css
    assert "--accent-ink: light-dark(#816b00, #ffd500)" in css


def test_a_sheet_of_another_release_is_kept_for_a_moment(visitor):
    other = SHEET.replace("/1/", f"/{accents.DESIGN + 1}/")
    assert visitor.get(other)["Cache-Control"] == "public, max-age=60"
    assert [visitor.get(SHEET.replace("ffd500", bad)).status_code for bad in ("FFD500", "fd5")] == (
        [404, 404]
    )


def test_every_page_that_shows_the_brand_shows_its_colour(visitor, manager, yellow):
    challenge = make_challenge(yellow, slug="street")
    idea = make_idea(challenge)
    for path in ("/", "/b/mio/", "/b/mio/c/street/", path_of(idea), "/b/mio/submit/"):
        page = (manager if "submit" in path else visitor).get(path).content.decode()
        assert LINK in page, path
        assert "hue-90 own-ffd500" in page or "hue-100 own-ffd500" in page, path
    assert LINK in manager.get("/desk/mio/").content.decode()


def test_a_brand_with_a_hue_brings_no_sheet(visitor, brand):
    assert "/colours/" not in visitor.get("/b/mio/").content.decode()


def test_a_grey_brand_has_grey_drawings(visitor, brand):
    Brand.objects.filter(pk=brand.pk).update(colour="#777777")
    make_idea(make_challenge(brand, slug="street"))
    page = visitor.get("/b/mio/c/street/?view=cards").content.decode()
    assert re.search('<body class="hue-[0-9]+ own-777777 grey">', page)
    assert page.count('class="cover  hue-') == page.count(' grey" viewBox="') == 1


def test_cards_and_mails_and_other_sites_have_the_same_colour(visitor, yellow):
    idea = make_idea(make_challenge(yellow))
    sheet = card_of(idea, state_of(idea.challenge)).sheet
    assert (sheet.accent, sheet.on_accent, sheet.accent_ink) == ("#aa8e00", "#1a1606", "#816b00")
    assert rendering.buttons_of(yellow) == {
        "light": ("#aa8e00", "#1a1606"), "dark": ("#ffd500", "#1a1606"),
    }  # fmt: skip
    context = {"brand": yellow, "brand_name": "Mio", "inviter": "Alice", "role": "", "url": "x"}
    context["days"] = 14
    assert "background: #aa8e00; color: #1a1606;" in rendering.render("invitation", context).html
    assert "background: #b03a1e; color: #ffffff;" in rendering.render("test", {}).html
    answer = visitor.get("/api/v1/brands/mio/").json()
    assert answer["accent"] == {"light": "#816b00", "dark": "#ffd500"}


def test_what_became_of_ideas_is_drawn_in_the_brands_colour(visitor, brand, alice, settings):
    settings.UNDO_SECONDS = 0
    Brand.objects.filter(pk=brand.pk).update(colour="#777777")
    idea = make_idea(make_challenge(brand))
    set_status(idea=idea, status=Status.PLANNED, actor=alice)
    assert 'class="cover  hue-' in visitor.get("/").content.decode()
    assert " grey" in visitor.get("/").content.decode().partition('class="card outcome"')[2][:400]
