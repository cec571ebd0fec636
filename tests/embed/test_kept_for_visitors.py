"""What a public brand shows without a key is kept as what widgets show is, and for nobody else."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.domain import activity, tokens
from accounts.domain.mailboxes import prove
from accounts.domain.participants import claimed
from accounts.domain.people import change_profile
from accounts.enums import Visibility
from accounts.models import Brand
from ideas.domain import tally
from ideas.domain.ideas import set_hidden
from ideas.domain.votes import cast_as_user
from tests.api.conftest import queries_sent
from tests.factories import make_idea, make_participant, make_user

pytestmark = pytest.mark.django_db(transaction=True)

HIDING = "/api/v1/brands/mio/ideas/?challenge=street"  # in a round that hides its counts
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
    assert get(path, **{"If-None-Match": again["ETag"]}).status_code == 304


def test_what_is_kept_says_of_itself_what_is_made_anew_says(idea):
    get()
    stale = Client()
    stale.cookies[settings.SESSION_COOKIE_NAME] = "n" * 32  # nobody's: never answered from there
    with queries_sent() as sent:
        made = get(client=stale)
    assert sent
    heads = [{**answer.headers, "X-Request-ID": ""} for answer in (get(), made)]
    assert heads[0] == heads[1]
    assert heads[0]["Cache-Control"] == "no-cache"
    assert get().content == made.content


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


def test_a_round_that_begins_to_hide_the_counts_does_so_at_once(idea, a_second_later):
    path = "/api/v1/brands/mio/ideas/?sort=new"
    assert get(path).json()["results"][0]["support"] == 0
    idea.challenge.rules.phases.update(hides_counts=True)
    a_second_later()
    assert get(path).json()["results"][0]["support"] is None


def by_profile(user):
    change_profile(
        user=user, display_name="Renamed", handle="renamed", language="en", time_zone="",
        interests=[],
    )  # fmt: skip


def by_sign_up(user):
    """What a host posted in the name of an address becomes theirs."""
    type(user).objects.filter(pk=user.pk).update(display_name="Renamed")
    prove(user=user, email="guest@example.org")


@pytest.mark.parametrize("change", [by_profile, by_sign_up])
def test_an_author_who_is_called_otherwise_is_called_so(challenge, charlie, a_second_later, change):
    mio = challenge.brand
    guest = claimed(brand=mio, key=None, external_id=None, email="guest@example.org", name="Guest")
    make_idea(challenge, author=guest if change is by_sign_up else make_participant(mio, charlie))
    get()
    change(charlie)
    for _n in range(20):  # of others, who change no name
        activity.record("mailbox.taken", subject=("person", "somebody"))
    a_second_later()
    assert get().json()["results"][0]["author"]["name"] == "Renamed"


@pytest.mark.parametrize("path", ["/api/v1/brands/mio/ideas/?sort=random", HIDING])
def test_chance_is_each_visitors_own(challenge, path):
    for n in range(12):
        make_idea(challenge, title=f"Idea {n}")
    challenge.rules.phases.update(hides_counts=path == HIDING)
    assert len({tuple(titles(get(path))) for _n in range(6)}) > 1


def test_thousands_of_parameters_are_refused_as_everywhere(idea):
    answer = get("/api/v1/brands/mio/ideas/?" + "&".join(f"a{n}=1" for n in range(1200)))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_look_that_fails_is_answered_as_every_failure(idea, a_second_later, monkeypatch):
    get()
    a_second_later()
    monkeypatch.setattr("api.shared.stamp_of_public", lambda **_: 1 / 0)
    answer = get(client=Client(raise_request_exception=False))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")


@pytest.mark.parametrize(
    "path", [f"{LIST}&{more}" for more in ("q=idea", "tag=x", "sort=new", "limit=7", "limit=020")]
)
def test_what_may_be_anything_is_kept_for_nobody(idea, path):
    get(path)
    with queries_sent() as sent:
        get(path)
    assert sent
