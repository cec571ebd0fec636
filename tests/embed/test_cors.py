"""Which sites may read what: W04. Exactly those that the key lists, and never with a cookie."""

import pytest

from tests.api.conftest import Api, bearer, refusal
from tests.embed.conftest import SHOP, host_of
from tests.factories import make_brand

pytestmark = pytest.mark.django_db

ALLOW = "Access-Control-Allow-Origin"
OTHERS = [
    "https://evil.example",
    "null",
    "https://shop.example.evil.example",
    "https://evilshop.example",
    "http://shop.example",
    "https://shop.example:8443",
    "https://SHOP.example",
    "https://shop.example/",
    "https://sub.shop.example",
    "*",
    "",
]


def preflight(api, path, method="PUT"):
    asked = {
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization",
    }
    return api.client.options(f"/api/v1/{path}", headers=api.headers | asked)


def test_a_listed_site_reads_by_the_key_in_the_address_or_as_bearer(host, idea):
    paths = ["brands/mio/", "brands/mio/challenges/", "brands/mio/ideas/", f"ideas/{idea.code}/"]
    paths += ["brands/mio/board/", "brands/mio/roadmap/"]
    key = f"?key={host.publishable}"
    for path in paths:
        for answer in (
            host.browser().get(path + key),
            host.browser(Authorization=f"Bearer {host.publishable}").get(path),
        ):
            assert answer.status_code == 200
            assert answer[ALLOW] == SHOP
            assert "Origin" in answer["Vary"]
            assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("origin", OTHERS)
def test_w04_no_other_site_reads_anything(host, idea, origin):
    key = f"?key={host.publishable}"
    visitor = host.visitor()
    for answer in (
        host.browser(Origin=origin).get(f"ideas/{idea.code}/{key}"),
        host.browser(Origin=origin).get(f"ideas/nothing9/{key}"),
        host.ask(host.sign(), Origin=origin)
        if origin
        else host.browser(Origin="x").get("me/" + key),
        preflight(host.browser(Origin=origin), f"ideas/{idea.code}/vote/{key}"),
        visitor.get(f"ideas/{idea.code}/", Origin=origin),
        visitor.put(f"ideas/{idea.code}/vote/", {"value": 1}, headers={"Origin": origin}),
    ):
        assert ALLOW not in answer
        assert "Origin" in answer["Vary"]
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("origin", OTHERS)
def test_a_session_is_bound_to_the_site_that_asked_for_it(brand, idea, origin):
    """Another site of the same key is another site, too."""
    host = host_of(brand, SHOP, "https://blog.example")
    visitor = host.visitor()
    for other in (origin, "https://blog.example"):
        answer = visitor.put(f"ideas/{idea.code}/vote/", {"value": 1}, headers={"Origin": other})
        assert refusal(answer) == (401, "bad_credential")
    answer = visitor.put(f"ideas/{idea.code}/vote/", {"value": 1})
    assert (answer.status_code, answer[ALLOW]) == (201, SHOP)


def test_a_session_without_a_site_is_no_browsers(host, idea):
    """The host's own server asked: its programs may use it, pages may not."""
    host.origin = ""
    browser = host.visitor()
    assert browser.put(f"ideas/{idea.code}/vote/", {"value": 1}).status_code == 201
    answer = browser.put(f"ideas/{idea.code}/vote/", {"value": 1}, headers={"Origin": SHOP})
    assert refusal(answer) == (401, "bad_credential")


