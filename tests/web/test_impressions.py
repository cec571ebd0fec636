"""Lists count what they show to people: not to programs, and not before anybody asks."""

import pytest

from cocreate.lib.agents import is_robot
from cocreate.lib.store import store
from ideas.domain import exposure, showings
from ideas.models import Attendance, Exposure
from tests.factories import make_challenge, make_idea

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PAGE = "/b/mio/c/street/"


@pytest.fixture(autouse=True)
def empty_store():
    showings.waiting.send()
    there = store()
    for key in there.client.scan_iter("seen:*"):
        there.client.delete(key)


@pytest.fixture
def two(challenge):
    return [make_idea(challenge) for _n in range(2)]


def counted():
    showings.waiting.send()
    exposure.keep()
    return sum(Exposure.objects.values_list("times", flat=True))


def read(client, path=PAGE, agent=FIREFOX, **headers):
    response = client.get(path, headers={"User-Agent": agent} | headers)
    assert response.status_code == 200
    return response


def test_a_challenges_page_counts_its_ideas_and_the_visit_once_a_day(client, two, challenge):
    read(client)
    read(client, f"{PAGE}?sort=new")
    assert counted() == 2
    assert Attendance.objects.get(challenge=challenge).visits == 1


def test_a_brands_page_counts_a_visit_to_each_challenge_that_it_shows(client, two, brand):
    make_idea(make_challenge(brand, slug="night"))
    make_challenge(brand, slug="nothing-in-it")
    read(client, "/b/mio/")
    assert counted() == 3
    assert sorted(Attendance.objects.values_list("challenge__slug", flat=True)) == [
        "night",
        "street",
    ]


def test_another_browser_of_the_same_address_is_another_visitor(client, two):
    read(client)
    read(client, agent=FIREFOX.replace("128", "129"))
    assert counted() == 4


def test_an_address_is_taken_from_our_own_proxies_alone(client, two, settings):
    for claimed in ["198.51.100.1", "198.51.100.2"]:
        read(client, **{"X-Forwarded-For": claimed})
    assert counted() == 2
    settings.TRUSTED_PROXIES = 1
    for seen in ["198.51.100.1", "198.51.100.2"]:
        read(client, **{"X-Forwarded-For": seen})
    assert counted() == 6


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Purpose": "preview"},
        {"X-Moz": "prefetch"},
    ],
)
def test_a_page_that_is_fetched_before_anybody_asks_is_not_counted(client, two, headers):
    read(client, **headers)
    assert counted() == 0


@pytest.mark.parametrize(("dest", "times"), [("image", 0), ("script", 0), ("document", 2)])
def test_a_page_that_another_site_names_as_a_picture_is_seen_by_nobody(client, two, dest, times):
    read(client, **{"Sec-Fetch-Dest": dest})
    assert counted() == times


def test_a_line_of_ipv6_is_one_visitor_whatever_its_last_half(client, two, settings):
    settings.TRUSTED_PROXIES = 1
    for last in range(5):
        read(client, **{"X-Forwarded-For": f"2001:db8::{last}"})
    assert counted() == 2


def test_a_look_at_the_head_is_no_look(client, two):
    assert client.head(PAGE, headers={"User-Agent": FIREFOX}).status_code == 200
    assert counted() == 0


ROBOTS = [
    "",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Safari/537.36",
    "Mozilla/5.0 (compatible; YandexBot/3.0)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp)",
    "facebookexternalhit/1.1",
    "Twitterbot/1.0",
    "WhatsApp/2.23",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
    "curl/8.5.0",
    "python-requests/2.32",
    "Go-http-client/2.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
    "Feedly/1.0",
    "UptimeRobot/2.0",
]
BROWSERS = [
    FIREFOX,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0"
    " Safari/537.36 Edg/126.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/125.0 Mobile Safari",
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0"
    " Mobile Safari/537.36",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
]


@pytest.mark.parametrize("agent", ROBOTS)
def test_programs_are_known_by_what_they_call_themselves(agent):
    assert is_robot(agent)


@pytest.mark.parametrize("agent", BROWSERS)
def test_browsers_are_no_programs(agent):
    assert not is_robot(agent)


def test_a_programs_look_is_not_counted(client, two):
    read(client, agent=ROBOTS[1])
    assert counted() == 0


@pytest.mark.parametrize("query", ["q=cabin", "q=cabin&sort=new"])
def test_a_search_is_not_counted(client, two, query):
    read(client, f"{PAGE}?{query}")
    assert counted() == 0


def test_no_cookie_and_no_word_where_the_store_is_away(client, two, no_store):
    response = read(client)
    assert not response.cookies
    assert two[0].code in response.content.decode()
