"""Somebody who means harm, at the API and at the edges of the pages: things of others, fields and
filters that are none, requests from other sites, frames, and addresses that lead elsewhere (Z01,
Z02, Z07, Z10, W01, W02, W09, W16). V20 is in tests/api/test_idempotency.py, W10 to W13 in
tests/api/test_key_security.py, W14 in tests/accounts/test_key_rights.py.
"""

import json
import logging
import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.test import Client

from accounts.domain import keys, tokens
from accounts.domain.teams import add_member
from accounts.enums import Role, Scope
from accounts.models import Participant
from ideas.domain import comments
from ideas.models import Comment, Decision, Follow, Idea, Image, Vote, VoteEvent
from tests.api.conforming import schema
from tests.api.conftest import Api, bearer, refusal, session_of
from tests.factories import make_brand, make_challenge, make_idea, make_participant
from tests.operators import signed_in
from tests.pictures import drawn, uploaded
from tests.test_access_matrix import FRAMES, TABLE, names
from tests.web.conftest import plain_and_quick as plain_and_quick
from tests.web.conftest import reader

__all__ = ["names"]

pytestmark = pytest.mark.django_db

OPERATIONS = [
    (method.upper(), path.removeprefix("/api/v1/"), operation)
    for path, methods in schema()["paths"].items()
    for method, operation in methods.items()
]
TALLY = [Idea, Comment, Vote, VoteEvent, Decision, Follow, Image, Participant]
FIELDS = sorted({field.name for model in apps.get_models() for field in model._meta.get_fields()})


def key_of(brand, *scopes):
    made = keys.create_key(brand=brand, scopes=list(scopes), origins=[], rate=0, actor=None)
    return bearer(made[1])


def rows():
    """Every row of what can be changed through the API, with all that it holds."""
    return [list(model.objects.order_by("pk").values()) for model in TALLY]


def without_id(answer):
    return answer.status_code, re.sub(r'"request_id":"[^"]*"', "", answer.content.decode())


# --- Z01, Z02: things of others -------------------------------------------------------------------


@pytest.fixture
def club(alice):
    """A members-only brand with an idea and a comment."""
    brand = make_brand("club", owner=alice, visibility="members")
    idea = make_idea(make_challenge(brand, slug="club"), author=make_participant(brand))
    said = comments.post(idea=idea, author=make_participant(brand), body="Inside")
    return {"slug": "club", "idea": idea.code, "comment": said.code, "challenge": "open"}


NOTHING = {"slug": "nothing", "idea": "nothing9", "comment": "nothing9", "challenge": "open"}


def address(path, of):
    """The path with these names put in."""
    code = of["comment" if path.startswith("comments/") else "idea"]
    names = {"{slug}": of["slug"], "{code}": code, "{challenge}": of["challenge"]}
    for name, value in names.items():
        path = path.replace(name, value)
    return path


def body_for(path, of):
    if path == "images/":
        return {"brand": of["slug"]}
    return {"title": "A roof", "body": "x", "value": 1, "status": "planned"}


def test_z01_a_stranger_gets_of_a_closed_brand_what_is_got_of_nothing(club, brand, mallory):
    """Every endpoint, every caller, to the byte; and nothing changes."""
    rival = mallory.memberships.get().brand
    callers = [
        Api(),
        session_of(mallory),
        bearer(tokens.create_token(user=mallory)),
        *(key_of(rival, scope) for scope in (Scope.READ, Scope.WRITE, Scope.VOTE, Scope.WIDGET)),
        key_of(brand, Scope.READ, Scope.WRITE, Scope.VOTE),
    ]
    before = rows()
    of_brands = [(method, path) for method, path, _found in OPERATIONS if "{" in path]
    assert len(of_brands) > 20
    for api in callers:
        for method, path in of_brands:
            query = "?q=roof" if path.endswith("{slug}/similar/") else ""
            there, nowhere = (
                api.send(method, address(path, of) + query, body_for(path, of))
                for of in (club, NOTHING)
            )
            assert without_id(there) == without_id(nowhere), (method, path)
            assert there.status_code in {401, 403, 404}, (method, path)
    assert rows() == before


def test_z01_a_closed_brand_named_in_a_body_is_not_there_either(club, brand, charlie):
    for api in (session_of(charlie), key_of(brand, Scope.WRITE)):
        found = [
            api.client.post(
                "/api/v1/images/", {"brand": slug, "file": reader_of_picture()}, headers=api.headers
            )
            for slug in ("club", "nothing")
        ]
        assert without_id(found[0]) == without_id(found[1])
        assert found[0].status_code == 404
    assert Image.objects.count() == 0


def reader_of_picture():
    from io import BytesIO  # noqa: PLC0415 - one use

    file = BytesIO(drawn(40, 30))
    file.name = "roof.png"
    return file


