"""Attacks on embeds: V19, V28, W06, W07, W17. Those on frames (W03, W06, W08, W15) are in
tests/embed/test_frames.py, W04 in test_cors.py, W12 and Z09 on what is kept in test_keeping.py.
"""

import base64
import hashlib
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from accounts.domain import keys, widgets
from accounts.enums import Scope
from accounts.models import Participant, Session, SpentToken
from cocreate.lib.store import store
from ideas.domain.votes import cast_as_user
from ideas.models import Comment, Follow, Idea, Vote, VoteEvent
from tests.api.conftest import Api, as_member, bearer, refusal
from tests.embed.conftest import SHOP, host, host_of, plain_static_files
from tests.factories import make_brand, make_challenge, make_idea, make_user

__all__ = ["as_member", "host", "plain_static_files"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_earlier_guesses():
    there = store()
    for key in there.client.scan_iter("limit:*"):
        there.client.delete(key)


def packed(part):
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed(head, claims, secret, digest=hashlib.sha256):
    text = f"{packed(head)}.{packed(claims)}"
    mark = hmac.new(secret.encode(), text.encode(), digest).digest()
    return f"{text}.{packed(mark)}"


def claims_of(**over):
    return {
        "aud": widgets.audience(), "sub": "crm-7", "exp": int(time.time()) + 120, "jti": "j1",
    } | over  # fmt: skip


def public_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key, key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def forgeries(host, other, secret_key):
    """Each name of an attack, with what it sends."""
    head, good = {"alg": "HS256", "typ": "JWT", "kid": host.publishable}, claims_of()
    private, public = public_key()
    valid = signed(head, good, host.secret)
    first, middle, last = valid.split(".")
    return {
        "no signature": f"{packed(head | {'alg': 'none'})}.{packed(good)}.",
        "none in other letters": f"{packed(head | {'alg': 'nOnE'})}.{packed(good)}.",
        "signature left out": f"{first}.{middle}.",
        "two parts": f"{first}.{middle}",
        "RS256": jwt.encode(good, private, algorithm="RS256", headers={"kid": host.publishable}),
        "a public key as secret": signed(head, good, public),
        "the publishable key as secret": signed(head, good, host.publishable),
        "the stored hash as secret": signed(head, good, host.key.hash),
        "the stored cipher as secret": signed(head, good, host.key.signing_secret),
        "an empty secret": signed(head, good, ""),
        "HS512": signed(head | {"alg": "HS512"}, good, host.secret, hashlib.sha512),
        "an alg that is none of ours": signed(head | {"alg": "HS257"}, good, host.secret),
        "other claims under the signature": f"{first}.{packed(claims_of(sub='crm-8'))}.{last}",
        "another key's secret": signed(head, good, other.secret),
        "another key's name": signed(head | {"kid": other.publishable}, good, host.secret),
        "a secret key's name": signed(head | {"kid": secret_key}, good, host.secret),
        "the prefix of a key": signed(head | {"kid": host.key.prefix}, good, host.secret),
        "no key": signed({"alg": "HS256"}, good, host.secret),
        "a key that is a number": signed(head | {"kid": 7}, good, host.secret),
        "a key that is a path": signed(head | {"kid": "../../dev/null"}, good, ""),
        "a key that is a query": signed(head | {"kid": "' OR 1=1 --"}, good, host.secret),
        "its own key brought along": signed(head | {"jwk": {"k": "YQ"}}, good, "a"),
        "an extension we must know": signed(
            head | {"crit": ["exp2"], "exp2": 1}, good, host.secret
        ),
        "claims that are a list": signed(head, [good], host.secret),
        "claims that are no JSON": signed(head, b"{", host.secret),
        "an exp that is a word": signed(head, claims_of(exp="soon"), host.secret),
        "nothing": "",
        "dots": "..",
        "too long": signed(head, claims_of(x="y" * 5000), host.secret)[:5000],
        "no text of ours": "\u2028.\u202e.é",
    }


@pytest.fixture
def attacks(host, brand):
    secret = keys.create_key(brand=brand, scopes=[Scope.VOTE], origins=[], rate=0, actor=None)[1]
    return forgeries(host, host_of(make_brand()), secret)


def test_w17_the_token_that_these_forge_is_good(host):
    head = {"alg": "HS256", "typ": "JWT", "kid": host.publishable}
    assert host.ask(signed(head, claims_of(), host.secret)).status_code == 201


def test_w17_no_forged_token_becomes_a_session(host, attacks):
    for name, token in attacks.items():
        answer = host.ask(token)
        assert answer.status_code in {400, 401}, name
        if answer.status_code == 401:
            assert refusal(answer) == (401, "bad_token"), name
            problem = answer.json()["fields"]["token"][0]
            assert problem["code"] == "signature", name
    assert not SpentToken.objects.exists()
    assert not Participant.objects.filter(external_id__isnull=False).exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": None}, {"exp": 1}, {"exp": 4102444800}, {"exp": -1}, {"exp": float("nan")},
        {"aud": "https://other.example"}, {"aud": []}, {"aud": None}, {"aud": "*"},
        {"aud": ["https://other.example"]}, {"jti": None}, {"jti": 5}, {"sub": None}, {"sub": 7},
        {"nbf": 4102444800},
    ],
)  # fmt: skip
def test_w17_no_token_for_others_for_ever_or_for_nobody(host, claims):
    said = {name: value for name, value in claims_of(**claims).items() if value is not None}
    token = signed({"alg": "HS256", "kid": host.publishable}, said, host.secret)
    assert host.ask(token).status_code == 401
    assert not SpentToken.objects.exists()


