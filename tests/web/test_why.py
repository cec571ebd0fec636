"""The page that says why an idea stands where it does, and the same by the API."""

import re

import pytest

from ideas.domain import orders, tally
from ideas.domain.votes import cast_as_user
from ideas.enums import Mode
from ideas.models import Exposure, Idea
from tests.factories import make_challenge, make_idea, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def liked(brand):
    idea = make_idea(make_challenge(brand, slug="liked", mode=Mode.UP_DOWN))
    for value in [1, 1, -1]:
        cast_as_user(code=idea.code, user_id=make_user().pk, value=value)
    tally.fold_until_settled()
    Exposure.objects.create(idea=idea, views=20, times=31)
    orders.rebuild_all_of(brand.pk)
    return idea


def words(response):
    """Its text, without the tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


@pytest.mark.parametrize("sort", ["hot", "best", "discover", "rising"])
def test_the_page_shows_terms_that_add_up(client, liked, sort):
    page = client.get(f"/i/{liked.code}/why/?sort={sort}")
    assert page.status_code == 200
    found = page.context["why"]
    shown = page.content.decode()
    assert "Place 1 of 1" in shown
    for term in found.terms:
        assert term.text in shown
    assert sum(round(t.value, 3) for t in found.terms) == pytest.approx(found.score, abs=0.01)


def test_the_page_says_how_often_the_idea_was_shown(client, liked):
    shown = words(client.get(f"/i/{liked.code}/why/"))
    assert (
        "Times shown in lists 31 Views, weighed by place 20.0 Votes for each 100 views 15.0"
        in shown
    )


def test_an_idea_with_more_votes_than_views_is_said_not_to_be_measured(client, liked, alice):
    Exposure.objects.update(views=2.5, times=4)
    told = "Votes for each 100 views Not measured: it has more votes than views that were counted."
    assert told in words(client.get(f"/i/{liked.code}/why/"))
    exposure = client.get(f"/api/v1/ideas/{liked.code}/why/").json()["exposure"]
    assert exposure == {"times": 4, "views": 2.5, "votes_per_100_views": None}
    client.force_login(alice)
    assert told in words(client.get(f"/desk/mio/ideas/{liked.code}/"))
    Exposure.objects.update(views=3)
    assert "Votes for each 100 views 100.0" in words(client.get(f"/i/{liked.code}/why/"))


@pytest.mark.parametrize("sort", ["", "top", "nonsense", "é"])
def test_an_order_that_is_not_explained_is_discover(client, liked, sort):
    assert client.get(f"/i/{liked.code}/why/", {"sort": sort}).context["why"].sort == "discover"


def test_an_idea_without_a_version_is_said_to_be_young(client, idea):
    shown = client.get(f"/i/{idea.code}/why/").content.decode()
    assert "No place yet" in shown


def test_hidden_counts_refuse_the_page_and_the_api(client, brand):
    phases = [{"title": "Blind", "verbs": ["submit", "vote"], "hides_counts": True}]
    idea = make_idea(make_challenge(brand, slug="blind", phases=phases))
    assert client.get(f"/i/{idea.code}/why/?sort=best").status_code == 400
    response = client.get(f"/api/v1/ideas/{idea.code}/why/?sort=best")
    assert (response.status_code, response.json()["code"]) == (400, "sort_hidden")
    assert "why/" not in client.get(f"/i/{idea.code}/{idea.slug}/").content.decode()


def test_the_ideas_page_and_the_desk_lead_there(client, liked, alice):
    link = f'href="/i/{liked.code}/why/"'
    assert link in client.get(f"/i/{liked.code}/{liked.slug}/").content.decode()
    client.force_login(alice)
    desk = client.get(f"/desk/mio/ideas/{liked.code}/")
    assert link in desk.content.decode()
    assert "Times shown in lists 31" in words(desk)


@pytest.mark.parametrize(
    ("came", "query"),
    [
        ("http://testserver/b/mio/c/liked/?q=a&sort=best", "?sort=best"),
        ("http://testserver/b/mio/?sort=hot&sort=rising", "?sort=rising"),
        ("http://testserver/b/mio/c/liked/?sort=top", ""),
        ("http://testserver/b/mio/c/liked/?sort=%22%3E", ""),
        ("http://testserver/b/mio/c/liked/", ""),
        ("http://elsewhere.example/?sort=best", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_the_link_carries_the_order_that_the_reader_came_from(client, liked, came, query):
    page = client.get(f"/i/{liked.code}/{liked.slug}/", headers={"Referer": came})
    assert f'href="/i/{liked.code}/why/{query}"' in page.content.decode()


def test_the_shown_terms_add_up_to_the_shown_score(client, liked):
    for sort in ("hot", "best", "discover", "rising"):
        page = client.get(f"/i/{liked.code}/why/?sort={sort}").content.decode()
        *terms, score = [
            float(n.replace("\N{MINUS SIGN}", "-")) for n in re.findall(r"<td>([^<]+)</td>", page)
        ]
        assert round(sum(terms), 3) == score


def test_a_merged_idea_explains_the_one_it_became(client, liked):
    merged = make_idea(liked.challenge)
    Idea.objects.filter(pk=merged.pk).update(merged_into=liked)
    assert client.get(f"/i/{merged.code}/why/").context["full"] == liked


def test_the_api_tells_the_same(client, liked):
    body = client.get(f"/api/v1/ideas/{liked.code}/why/?sort=best").json()
    assert sum(term["value"] for term in body["terms"]) == pytest.approx(body["score"], abs=0.01)
    assert body["score"] == pytest.approx((2 + 10 * 4 / 7) / 13)
    assert (body["idea"], body["sort"], body["place"], body["ideas"], body["version"]) == (
        liked.code, "best", 1, 1, 1,
    )  # fmt: skip
    assert body["exposure"] == {"times": 31, "views": 20, "votes_per_100_views": 15}
    assert len(body["interval"]) == 2
    assert client.get(f"/api/v1/ideas/{liked.code}/why/").json()["sort"] == "discover"
    hot = client.get(f"/api/v1/ideas/{liked.code}/why/?sort=hot").json()
    assert (hot["version"], hot["built_at"], hot["score"]) == (
        None,
        None,
        pytest.approx(1, abs=0.01),
    )


@pytest.mark.parametrize(
    ("query", "code"), [("sort=top", "invalid"), ("why=1", "unknown_parameter")]
)
def test_the_api_refuses_what_it_does_not_know(client, liked, query, code):
    response = client.get(f"/api/v1/ideas/{liked.code}/why/?{query}")
    assert (response.status_code, response.json()["code"]) == (400, code)
