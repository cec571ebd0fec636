"""GET brands/{brand}/ideas/?q=… and its filters; GET …/similar/ of a brand and of an idea."""

from datetime import UTC, datetime

import pytest

from accounts import limits
from accounts.enums import Scope
from ideas.domain import ideas
from ideas.models import Idea
from tests.api.conftest import blamed, refusal
from tests.factories import make_challenge, make_idea, make_participant

pytestmark = pytest.mark.django_db

LIST = "brands/mio/ideas/"


def titles(response):
    assert response.status_code == 200, response.content
    return [idea["title"] for idea in response.json()["results"]]


@pytest.fixture
def three(challenge, charlie):
    author = make_participant(challenge.brand, charlie)
    made = [
        make_idea(challenge, author=author, title="Des lanternes créées", language="fr"),
        make_idea(challenge, title="A bench", body="Under a lanterne.", tags=["wood"]),
        make_idea(challenge, title="A tree"),
    ]
    Idea.objects.filter(pk=made[0].pk).update(status="planned")
    Idea.objects.filter(pk=made[1].pk).update(created_at=datetime(2025, 3, 31, 23, tzinfo=UTC))
    return made


def test_words_are_found_best_match_first(three, visitor):
    assert titles(visitor.get(f"{LIST}?q=lanterne")) == ["Des lanternes créées", "A bench"]
    assert titles(visitor.get(f"{LIST}?q=cree lanternes")) == ["Des lanternes créées"]
    assert titles(visitor.get(f"{LIST}?q=helicopter")) == []


def test_an_order_that_is_named_is_kept(three, visitor):
    for sort in ("new", "hot", "top", "discussed", "random"):
        found = titles(visitor.get(f"{LIST}?q=lanterne&sort={sort}"))
        assert set(found) == {"Des lanternes créées", "A bench"}
    assert titles(visitor.get(f"{LIST}?q=lanterne&sort=new")) == ["Des lanternes créées", "A bench"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("language=fr", ["Des lanternes créées"]),
        ("status=planned", ["Des lanternes créées"]),
        ("tag=Wood", ["A bench"]),
        ("until=2025-03-31", ["A bench"]),
        ("until=2025-03-30", []),
        ("since=2025-03-31&until=2025-03-31", ["A bench"]),
        ("q=lanterne&since=2026-01-01", ["Des lanternes créées"]),
        ("q=lanterne&tag=wood&challenge=street", ["A bench"]),
    ],
)
def test_filters_narrow_with_and_without_words(three, visitor, query, found):
    assert titles(visitor.get(f"{LIST}?{query}")) == found


def test_an_author_is_named_by_handle(three, visitor, charlie, bob):
    assert titles(visitor.get(f"{LIST}?author={charlie.handle}")) == ["Des lanternes créées"]
    for name in (bob.handle, three[0].author.ref, "nobody"):
        assert blamed(visitor.get(f"{LIST}?author={name}")) == {"author": ["unknown"]}


@pytest.mark.parametrize(
    ("query", "problems"),
    [
        ("status=nonsense", {"status": ["invalid_choice"]}),
        ("language=xx", {"language": ["invalid_choice"]}),
        ("since=2026-13-01", {"since": ["invalid"]}),
        ("since=20260101", {"since": ["invalid"]}),
        ("until=", {"until": ["blank"]}),
        ("tag=&author=&q=", {"tag": ["blank"], "author": ["blank"]}),
        ("since=2026-02-01&until=2026-01-01", {"until": ["too_early"]}),
        ("q=" + "x" * 201, {"q": ["too_long"]}),
        ("q=%00", {"q": ["invalid"]}),
    ],
)
def test_what_no_idea_could_be_like_is_refused_by_name(three, visitor, query, problems):
    assert blamed(visitor.get(f"{LIST}?{query}")) == problems


def test_pages_of_the_best_matches_meet(challenge, visitor):
    for n in range(5):
        make_idea(challenge, title=f"Lantern {n}")
    seen, cursor = [], ""
    while cursor is not None:
        body = visitor.get(f"{LIST}?q=lantern&limit=2&cursor={cursor}".rstrip("=")).json()
        seen += [idea["title"] for idea in body["results"]]
        cursor = body["next"]
    assert sorted(seen) == [f"Lantern {n}" for n in range(5)]
    assert refusal(visitor.get(f"{LIST}?q=lantern&cursor=WyJuZXciXQ")) == (400, "bad_cursor")


# ideas like others


def test_a_text_has_ideas_like_it(three, visitor):
    body = visitor.get("brands/mio/similar/?q=des lanternes crees").json()
    assert [(one["title"], one["near_copy"]) for one in body["results"]] == [
        ("Des lanternes créées", True)
    ]
    assert visitor.get("brands/mio/similar/?q=helicopter").json() == {"results": []}


@pytest.mark.parametrize(
    ("query", "problem"), [("", "required"), ("q=", "required"), ("q=" + "x" * 301, "too_long")]
)
def test_a_text_must_be_one(three, visitor, query, problem):
    assert blamed(visitor.get(f"brands/mio/similar/?{query}")) == {"q": [problem]}


def test_an_idea_has_others_like_it_and_is_none_of_them(challenge, visitor):
    one, other = (make_idea(challenge, title=f"A lantern for the harbour {n}") for n in range(2))
    hidden = make_idea(challenge, title="A lantern for the harbour 3")
    ideas.set_hidden(idea=hidden, hidden=True, actor=None)
    assert titles(visitor.get(f"ideas/{one.code}/similar/")) == [other.title]
    assert visitor.get(f"ideas/{hidden.code}/similar/").status_code == 404
    assert refusal(visitor.get(f"ideas/{one.code}/similar/?q=x")) == (400, "unknown_parameter")


def test_another_brands_ideas_are_never_like_ours(three, visitor, as_server, mallory):
    rival = mallory.memberships.get().brand
    make_idea(make_challenge(rival), title="Des lanternes créées ailleurs")
    assert titles(visitor.get("brands/mio/similar/?q=lanternes créées ailleurs")) == [
        "Des lanternes créées"
    ]
    assert as_server(rival).get("brands/mio/similar/?q=x").status_code == 404
    assert as_server(rival, Scope.VOTE).get("brands/rival/similar/?q=x").status_code == 403


def test_whoever_asks_too_fast_waits_and_keys_have_a_rate_of_their_own(
    three, visitor, as_server, monkeypatch
):
    monkeypatch.setattr(
        limits, "SIMILAR_FROM_NETWORK", limits.Limit("similar-network", 1, limits.MINUTE)
    )
    assert visitor.get("brands/mio/similar/?q=x").status_code == 200
    assert refusal(visitor.get("brands/mio/similar/?q=x")) == (429, "too_many")
    server = as_server(three[0].brand)
    assert {server.get("brands/mio/similar/?q=x").status_code for _n in range(3)} == {200}
