"""Times as the reader's own clock shows them."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.domain.people import in_zone_of, time_zones
from accounts.models import User
from ideas.models import Idea
from notifications.domain import rendering
from tests.web.conftest import path_of, reader
from web.templatetags import words as written
from web.templatetags.words import clock, day, in_time_element

SUMMER, WINTER = datetime(2025, 7, 1, 12, tzinfo=UTC), datetime(2025, 1, 1, 12, tzinfo=UTC)


def shown(moment: datetime) -> str:
    return re.search(r'title="([^"]*)"', in_time_element(moment, "then")).group(1)


def lives_in(user: User, zone: str) -> User:
    User.objects.filter(pk=user.pk).update(time_zone=zone)
    user.refresh_from_db()
    return user


def written_at(idea: Idea, moment: datetime) -> None:
    Idea.objects.filter(pk=idea.pk).update(created_at=moment)


@pytest.mark.parametrize(
    ("zone", "moment", "words"),
    [
        ("Europe/Paris", WINTER, "1 January 2025, 13:00 CET"),
        ("Europe/Paris", SUMMER, "1 July 2025, 14:00 CEST"),
        ("America/New_York", SUMMER, "1 July 2025, 08:00 EDT"),
        ("Asia/Kolkata", WINTER, "1 January 2025, 17:30 IST"),
        ("America/Sao_Paulo", WINTER, "1 January 2025, 09:00 UTC-03"),
        ("Asia/Kathmandu", WINTER, "1 January 2025, 17:45 UTC+0545"),
        ("UTC", SUMMER, "1 July 2025, 12:00 UTC"),
    ],
)
def test_a_moment_names_its_clock(zone, moment, words):
    with timezone.override(ZoneInfo(zone)):
        assert shown(moment) == words


def test_the_hour_alone_names_its_clock_too_and_the_browser_may_put_its_own():
    with timezone.override(ZoneInfo("Europe/Paris")):
        assert clock(SUMMER) == (
            '<time datetime="2025-07-01T12:00:00+00:00" data-clock>14:00 CEST</time>'
        )
        assert ">1 January 2025, 13:00 CET</time>" in written.moment(WINTER)
    assert clock(None) == written.moment(None) == ""


def test_the_hour_that_comes_twice_in_autumn_is_told_apart():
    first, second = (datetime(2025, 10, 26, hour, 30, tzinfo=UTC) for hour in (0, 1))
    with timezone.override(ZoneInfo("Europe/Paris")):
        assert shown(first) == "26 October 2025, 02:30 CEST"
        assert shown(second) == "26 October 2025, 02:30 CET"


def test_the_hour_that_spring_leaves_out_is_never_shown():
    before, after = (datetime(2025, 3, 30, *clock, tzinfo=UTC) for clock in ((0, 59), (1, 0)))
    with timezone.override(ZoneInfo("Europe/Paris")):
        assert shown(before) == "30 March 2025, 01:59 CET"
        assert shown(after) == "30 March 2025, 03:00 CEST"


def test_a_day_begins_at_the_readers_midnight():
    eve = datetime(2024, 12, 31, 23, 30, tzinfo=UTC)
    assert day(eve) == "31 December 2024"
    with timezone.override(ZoneInfo("Europe/Paris")):
        assert day(eve) == "1 January 2025"


def test_a_member_reads_pages_by_their_own_clock_and_a_visitor_by_utc(idea, charlie, visitor):
    written_at(idea, SUMMER)
    client = reader(lives_in(charlie, "Europe/Paris"))
    assert "1 July 2025, 14:00 CEST" in client.get(path_of(idea)).content.decode()
    assert "1 July 2025, 12:00 UTC" in visitor.get(path_of(idea)).content.decode()


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd"])
def test_who_chose_none_or_one_that_is_gone_reads_utc(idea, charlie, zone):
    written_at(idea, SUMMER)
    client = reader(lives_in(charlie, zone))
    assert "1 July 2025, 12:00 UTC" in client.get(path_of(idea)).content.decode()


def test_nobodys_clock_outlives_their_page(idea, charlie):
    reader(lives_in(charlie, "Europe/Paris")).get(path_of(idea))
    reader(charlie).get("/b/nothing/")
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_mail_says_utc_whoever_made_it_leave(charlie):
    with in_zone_of(lives_in(charlie, "Asia/Tokyo")):
        words = {"timestamp": SUMMER, "ip": "192.0.2.1", "email": "x@example.org", "agent": ""}
        rendered = rendering.render("password_changed", words)
    assert "1 July 2025, 12:00 (UTC)" in rendered.text


def test_places_to_choose_from_are_those_people_live_in():
    zones = time_zones()
    assert {"UTC", "Europe/Paris", "America/Argentina/Ushuaia", "Pacific/Auckland"} <= set(zones)
    assert not any(name.startswith(("Etc/", "US/", "posix")) for name in zones)
    assert all(len(name) <= User._meta.get_field("time_zone").max_length for name in zones)
