"""What a public brand shows without a key is kept as what widgets show is, and for nobody else."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.domain import tokens
from accounts.enums import Visibility
from accounts.models import Brand
from ideas.domain import tally
from ideas.domain.ideas import set_hidden
from ideas.domain.votes import cast_as_user
from tests.api.conftest import queries_sent
from tests.factories import make_idea, make_user

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/api/v1/brands/mio/ideas/?sort=top"
PATHS = [LIST, "/api/v1/brands/mio/ideas/", "/api/v1/brands/mio/ideas/?challenge=street&limit=5"]


def get(path=LIST, client=None, **headers):
    return (client or Client()).get(path, headers=headers)


def titles(response):
    return [idea["title"] for idea in response.json()["results"]]


@pytest.mark.parametrize("path", PATHS)
def test_a_second_visitor_costs_no_query_and_gets_the_same(idea, path):
    first = get(path)
    with queries_sent() as sent:
        again = get(path)
    assert sent == []
    assert again.content == first.content
    assert {*again.items()} ^ {*first.items()} == {
        ("X-Request-ID", first["X-Request-ID"]), ("X-Request-ID", again["X-Request-ID"])
    }  # fmt: skip
    assert "no-cache" in again["Cache-Control"]
    assert {"Authorization", "Cookie", "Accept-Language"} <= set(again["Vary"].split(", "))
    assert get(path, **{"If-None-Match": again["ETag"]}).status_code == 304


def test_what_still_holds_after_a_second_costs_one_query(idea, a_second_later):
    first = get()
    a_second_later()
    with queries_sent() as sent:
        assert get().content == first.content
    assert len(sent) == 1


def test_votes_ideas_and_hiding_show_within_a_second(idea, challenge, alice, a_second_later):
    get()
    other = make_idea(challenge, title="One more idea")
    cast_as_user(code=other.code, user_id=make_user().pk, value=1)
    tally.fold_until_settled()
    a_second_later()
    assert titles(get()) == ["One more idea", idea.title]
    set_hidden(idea=other, hidden=True, actor=alice)
    a_second_later()
    assert titles(get()) == [idea.title]


def test_a_brand_that_closes_is_gone_within_a_second(idea, a_second_later):
    assert get().status_code == 200
    Brand.objects.update(visibility=Visibility.MEMBERS)
    a_second_later()
    assert get().status_code == 404
    assert get().status_code == 404


def test_each_language_has_its_own(idea):
    by_header = get(**{"Accept-Language": "fr"})
    french = Client()
    french.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    by_cookie = get(client=french)
    assert by_header.content == by_cookie.content != get().content


def test_whoever_says_who_they_are_gets_their_own(idea, charlie):
    before = get().json()["results"][0]
    cast_as_user(code=idea.code, user_id=charlie.pk, value=1)
    member = Client()
    member.force_login(charlie)
    secret = tokens.create_token(user=charlie, name="mine")
    for answer in (get(client=member), get(Authorization=f"Bearer {secret}")):
        own = answer.json()["results"][0]
        assert (own["support"], own["my_vote"]) == (before["support"] + 1, 1)
        assert "private" in answer["Cache-Control"]
    kept = get().json()["results"][0]
    assert (kept["support"], kept["my_vote"]) == (before["support"], None)


@pytest.mark.parametrize("path", [f"{LIST}&q=idea", f"{LIST}&tag=x", f"{LIST}&sort=new"])
def test_what_may_be_anything_is_kept_for_nobody(idea, path):
    get(path)
    with queries_sent() as sent:
        get(path)
    assert sent
