"""Time zones in a form: each place under its region, by its name and its clock of today."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils.translation import override

from accounts.domain.people import time_zones
from accounts.models import User
from tests.web.conftest import reader, text_of
from tests.web.test_profile import PROFILE, form
from web import zones

pytestmark = pytest.mark.django_db
SUMMER, WINTER = datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 12, tzinfo=UTC)


def lives_in(user: User, zone: str):
    User.objects.filter(pk=user.pk).update(time_zone=zone)
    user.refresh_from_db()
    return reader(user)


def groups_of(page) -> dict[str, list[tuple[str, str]]]:
    select = page.content.decode().partition('name="time_zone"')[2].partition("</select>")[0]
    return {
        label: re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', options)
        for label, options in re.findall(
            r'<optgroup label="([^"]*)">(.*?)</optgroup>', select, re.DOTALL
        )
    }


def test_places_stand_under_their_regions_by_name(member):
    groups = groups_of(member.get(PROFILE))
    assert list(groups) == sorted(str(name) for name in zones.REGIONS.values())
    for found in groups.values():
        assert [label for _name, label in found] == sorted(
            (label for _name, label in found), key=str.casefold
        )
    offered = [name for found in groups.values() for name, _label in found]
    assert len(offered) == len(set(offered)) > 400
    assert set(offered) <= set(time_zones())
    assert not any("_" in label for found in groups.values() for _name, label in found)


def test_a_place_is_offered_under_its_name_of_today_only():
    assert {"Asia/Kolkata", "Europe/Kyiv", "Europe/Amsterdam"} <= set(zones.places())
    assert not {"Asia/Calcutta", "Europe/Kiev", "America/Buenos_Aires"} & set(zones.places())


def test_where_the_machine_has_no_list_of_places_all_names_are_offered(monkeypatch, tmp_path):
    monkeypatch.setattr(zones, "TZPATH", (str(tmp_path),))
    zones.places.cache_clear()
    try:
        assert zones.places() == tuple(name for name in time_zones() if name != "UTC")
    finally:
        zones.places.cache_clear()


@pytest.mark.parametrize(
    ("name", "moment", "words"),
    [
        ("Europe/Paris", WINTER, "Paris (UTC+1)"),
        ("Europe/Paris", SUMMER, "Paris (UTC+2)"),
        ("America/St_Johns", SUMMER, "St Johns (UTC−2:30)"),
        ("Asia/Kathmandu", WINTER, "Kathmandu (UTC+5:45)"),
        ("Africa/Accra", WINTER, "Accra (UTC+0)"),
        ("America/Argentina/Buenos_Aires", WINTER, "Buenos Aires, Argentina (UTC−3)"),
        ("America/North_Dakota/New_Salem", SUMMER, "New Salem, North Dakota (UTC−5)"),
        ("Antarctica/DumontDUrville", WINTER, "Dumont d’Urville (UTC+10)"),
    ],
)
def test_a_place_is_named_as_people_name_it_with_its_clock(name, moment, words):
    assert zones.described(name, moment) == words


def test_the_clock_is_that_of_today(member):
    with time_machine.travel(SUMMER, tick=False):
        assert ("Europe/Paris", "Paris (UTC+2)") in groups_of(member.get(PROFILE))["Europe"]


def test_all_zones_are_read_once_for_each_quarter_of_an_hour_and_language():
    zones.regions.cache_clear()
    for minute in range(14, 46):
        with time_machine.travel(SUMMER.replace(minute=minute), tick=False):
            for language in ("en", "fr"):
                with override(language):
                    zones.choices("Europe/Paris")
    kept = zones.regions.cache_info()
    assert (kept.misses, kept.currsize) == (2 * 4, 2)


def test_a_clock_is_put_forward_at_its_minute():
    """Lord Howe's is so by half an hour, at half past three in the afternoon of Greenwich."""
    turn = datetime(2026, 10, 3, 15, 30, tzinfo=UTC)
    for moment, label in (
        (turn - timedelta(seconds=1), "Lord Howe (UTC+10:30)"), (turn, "Lord Howe (UTC+11)"),
    ):  # fmt: skip
        with time_machine.travel(moment, tick=False):
            assert ("Australia/Lord_Howe", label) in dict(zones.choices(""))["Australia"]


def test_each_reader_has_the_regions_in_their_language():
    for language in ("en", "fr", "en"):
        with override(language):
            _none, _utc, *groups = zones.choices("")
            assert {label for label, _found in groups} == set(map(str, zones.REGIONS.values()))


def test_ones_own_place_stands_first_and_is_chosen_once(charlie):
    page = lives_in(charlie, "Europe/Paris").get(PROFILE)
    groups = groups_of(page)
    assert next(iter(groups)) == "Yours"
    assert [name for name, _label in groups["Yours"]] == ["Europe/Paris"]
    assert page.content.decode().count('<option value="Europe/Paris" selected>') == 1


@pytest.mark.parametrize("zone", ["", "UTC", "Mars/Olympus"])
def test_who_chose_no_place_has_no_group_of_their_own(charlie, zone):
    assert "Yours" not in groups_of(lives_in(charlie, zone).get(PROFILE))


def test_whoever_has_a_name_that_the_list_has_no_more_keeps_it(charlie):
    client = lives_in(charlie, "Asia/Calcutta")
    assert groups_of(client.get(PROFILE))["Yours"][0][0] == "Asia/Calcutta"
    assert client.post(PROFILE, form(charlie, display_name="Still there")).status_code == 302
    charlie.refresh_from_db()
    assert (charlie.display_name, charlie.time_zone) == ("Still there", "Asia/Calcutta")


def test_what_is_no_zone_is_refused(member, charlie):
    page = member.post(PROFILE, form(charlie, time_zone="Mars/Olympus"))
    assert page.status_code == 400
    assert "Mars/Olympus is not one of the available choices" in text_of(page)
