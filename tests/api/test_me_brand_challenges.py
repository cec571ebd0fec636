"""GET me/, brands/{brand}/ and brands/{brand}/challenges/"""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from accounts.enums import Scope, Visibility
from ideas.domain import challenges
from ideas.enums import Mode, Period, Voters
from tests.api.conftest import queries_sent, refusal
from tests.factories import make_brand, make_challenge

pytestmark = pytest.mark.django_db


def test_a_member_hears_who_they_are_and_where_they_answer(brand, as_member, as_program, bob):
    expected = {
        "kind": "member",
        "handle": bob.handle,
        "name": "Bob",
        "email": bob.email,
        "language": "en",
        "brands": [{"slug": "mio", "name": "Mio Motors", "role": "manager"}],
        "scopes": None,
    }
    assert as_member(bob).get("me/").json() == as_program(bob).get("me/").json() == expected


def test_a_key_hears_its_brand_and_its_scopes(brand, as_server, as_widget):
    place = [{"slug": "mio", "name": "Mio Motors", "role": None}]
    nobody = {"handle": None, "name": None, "email": None, "language": None, "brands": place}
    server = as_server(brand, Scope.VOTE, Scope.READ).get("me/").json()
    assert server == {"kind": "key", **nobody, "scopes": ["read", "vote"]}
    assert as_widget(brand).get("me/").json() == {"kind": "widget", **nobody, "scopes": ["widget"]}


def test_a_visitor_is_nobody(visitor):
    assert refusal(visitor.get("me/")) == (401, "sign_in_required")


@pytest.mark.parametrize("brands", [1, 3])
def test_me_is_two_queries_however_many_brands(as_member, charlie, brands):
    for _n in range(brands):
        make_brand(owner=charlie)
    caller = as_member(charlie)
    with queries_sent() as sent:
        assert len(caller.get("me/").json()["brands"]) == brands
    assert len(sent) == 2


def test_a_brand_is_shown_to_everybody(brand, visitor):
    shown = visitor.get("brands/mio/").json()
    assert len(shown.pop("statuses")) == 9  # tests/api/test_status.py reads them
    assert shown == {
        "slug": "mio",
        "url": f"{settings.PUBLIC_URL}/b/mio/",
        "name": "Mio Motors",
        "tagline": "",
        "language": "en",
        "visibility": "public",
        "accent": {"light": "#c52d1f", "dark": "#fb8371"},
        "created": brand.created_at.isoformat(),
    }


@pytest.mark.parametrize("path", ["brands/mio/", "brands/mio/challenges/"])
def test_a_members_only_brand_is_404_for_strangers(
    brand, visitor, as_member, as_server, as_widget, charlie, rita, path
):
    brand.visibility = Visibility.MEMBERS
    brand.save()
    for caller in (visitor, as_member(charlie), as_widget(brand)):
        assert refusal(caller.get(path)) == (404, "not_found")
    for caller in (as_member(rita), as_server(brand, Scope.READ)):
        assert caller.get(path).status_code == 200


@pytest.mark.parametrize("path", ["brands/mio/", "brands/mio/challenges/"])
def test_a_key_needs_the_scope_to_read(brand, as_server, path):
    assert refusal(as_server(brand, Scope.WRITE).get(path)) == (403, "not_allowed")


def test_a_challenge_says_what_may_be_done(brand, visitor):
    phase = {
        "title": "Vote",
        "verbs": ["vote"],
        "closes_at": datetime(2100, 1, 1, tzinfo=UTC),
        "hides_counts": True,
    }
    make_challenge(
        brand,
        slug="doors",
        title="How many doors?",
        body="*Two*?",
        mode=Mode.POINTS,
        max_points=3,
        budget=9,
        budget_period=Period.WEEK,
        licence="Yours.",
        half_life=timedelta(hours=12),
        who_votes=Voters.ADMITTED,
        phases=[phase],
    )
    shown, permanent = visitor.get("brands/mio/challenges/").json()["results"]
    assert shown | {"created": "", "published": ""} == {
        "slug": "doors",
        "url": f"{settings.PUBLIC_URL}/b/mio/c/doors/",
        "brand": "mio",
        "title": "How many doors?",
        "body": "*Two*?",
        "body_html": "<p><em>Two</em>?</p>\n",
        "language": "en",
        "permanent": False,
        "mode": "points",
        "max_points": 3,
        "budget": 9,
        "budget_period": "week",
        "half_life_days": 0.5,
        "who_votes": "admitted",
        "licence": "Yours.",
        "licence_version": 1,
        "rules_version": 1,
        "closed": False,
        "cover": None,
        "published": "",
        "counts_hidden": True,
        "allows": ["vote"],
        "phases": [
            {
                "title": "Vote",
                "opens": None,
                "closes": "2100-01-01T00:00:00+00:00",
                "allows": ["vote"],
                "hides_counts": True,
            }
        ],
        "created": "",
    }
    assert (permanent["slug"], permanent["permanent"], permanent["budget_period"]) == (
        "open",
        True,
        None,
    )


def test_a_closed_challenge_allows_nothing(challenge, visitor):
    challenges.set_closed(challenge=challenge, closed=True, actor=None)
    assert visitor.get("brands/mio/challenges/").json()["results"][0]["allows"] == []


@pytest.mark.parametrize("made", [1, 3])
def test_challenges_are_three_queries_however_many(brand, visitor, made):
    for _n in range(made):
        make_challenge(brand)
    with queries_sent() as sent:
        assert len(visitor.get("brands/mio/challenges/").json()["results"]) == made + 1
    assert len(sent) == 3


@pytest.mark.parametrize("path", ["me/", "brands/mio/", "brands/mio/challenges/"])
def test_a_parameter_is_unknown(brand, as_member, alice, path):
    assert refusal(as_member(alice).get(f"{path}?x=1")) == (400, "unknown_parameter")
