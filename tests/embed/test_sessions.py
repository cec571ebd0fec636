"""A host's word becomes a session, and a session votes."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import limits
from accounts.domain import keys, tokens, widgets
from accounts.models import ApiKey, Brand, Participant, SpentToken
from api.models import KeptAnswer
from ideas.domain import tally
from ideas.domain.votes import cast_as_user
from ideas.models import Vote, VoteEvent
from tests.api.conftest import bearer, queries_sent, refusal, until_refused
from tests.embed.conftest import SHOP, host_of
from tests.factories import make_brand, make_challenge, make_idea, make_user
from tests.gate import Crowd

pytestmark = pytest.mark.django_db


def why(answer):
    assert refusal(answer) == (401, "bad_token")
    return answer.json()["fields"]["token"][0]["code"]


def vote(browser, idea, value=1):
    return browser.put(f"ideas/{idea.code}/vote/", {"value": value})


# a session begins


def test_a_hosts_token_becomes_a_session_of_ten_minutes(host):
    answer = host.ask(host.sign())
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"token", "expires", "brand"}
    assert body["brand"] == "mio"
    left = timezone.datetime.fromisoformat(body["expires"]) - timezone.now()
    assert timedelta(seconds=590) < left <= timedelta(seconds=600)
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.cookies


def test_the_page_may_name_its_key_as_bearer_in_the_address_or_not_at_all(host):
    browser = host.browser()
    assert browser.post("widget/sessions/", {"token": host.sign()}).status_code == 201
    named = host.browser(Authorization=f"Bearer {host.publishable}")
    assert named.post("widget/sessions/", {"token": host.sign()}).status_code == 201


def test_another_credential_beside_the_token_is_refused(host, brand, charlie, as_server, make_host):
    other = make_host(make_brand(), SHOP)
    member = bearer(tokens.create_token(user=charlie))
    for api in (as_server(brand), member, host.visitor()):
        answer = api.post("widget/sessions/", {"token": host.sign()})
        assert refusal(answer) == (401, "bad_credential")
    beside = host.browser(Authorization=f"Bearer {other.publishable}")
    answer = beside.post("widget/sessions/", {"token": host.sign()})
    assert refusal(answer) == (401, "bad_credential")


def test_five_minutes_ahead_are_allowed_and_clocks_may_differ_a_little(host):
    now = int(time.time())
    assert host.ask(host.sign(exp=now + 315)).status_code == 201
    assert why(host.ask(host.sign(exp=now + 400))) == "too_long"
    assert host.ask(host.sign(exp=now - 10)).status_code == 201
    assert why(host.ask(host.sign(exp=now - 60))) == "expired"
    assert host.ask(host.sign(exp=str(now + 200))).status_code == 201
    assert why(host.ask(host.sign(exp=str(now + 400)))) == "too_long"


@pytest.mark.parametrize("claim", ["aud", "exp", "sub", "jti"])
def test_every_claim_is_needed(host, claim):
    claims = {"sub": "crm-7"} | {claim: None}
    assert why(host.ask(host.sign(**claims))) == claim


@pytest.mark.parametrize(
    ("claims", "blamed"),
    [
        ({"aud": "https://other.example"}, "audience"),
        ({"sub": ""}, "sub"),
        ({"sub": "x" * 201}, "sub"),
        ({"sub": "a\0b"}, "sub"),
        ({"jti": "x" * 201}, "jti"),
        ({"jti": "  "}, "jti"),
        ({"email": "nobody"}, "email"),
        ({"email": 5}, "email"),
        ({"nbf": 4102444800}, "too_early"),
        ({"exp": 1e300}, "too_long"),
    ],
)
def test_what_cannot_be_used_is_named(host, claims, blamed):
    assert why(host.ask(host.sign(**claims))) == blamed
    assert not SpentToken.objects.exists()


def test_a_name_that_cannot_be_shown_keeps_nobody_from_voting(host, idea):
    for name in ("x" * 300, "\u202e", 5, ""):
        assert vote(host.visitor(f"crm-{name!r}"[:40], name=name), idea).status_code == 201


def test_a_token_is_good_once(host):
    token = host.sign()
    assert host.ask(token).status_code == 201
    assert why(host.ask(token)) == "spent"
    assert host.ask(host.sign(jti="a")).status_code == 201
    assert why(host.ask(host.sign(jti="a"))) == "spent"


def test_a_request_that_is_sent_again_under_its_key_gets_the_same_session(host, idea):
    token, named = host.sign(), {"Idempotency-Key": "7c1e"}
    first, again = (host.ask(token, **named) for _n in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert "Idempotency-Replayed" in again["Access-Control-Expose-Headers"]
    assert SpentToken.objects.count() == 1
    assert why(host.ask(token)) == "spent"
    voter = host.browser(Authorization=f"Bearer {again.json()['token']}")
    assert vote(voter, idea).status_code == 201


def test_the_session_is_kept_so_that_nobody_reads_it(host):
    secret = host.ask(host.sign(), **{"Idempotency-Key": "7c1e"}).json()["token"]
    row = KeptAnswer.objects.get()
    assert secret not in f"{row.slot} {row.request} {row.answer}"


def test_another_token_or_another_site_under_the_same_key_is_422(host, make_host, brand):
    two = make_host(brand, host.origin, "https://blog.example")
    token, named = two.sign(), {"Idempotency-Key": "7c1e"}
    assert two.ask(token, **named).status_code == 201
    for answer in (
        two.ask(two.sign(), **named),
        two.ask(token, **named, Origin="https://blog.example"),
    ):
        assert refusal(answer) == (422, "key_reused")
    assert host.ask(host.sign(), **named).status_code == 201  # another key of the brand
    assert refusal(two.ask(token, **named, Origin="https://evil.example"))[0] == 403


def test_what_was_refused_is_judged_again_under_the_same_key(host, brand):
    token, named = host.sign(), {"Idempotency-Key": "7c1e"}
    assert host.ask(token, **named).status_code == 201
    assert why(host.ask(host.sign(exp=int(time.time()) - 60), **named)) == "expired"
    brand.visibility = "members"
    brand.save()
    assert refusal(host.ask(token, **named)) == (404, "not_found")


def test_the_name_of_a_token_is_a_hosts_own(host, make_host):
    other = make_host(make_brand())
    assert host.ask(host.sign(jti="same")).status_code == 201
    assert other.ask(other.sign(jti="same")).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_two_that_spend_a_token_at_once_one_gets_a_session(host):
    token = host.sign()
    crowd = Crowd([lambda: host.ask(token).status_code] * 2)
    crowd.finish()
    assert sorted(crowd.answers) == [201, 401]


def test_what_was_spent_is_forgotten_after_it_has_expired(host):
    host.ask(host.sign())
    assert widgets.clear_spent_tokens() == 0
    SpentToken.objects.update(expires_at=timezone.now() - timedelta(hours=2))
    assert widgets.clear_spent_tokens() == 1


def test_a_person_begins_thirty_sessions_a_minute(host):
    answers = until_refused(lambda: host.ask(host.sign("crm-many")))
    assert len(answers) > limits.WIDGET_SESSIONS_OF_PERSON.amount
    assert refusal(answers[-1]) == (429, "too_many")
    assert host.ask(host.sign("crm-few")).status_code == 201


def test_a_refused_session_spends_no_token(host):
    token = host.sign()
    answer = host.ask(token, Origin="https://evil.example")
    assert refusal(answer) == (403, "origin_not_allowed")
    assert host.ask(token).status_code == 201


def test_a_brand_for_members_only_has_no_widget(host, brand):
    Brand.objects.filter(pk=brand.pk).update(visibility="members")
    assert refusal(host.ask(host.sign())) == (404, "not_found")


# a session votes


def test_it_votes_on_behalf_of_whom_the_host_named(host, idea):
    browser = host.visitor("crm-7", email="zoe@shop.example", name="Zoe")
    answer = vote(browser, idea)
    assert answer.status_code == 201
    assert answer.json()["support"] == 1
    row = VoteEvent.objects.get()
    assert (row.source, row.actor) == ("on_behalf", f"key:{host.key.prefix}"[:20])
    person = Participant.objects.get(external_id="crm-7")
    assert (person.named_by, person.display_name) == (host.key, "Zoe")
    assert vote(browser, idea).status_code == 200
    assert browser.delete(f"ideas/{idea.code}/vote/").json()["support"] == 0


def test_it_is_the_same_person_as_the_brands_server_names(host, idea, brand, as_server):
    vote(host.visitor("crm-7"), idea)
    named = {"value": 1, "voter": {"external_id": "crm-7"}}
    assert as_server(brand).put(f"ideas/{idea.code}/vote/", named).status_code == 200
    assert Vote.objects.count() == 1


def test_a_session_that_names_both_says_that_two_voters_are_one(host, idea, brand, as_server):
    named = {"value": 1, "voter": {"email": "zoe@shop.example"}}
    as_server(brand).put(f"ideas/{idea.code}/vote/", named)
    vote(host.visitor("crm-7"), idea)
    assert Vote.objects.filter(idea=idea, value=1).count() == 2
    browser = host.visitor("crm-7", email="zoe@shop.example")
    assert Vote.objects.filter(idea=idea, value=1).count() == 1
    browser.delete(f"ideas/{idea.code}/vote/")
    assert Vote.objects.filter(idea=idea, value=1).count() == 0


def test_it_never_replaces_what_somebody_cast_themselves(host, brand):
    zoe = make_user(email="zoe@shop.example")
    idea = make_idea(make_challenge(brand, mode="up_down"))
    cast_as_user(code=idea.code, user_id=zoe.pk, value=-1)
    browser = host.visitor("crm-7", email="zoe@shop.example")
    for answer in (vote(browser, idea), browser.delete(f"ideas/{idea.code}/vote/")):
        assert (answer.status_code, answer.json()["value"]) == (200, None)  # nor does it learn it
    assert Vote.objects.get().value == -1


def test_a_vote_costs_one_round_trip(host, idea):
    browser = host.visitor()
    vote(browser, idea)
    with queries_sent() as sent:
        vote(browser, idea, 1)
    assert len(sent) == 1


def test_a_voter_in_the_body_is_refused(host, idea):
    answer = host.visitor().put(
        f"ideas/{idea.code}/vote/", {"value": 1, "voter": {"external_id": "crm-8"}}
    )
    assert refusal(answer) == (400, "invalid")


def test_sixty_votes_a_minute_of_one_person_however_many_sessions(host, idea):
    browsers = [host.visitor("crm-often") for _n in range(2)]
    turns = iter(range(300))
    answers = until_refused(lambda: vote(browsers[next(turns) % 2], idea))
    assert len(answers) > limits.VOTES_OF_PERSON.amount
    assert refusal(answers[-1]) == (429, "too_many")


def test_without_a_session_the_widgets_key_does_not_vote(host, idea):
    key = host.browser(Authorization=f"Bearer {host.publishable}")
    assert refusal(vote(key, idea)) == (401, "sign_in_required")
    answer = host.browser().put(f"ideas/{idea.code}/vote/?key={host.publishable}", {"value": 1})
    assert refusal(answer) == (401, "sign_in_required")


def end_by_hand(key, alice):
    keys.revoke_key(key=key, actor=alice)


def end_by_expiry(key, alice):
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())


def end_with_its_maker(key, alice):
    """Past the verb that revokes: the role is gone, the row is as it was."""
    key.brand.memberships.filter(user=key.created_by).delete()


@pytest.mark.parametrize("end", [end_by_hand, end_by_expiry, end_with_its_maker])
def test_a_session_ends_with_its_key(brand, alice, bob, idea, end):
    host = host_of(brand, actor=bob)
    browser = host.visitor()
    assert vote(browser, idea).status_code == 201
    end(host.key, alice)
    for answer in (vote(browser, idea), browser.get("brands/mio/")):
        assert refusal(answer) == (401, "bad_credential")
    assert refusal(host.ask(host.sign())) == (401, "bad_credential")
    unnamed = host.browser().post("widget/sessions/", {"token": host.sign()})
    assert why(unnamed) == "signature"


def test_a_session_is_over_after_ten_minutes(host, idea, monkeypatch):
    browser, now = host.visitor(), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 599)
    assert vote(browser, idea).status_code == 201
    monkeypatch.setattr(time, "time", lambda: now + 601)
    answer = vote(browser, idea)
    assert refusal(answer) == (401, "bad_credential")
    assert answer["Access-Control-Allow-Origin"] == SHOP  # its page reads that it is over


def test_a_session_that_is_over_is_no_guess(host, idea, monkeypatch):
    """A school's worth of pages that were left open keeps nobody of its network from asking."""
    browser, now = host.visitor(), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 601)
    for _n in range(limits.WRONG_CREDENTIALS_FROM_NETWORK.amount + 20):
        assert vote(browser, idea).status_code == 401