def test_z02_a_thing_under_a_parent_that_is_not_its_own_is_not_there(
    brand, idea, charlie, alice, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    other = make_brand("other", owner=alice)
    theirs = make_idea(make_challenge(other, slug="theirs"), author=make_participant(other))
    said = comments.post(idea=theirs, author=make_participant(other), body="There")
    image = uploaded(other, None)
    member, boss = session_of(charlie), signed_in(alice)
    for path in (
        "brands/mio/ideas/?challenge=theirs",
        "brands/other/ideas/?challenge=street",
    ):
        assert refusal(member.get(path)) == (404, "not_found")
    posted = {
        "brands/mio/ideas/": {"title": "A roof", "challenge": "theirs"},
        f"ideas/{idea.code}/comments/": {"body": "Yes", "parent": said.code},
        "brands/mio/ideas": {},
    }
    for path, sent in posted.items():
        assert member.post(path, sent).status_code in {400, 404}
    mine = {"title": "A roof", "images": [image.code]}
    assert refusal(key_of(brand, Scope.WRITE).post("brands/mio/ideas/", mine))[0] == 400
    for page in (
        "/b/mio/c/theirs/",
        "/b/mio/c/theirs/rules/",
        f"/i/{idea.code}/comments/{said.code}/",
        f"/i/{idea.code}/comments/{said.code}/edit/",
        f"/i/{idea.code}/pictures/{image.code}-40.webp",
        f"/b/mio/pictures/{image.code}-40.webp",
        f"/desk/mio/ideas/{theirs.code}/",
        "/desk/mio/challenges/theirs/",
        f"/desk/mio/people/{theirs.author.ref}/stop/",
    ):
        assert boss.get(page).status_code == 404, page
    for page in (
        f"/desk/mio/ideas/{theirs.code}/hide/",
        f"/desk/mio/ideas/{theirs.code}/status/",
        f"/desk/mio/comments/{said.code}/hide/",
        f"/i/{idea.code}/comments/{said.code}/delete/",
    ):
        form = {"status": "planned", "reason": "Out of place here."}
        assert boss.post(page, form).status_code == 404, page
    assert Idea.objects.filter(hidden=True).count() == 0
    assert Comment.objects.filter(hidden=True).count() == 0
    assert Comment.objects.filter(deleted_at=None).count() == 1


# --- Z07: filters, orders and fields that are none ------------------------------------------------

LOOKUPS = ["__startswith", "__regex", "__in", "__isnull", "__gt", "_id", "__email__contains"]
OTHER_NAMES = [
    "ordering", "order_by", "fields", "expand", "include", "exclude", "filter", "page", "offset",
    "format", "callback", "jsonp", "_method", "method", "token", "api_key", "access_token", "debug",
    "sort[]", "limit[]", "q[$ne]", "author__password", "author__user__email__startswith",
    "brand__apikey__hash__startswith",
]  # fmt: skip
TAKEN = {
    parameter["name"]
    for _method, _path, found in OPERATIONS
    for parameter in found.get("parameters", [])
    if parameter["in"] == "query"
}


@pytest.fixture
def busy(brand, challenge, charlie):
    """Somebody who may do all that can be done, with an idea and a comment of their own: the names
    of these, and their browser.
    """
    add_member(brand=brand, user=charlie, role=Role.MANAGER)
    author = make_participant(brand, charlie)
    idea = make_idea(challenge, author=author)
    said = comments.post(idea=idea, author=author, body="Mine")
    return {
        "slug": "mio",
        "idea": idea.code,
        "comment": said.code,
        "challenge": "open",
    }, session_of(charlie)


def test_z07_no_endpoint_takes_a_parameter_that_the_schema_does_not_name(busy):
    """Each verb of each endpoint; and nothing is done."""
    of, member = busy
    before = rows()
    for method, path, found in OPERATIONS:
        known = [one for one in found.get("parameters", []) if one["in"] == "query"]
        named = {one["name"] for one in known}
        needed = "".join(f"&{one['name']}=roof" for one in known if one.get("required"))
        api = Api() if path == "widget/sessions/" else member
        for name in sorted((TAKEN | {"nonsense", "author__email__startswith"}) - named):
            query = f"?{name}=1{needed}"
            answer = api.send(method, address(path, of) + query, body_for(path, of))
            assert refusal(answer) == (400, "unknown_parameter"), (method, path, name)
            assert list(answer.json()["fields"]) == [name]
    assert rows() == before


def test_z07_no_path_through_our_models_is_a_filter(brand, idea):
    visitor = Api()
    lists = ["brands/mio/ideas/", f"ideas/{idea.code}/comments/", "brands/mio/challenges/"]
    tried = OTHER_NAMES + [
        name + end for name in FIELDS if name not in TAKEN for end in ("", *LOOKUPS[:2])
    ]
    tried += [name + end for name in ("author", "brand", "challenge") for end in LOOKUPS]
    assert len(tried) > 300
    query = "&".join(f"{name}=1" for name in tried)
    for path in lists:
        for name in OTHER_NAMES + tried[-21:]:
            assert refusal(visitor.get(f"{path}?{name}=1")) == (400, "unknown_parameter")
        answer = visitor.get(f"{path}?{query}")
        assert refusal(answer) == (400, "unknown_parameter")


@pytest.mark.parametrize(
    "order",
    ["author__password", "-created", "password", "hot desc", "hot;", "1", "HOT", "hot,new", "?"],
)
def test_z07_no_order_that_is_not_named_is_taken(idea, order):
    for path in ("brands/mio/ideas/", f"ideas/{idea.code}/comments/", f"ideas/{idea.code}/why/"):
        assert refusal(Api().client.get(f"/api/v1/{path}", {"sort": order})) == (400, "invalid")


# --- Z10: fields that are nobody's to set ---------------------------------------------------------


POWER = [
    "id", "pk", "code", "brand_id", "support", "points", "hidden", "closed", "deleted_at",
    "merged_into", "is_staff", "is_superuser", "role", "verified", "email_verified", "official",
    "pinned", "weight", "state", "source", "created_at", "revision", "licence", "participant",
    "user", "user_id", "score", "batch", "at",
]  # fmt: skip


def test_z10_every_field_of_every_model_is_refused_by_every_verb(busy):
    """All of them sent at once, and each that names power alone: refused, and nothing changed."""
    of, api = busy
    before = rows()
    for method, path, found in OPERATIONS:
        if method == "GET" or path in {"images/", "widget/sessions/"}:
            continue
        known = properties(found)
        good = {name: VALUES[name] for name in known & set(VALUES)}
        wrong = [{name: 1 for name in FIELDS if name not in known}]
        for sent in wrong + [{name: 1} for name in POWER if name not in known]:
            answer = api.send(method, address(path, of), sent | good)
            assert refusal(answer)[0] == 400, (method, path, list(sent)[:3])
            problems = answer.json()["fields"].values()
            assert {one["code"] for field in problems for one in field} == {"unknown_field"}
    assert rows() == before


VALUES = {"title": "Another roof", "body": "Other words", "value": 1, "status": "planned"}


def properties(operation):
    """The fields that a body of it may have."""
    if "requestBody" not in operation:
        return set()
    shape = operation["requestBody"]["content"]["application/json"]["schema"]
    name = shape["$ref"].rpartition("/")[2]
    return set(schema()["components"]["schemas"][name]["properties"])


def test_z10_a_picture_takes_its_own_fields_alone(brand, charlie):
    api = session_of(charlie)
    for name in ("code", "idea", "place", "uploader", "width", "at", "author.user", "author.id"):
        sent = {"brand": "mio", "file": reader_of_picture(), name: "1"}
        answer = api.client.post("/api/v1/images/", sent, headers=api.headers)
        assert refusal(answer)[0] == 400
    assert Image.objects.count() == 0


# --- W01: requests from other sites ---------------------------------------------------------------

FORMS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
ELSEWHERE = {"Origin": "https://evil.example", "Referer": "https://evil.example/a"}


def writing():
    return [(method, path) for method, path, _found in OPERATIONS if method != "GET"]


def test_w01_no_page_of_another_site_does_anything_with_a_members_session(brand, idea, charlie):
    """With the cookie and even with the token, as a form and as JSON that a form can send."""
    said = comments.post(idea=idea, author=make_participant(brand, charlie), body="Mine")
    of = {"slug": "mio", "idea": idea.code, "comment": said.code, "challenge": "open"}
    before = rows()
    for method, path in writing():
        if path == "widget/sessions/":  # it asks for no session
            continue
        for kind in (*FORMS, "application/json"):
            api = session_of(charlie)
            body = json.dumps(body_for(path, of)).encode()
            where = address(path, of)
            answer = api.send(method, where, body, headers=ELSEWHERE, content_type=kind)
            assert refusal(answer) == (403, "csrf_failed")
            del api.headers["X-CSRFToken"]
            answer = api.send(method, where, body, content_type=kind)
            assert refusal(answer) == (403, "csrf_failed")
    assert rows() == before


@pytest.mark.parametrize("kind", FORMS)
def test_w01_a_form_is_no_json_with_a_token_either(brand, idea, charlie, kind):
    api, before = bearer(tokens.create_token(user=charlie)), rows()
    for method, path in writing():
        if "images/" in path or path == "widget/sessions/":
            continue
        of = {"slug": "mio", "idea": idea.code, "comment": "nothing9", "challenge": "open"}
        answer = api.send(method, address(path, of), b'{"value": 1}', content_type=kind)
        assert answer.status_code in {403, 404, 415}, (method, path)
    assert rows() == before


OVERRIDES = [
    {"X-HTTP-Method-Override": "DELETE"},
    {"X-HTTP-Method": "DELETE"},
    {"X-Method-Override": "PUT"},
]


@pytest.mark.parametrize("header", OVERRIDES)
def test_w01_no_header_and_no_field_makes_another_method_of_a_request(idea, charlie, header):
    api = session_of(charlie)
    api.put(f"ideas/{idea.code}/vote/", {"value": 1})
    before = rows()
    for path in (f"ideas/{idea.code}/vote/", f"ideas/{idea.code}/follow/"):
        assert api.get(path, **header).status_code == 405
        assert api.post(path, {"value": 1, "_method": "DELETE"}, headers=header).status_code == 405
    assert api.get(f"ideas/{idea.code}/", **header).status_code == 200
    page = reader(charlie)
    page.post(f"/i/{idea.code}/", {"_method": "DELETE"}, headers=header)
    assert rows() == before


# --- W02: frames ----------------------------------------------------------------------------------


def test_w02_no_page_may_be_put_into_a_frame(names, alice, brand):
    """Nor its errors; the frames of widgets are in tests/embed."""
    pages = 0
    for client in (Client(), signed_in(alice)):
        for path in TABLE.keys() - FRAMES:
            answer = client.get(path.format(**names))
            assert answer["X-Frame-Options"] == "DENY", path
            if "text/html" in answer.get("Content-Type", ""):
                pages += 1
                policy = answer["Content-Security-Policy"]
                assert "frame-ancestors 'none'" in policy, path
    assert pages > 100


# --- W09: secrets in addresses --------------------------------------------------------------------


def test_w09_a_secret_in_an_address_reaches_no_log_of_ours(brand, caplog):
    made = keys.create_key(brand=brand, scopes=[Scope.READ], origins=[], rate=0, actor=None)
    caplog.set_level(logging.DEBUG)
    for path in ("me/", "brands/mio/", "nothing/"):
        assert refusal(Api().get(f"{path}?token={made[1]}")) == (400, "key_in_url")
    assert caplog.records
    assert made[1] not in caplog.text


# --- W16: addresses that lead elsewhere -----------------------------------------------------------

ADDRESSES = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
    "\\/evil.example", "/\\/evil.example", "https:evil.example", "https:/evil.example",
    "https://evil.example", "http://evil.example", "HTTPS://evil.example", "//evil.example/%2e%2e",
    "\t//evil.example", "/\t/evil.example", "/\n/evil.example", "\r\n//evil.example",
    " //evil.example", "\x00//evil.example", "\x1f//evil.example", "%09//evil.example",
    "//evil.example:80", "//user@evil.example", "https://testserver@evil.example",
    "https://testserver:80@evil.example", "//testserver@evil.example", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x",
    "https://testserver.evil.example", "https://eviltestserver", "http://[::1]/", "//[::1]",
    "https:///evil.example", "//evil。example", "//evil.example\\@testserver", "ftp://testserver/",
    "@evil.example", "evil.example", "//", "/\u2028/evil.example", "http://",
]  # fmt: skip