def test_a_preflight_names_its_key(host, idea):
    path = f"ideas/{idea.code}/vote/"
    answer = preflight(host.browser(), f"{path}?key={host.publishable}")
    assert answer.status_code == 204
    assert answer[ALLOW] == SHOP
    assert answer["Access-Control-Allow-Methods"] == "PUT, DELETE"
    assert "authorization" in answer["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer
    answer = preflight(host.browser(), f"widget/sessions/?key={host.publishable}", "POST")
    assert (answer[ALLOW], answer["Access-Control-Allow-Methods"]) == (SHOP, "POST")


def test_a_preflight_tells_nothing_of_keys_sites_and_things(host, idea, brand, alice, make_host):
    """The same answer without a key, with a wrong or a foreign one, and for what is not there."""
    private = make_host(make_brand(visibility="members"), "https://secret.example")
    wrong = "cow_" + "a" * 32
    answers = [
        preflight(host.browser(), f"ideas/{idea.code}/vote/"),
        preflight(host.browser(), f"ideas/{idea.code}/vote/?key={wrong}"),
        preflight(host.browser(), f"ideas/{idea.code}/vote/?key={private.publishable}"),
        preflight(private.browser(), f"ideas/{idea.code}/vote/"),
        preflight(host.browser(), f"ideas/{idea.code}/vote/?key=a&key=b"),
        preflight(host.browser(), "ideas/nothing9/vote/"),
    ]
    seen = {(a.status_code, a.content, *sorted(n for n in a.headers)) for a in answers}
    assert len(seen) == 1
    assert answers[0].status_code == 204


@pytest.mark.parametrize("kind", ["visitor", "member", "program", "server"])
def test_nobody_elses_answers_are_for_other_sites(
    kind, host, idea, brand, charlie, as_member, as_program, as_server, visitor
):
    makers = {
        "visitor": lambda: visitor, "member": lambda: as_member(charlie),
        "program": lambda: as_program(charlie), "server": lambda: as_server(brand),
    }  # fmt: skip
    api = makers[kind]()
    for path in (f"ideas/{idea.code}/", "brands/mio/ideas/", "me/"):
        answer = api.get(path, Origin=SHOP)
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_a_cookie_is_not_read_beside_a_key(host, idea, charlie, as_member):
    """Whoever is signed in here is a stranger on every other site."""
    member = as_member(charlie)
    member.headers.pop("X-CSRFToken")
    key = f"?key={host.publishable}"
    assert member.get("me/" + key).json()["kind"] == "widget"
    assert member.get(f"ideas/{idea.code}/{key}").json()["my_vote"] is None
    answer = member.put(f"ideas/{idea.code}/vote/{key}", {"value": 1})
    assert refusal(answer) == (401, "sign_in_required")


def test_a_key_in_the_address_is_a_parameter_of_widgets_alone(host, as_program, charlie):
    key = f"?key={host.publishable}"
    visitor = Api()
    for answer in (as_program(charlie).get("me/" + key), visitor.get("brands/mio/?key=hello")):
        assert refusal(answer) == (400, "unknown_parameter")


def test_another_key_in_the_address_than_the_sessions_is_401(host, idea, make_host):
    other = make_host(make_brand(), SHOP)
    path = f"ideas/{idea.code}/vote/?key={other.publishable}"
    assert refusal(host.visitor().put(path, {"value": 1})) == (401, "bad_credential")
    named = host.browser(Authorization=f"Bearer {host.publishable}")
    assert refusal(named.get(f"me/?key={other.publishable}")) == (401, "bad_credential")


def test_a_session_in_an_address_is_refused_as_every_secret_is(host, idea):
    token = host.visitor().headers["Authorization"].removeprefix("Bearer ")
    answer = host.browser().get(f"ideas/{idea.code}/?key={token}")
    assert refusal(answer) == (400, "key_in_url")


def test_a_secret_key_in_the_address_is_still_refused(brand, as_server, idea):
    secret = as_server(brand).headers["Authorization"].removeprefix("Bearer ")
    assert refusal(bearer(secret).get(f"ideas/{idea.code}/?key={secret}"))[0] == 400


def test_what_a_key_reads_is_the_same_for_all_and_may_be_shared(host, idea):
    key = f"?key={host.publishable}"
    answer = host.browser().get(f"ideas/{idea.code}/{key}")
    assert "private" not in answer["Cache-Control"]
    assert not answer.cookies