def test_w17_a_token_that_was_used_is_refused_for_ever_also_after_a_flush_of_the_store(host):
    token = host.sign()
    assert host.ask(token).status_code == 201
    for _n in range(3):
        assert refusal(host.ask(token)) == (401, "bad_token")
    store().client.flushdb()
    assert refusal(host.ask(token)) == (401, "bad_token")
    assert refusal(host.ask(token, Origin="")) == (401, "bad_token")


def test_w17_an_unproved_mailbox_is_a_claim_and_opens_no_account(host, brand, as_member):
    """It signs nobody in, shows nothing of the account, and replaces none of its votes."""
    zoe = make_user("Zoe", email="zoe@shop.example")
    idea = make_idea(make_challenge(brand, mode="up_down"))
    cast_as_user(code=idea.code, user_id=zoe.pk, value=-1)
    browser = host.visitor("crm-1", email="ZOE+x@shop.example", name="Not Zoe")
    assert not browser.client.cookies
    assert not Session.objects.exists()
    me = browser.get("me/").json()
    assert (me["kind"], me["handle"], me["email"], me["name"]) == ("widget", None, None, None)
    assert browser.get(f"ideas/{idea.code}/").json()["my_vote"] is None
    browser.put(f"ideas/{idea.code}/vote/", {"value": 1})
    browser.delete(f"ideas/{idea.code}/vote/")
    assert as_member(zoe).get(f"ideas/{idea.code}/").json()["my_vote"] == -1
    zoe.refresh_from_db()
    assert zoe.display_name == "Zoe"
    assert VoteEvent.objects.count() == 1


def test_w17_a_flood_of_forged_tokens_is_refused_before_it_is_looked_up(host):
    browser = host.browser()
    browser.client.defaults["REMOTE_ADDR"] = "192.0.2.250"
    answers = []
    while len(answers) < 300 and (not answers or answers[-1] != 429):
        token = {"token": f"a.b.{len(answers)}"}
        answers.append(browser.post("widget/sessions/", token).status_code)
    assert set(answers) == {401, 429}
    elsewhere = host.ask(host.sign())
    assert elsewhere.status_code == 201


def test_v19_clearing_cookies_buys_no_vote(host, idea):
    """Nobody votes anonymously: each of a hundred visitors without a host's word is told to sign
    in, whatever they present.
    """
    path = f"ideas/{idea.code}/vote/?key={host.publishable}"
    for n in range(100):
        browser = host.browser(**({"Authorization": f"Bearer {host.publishable}"} if n % 2 else {}))
        assert refusal(browser.put(path, {"value": 1})) == (401, "sign_in_required")
    assert not Vote.objects.exists()
    assert not Participant.objects.filter(named_by=host.key).exists()
    assert host.browser().get(f"ideas/{idea.code}/").json()["support"] == 0


def test_v28_a_captured_session_is_good_for_its_site_brand_person_and_ten_minutes(
    host, idea, monkeypatch
):
    """For several ideas, as it is meant to be; the same vote again is one vote."""
    captured = host.visitor().headers["Authorization"]
    path = f"ideas/{idea.code}/vote/"
    thief = Api(Authorization=captured)
    for origin in ("https://evil.example", "null", "", "http://shop.example"):
        answer = thief.put(path, {"value": 1}, headers={"Origin": origin})
        assert refusal(answer) == (401, "bad_credential")
    assert refusal(thief.put(path, {"value": 1})) == (401, "bad_credential")
    assert not Vote.objects.exists()
    rival = make_idea(make_challenge(make_brand("rival")))
    same_site = Api(Authorization=captured, Origin=SHOP)
    answer = same_site.put(f"ideas/{rival.code}/vote/", {"value": 1})
    assert refusal(answer) == (404, "not_found")
    for _n in range(3):
        assert same_site.put(path, {"value": 1}).json()["support"] == 1
    assert (Vote.objects.count(), VoteEvent.objects.count()) == (1, 1)
    later = time.time() + widgets.LIFE_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert refusal(same_site.put(path, {"value": 1})) == (401, "bad_credential")