def assert_stays(answer, wanted):
    """Where a browser goes that drops tabs and line breaks, and takes \\ for /."""
    assert answer.status_code in {301, 302, 303}, wanted
    there = re.sub(r"[\t\r\n]", "", answer["Location"]).strip().replace("\\", "/")
    target = urlsplit(urljoin("http://testserver/accounts/login/", there))
    assert (target.scheme, target.netloc) == ("http", "testserver"), wanted


def test_w16_no_address_that_comes_along_leads_to_another_site(idea, charlie, alice):
    assert len(ADDRESSES) >= 40
    member = reader(charlie)
    for wanted in ADDRESSES:
        assert_stays(Client().get("/language/", {"to": "en", "next": wanted}), wanted)
        assert_stays(member.post(f"/i/{idea.code}/follow/", {"next": wanted}), wanted)
        form = {"value": "1", "next": wanted}
        assert_stays(member.post(f"/i/{idea.code}/vote/", form), wanted)


@pytest.mark.parametrize("wanted", ADDRESSES[::4])
def test_w16_signing_in_and_out_stays_here(charlie, wanted):
    form = {"login": charlie.email, "password": "correct horse battery", "next": wanted}
    client = Client()
    assert_stays(client.post("/accounts/login/", form), wanted)
    assert_stays(client.post("/accounts/logout/", {"next": wanted}), wanted)


def test_w16_a_path_of_our_own_is_followed(idea, charlie):
    answer = reader(charlie).post(f"/i/{idea.code}/follow/", {"next": "/b/mio/?sort=new"})
    assert answer["Location"].startswith("/b/mio/?sort=new")