# what its person has voted


@pytest.mark.django_db(transaction=True)
def test_it_shows_what_was_cast_for_its_person_before_any_fold(host, idea):
    browser = host.visitor("crm-7")
    vote(browser, idea)
    shown = browser.get(f"ideas/{idea.code}/").json()
    assert (shown["my_vote"], shown["support"]) == (1, 1)
    (listed,) = browser.get("brands/mio/ideas/?sort=new").json()["results"]
    assert (listed["my_vote"], listed["support"]) == (1, 1)
    other = host.visitor("crm-8").get(f"ideas/{idea.code}/").json()
    assert (other["my_vote"], other["support"]) == (None, 0)
    tally.fold_until_settled()
    shown = browser.get(f"ideas/{idea.code}/").json()
    assert (shown["my_vote"], shown["support"]) == (1, 1)
    browser.delete(f"ideas/{idea.code}/vote/")
    shown = browser.get(f"ideas/{idea.code}/").json()
    assert (shown["my_vote"], shown["support"]) == (None, 0)


def test_it_does_not_show_what_somebody_cast_themselves(host, idea):
    """That the host names a mailbox is a claim."""
    zoe = make_user(email="zoe@shop.example")
    cast_as_user(code=idea.code, user_id=zoe.pk, value=1)
    browser = host.visitor("crm-7", email="zoe@shop.example")
    other = make_idea(idea.challenge)
    vote(browser, other)  # by now that name leads to Zoe
    assert browser.get(f"ideas/{other.code}/").json()["my_vote"] == 1
    assert browser.get(f"ideas/{idea.code}/").json()["my_vote"] is None


def test_what_it_reads_is_kept_by_no_cache(host, idea):
    for path in (f"ideas/{idea.code}/", "brands/mio/ideas/"):
        assert host.visitor().get(path)["Cache-Control"] == "private, no-store"


def test_a_session_reads_as_the_widget_does_and_writes_nothing(host, idea):
    browser = host.visitor()
    assert browser.get("brands/mio/ideas/").status_code == 200
    assert browser.get("me/").json()["kind"] == "widget"
    assert refusal(browser.post("brands/mio/ideas/", {"title": "Mine"})) == (403, "not_allowed")
    answer = browser.post(f"ideas/{idea.code}/comments/", {"body": "Mine"})
    assert refusal(answer) == (403, "not_allowed")