def test_v28_nothing_in_a_session_can_be_changed(host, idea):
    secret = host.visitor().headers["Authorization"].removeprefix("Bearer cot_")
    body, mark = secret.split(".")
    content = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    for place, value in enumerate([99, 99, "cow_abcdefgh", "crm-8", "m", "n", "", 4102444800]):
        changed = packed([*content[:place], value, *content[place + 1 :]])
        for token in (f"{changed}.{mark}", f"{changed}.{'0' * 64}"):
            api = Api(Authorization=f"Bearer cot_{token}", Origin=SHOP)
            answer = api.put(f"ideas/{idea.code}/vote/", {"value": 1})
            assert refusal(answer) == (401, "bad_credential")
    assert not Vote.objects.exists()


def test_v28_a_session_signed_for_something_else_is_none(host, idea):
    """Each purpose has a key of its own: no other text that we sign can be presented."""
    from cocreate.lib.tokens import sealed  # noqa: PLC0415 - as whoever found another signer would

    content = [host.key.pk, host.key.brand_id, host.key.prefix, "crm-7", None, "", SHOP, 4102444800]
    token = sealed(content, purpose="mailbox")
    api = Api(Authorization=f"Bearer cot_{token}", Origin=SHOP)
    assert refusal(api.put(f"ideas/{idea.code}/vote/", {"value": 1})) == (401, "bad_credential")


BODIES = {
    "/api/v1/brands/{slug}/ideas/": {"title": "A roof that drinks the rain"},
    "/api/v1/ideas/{code}/": {"title": "Another title"},
    "/api/v1/ideas/{code}/comments/": {"body": "Said by a widget"},
    "/api/v1/ideas/{code}/status/": {"status": "planned"},
    "/api/v1/ideas/{code}/response/": {"body": "Said by the brand"},
    "/api/v1/comments/{code}/": {"body": "Changed"},
}
MAY = {("/api/v1/ideas/{code}/vote/", "put"), ("/api/v1/ideas/{code}/vote/", "delete")}


@pytest.mark.parametrize("credential", ["key", "session"])
def test_w07_a_widget_writes_nothing_but_votes(host, idea, credential):
    """Every verb of the schema, with the key that any page shows and with a session."""
    api = host.visitor() if credential == "session" else bearer(host.publishable, Origin=SHOP)
    before = idea.title, Comment.objects.count(), Follow.objects.count()
    schema = api.get("schema/").json()
    tried = 0
    for path, methods in schema["paths"].items():
        for method in set(methods) - {"get"}:
            if (path, method) in MAY and credential == "session" or path.endswith("/sessions/"):
                continue
            address = path.removeprefix("/api/v1/").format(slug="mio", code=idea.code)
            answer = api.send(method.upper(), address, BODIES.get(path, {}))
            assert answer.status_code in {401, 403, 404, 415}, (path, method, answer.content)
            tried += 1
    assert tried > 10
    idea.refresh_from_db()
    assert (idea.title, Comment.objects.count(), Follow.objects.count()) == before
    assert Idea.objects.count() == 1


def test_w07_a_widget_reads_what_every_visitor_reads(host, brand, idea):
    """No mail address, nothing private; the same as without any credential."""
    key, nobody = f"?key={host.publishable}", Api()
    paths = ["brands/mio/", "brands/mio/challenges/", "brands/mio/ideas/", f"ideas/{idea.code}/"]
    for path in [*paths, f"ideas/{idea.code}/comments/", f"ideas/{idea.code}/revisions/"]:
        answer = host.browser().get(path + key)
        assert answer.json() == nobody.get(path).json()
        assert "@" not in answer.content.decode()
    me = host.browser().get("me/" + key).json()
    assert (me["email"], me["handle"], me["brands"][0]["role"]) == (None, None, None)


def test_w06_an_ambient_cookie_votes_nowhere_but_here(host, idea, charlie, as_member):
    """A member's own browser, on another site: neither with a key, nor with a form that needs no
    preflight, nor by a link or a picture.
    """
    member, key = as_member(charlie), f"?key={host.publishable}"
    member.headers = {"Origin": SHOP, "Sec-Fetch-Site": "cross-site"}
    path = f"ideas/{idea.code}/vote/"
    assert refusal(member.put(path + key, {"value": 1})) == (401, "sign_in_required")
    assert refusal(member.put(path, {"value": 1}))[0] == 403
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        sent = member.client.post(
            f"/i/{idea.code}/vote/", b"value=1", content_type=kind, headers=member.headers
        )
        assert sent.status_code in {400, 403}
    assert member.client.get(f"/i/{idea.code}/vote/?value=1").status_code == 200
    assert not Vote.objects.exists()
