"""What a brand's key opens, and above all what it does not: W10 to W13."""

import re
import subprocess
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from accounts.domain import keys, tokens
from accounts.domain.brands import change_address
from accounts.enums import Role, Scope
from accounts.models import ApiKey, Brand
from cocreate.embedded.postgres import find_binaries
from notifications import tasks
from notifications.domain import invitations
from notifications.models import Mail
from tests.api.conftest import Api, bearer, queries_sent, refusal
from tests.factories import make_idea
from tests.mail import mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db
VOTER = {"voter": {"external_id": "crm-7"}}
DESK = ["", "team/", "admission/", "keys/", "settings/", "team/hand-over/"]


def a_key(brand, *scopes, actor=None):
    return keys.create_key(brand=brand, scopes=list(scopes), origins=[], rate=0, actor=actor)


@pytest.fixture
def calls(brand, challenge):
    """Each thing that a key can ask for, with the scope it takes."""
    idea = make_idea(challenge)
    path, post = f"ideas/{idea.code}/", {"title": "A roof that drinks the rain"}
    return [
        (Scope.READ, lambda api: api.get("brands/mio/")),
        (Scope.READ, lambda api: api.get("brands/mio/challenges/")),
        (Scope.READ, lambda api: api.get("brands/mio/ideas/")),
        (Scope.READ, lambda api: api.get(path)),
        (Scope.WRITE, lambda api: api.post("brands/mio/ideas/", post)),
        (Scope.WRITE, lambda api: api.patch(path, {"title": "A better title"})),
        (Scope.VOTE, lambda api: api.put(f"{path}vote/", {"value": 1} | VOTER)),
        (Scope.VOTE, lambda api: api.delete(f"{path}vote/", VOTER)),
    ]


@pytest.mark.parametrize("scope", [Scope.READ, Scope.WRITE, Scope.VOTE])
def test_w10_a_key_reaches_what_its_scope_names_and_nothing_else(brand, calls, scope):
    server = bearer(a_key(brand, scope)[1])
    for needed, call in calls:
        answer = call(server)
        if needed == scope:
            assert answer.status_code in {200, 201}
        else:
            assert refusal(answer) == (403, "not_allowed")


@pytest.mark.parametrize("scope", Scope)
def test_w10_no_key_mints_keys_or_opens_the_desk(brand, alice, scope):
    """Neither through the API, which has no such address, nor through the pages."""
    secret = a_key(brand, scope, actor=alice)[1]
    server = bearer(secret)
    for path in ("keys/", "brands/mio/keys/", "brands/mio/team/", "brands/mio/settings/"):
        for answer in (server.get(path), server.post(path, {"scopes": ["read"]})):
            assert refusal(answer) == (404, "not_found")
    browser = Client(headers={"Authorization": f"Bearer {secret}"})
    form = {"name": "K", "kind": "secret", "scopes": ["read"], "rate": "1"}
    for page in DESK:
        for answer in (browser.get(f"/desk/mio/{page}"), browser.post(f"/desk/mio/{page}", form)):
            assert answer.status_code in {302, 405}
            assert answer.status_code == 405 or "/accounts/login/" in answer["Location"]
    assert ApiKey.objects.count() == 1


def without_id(answer):
    return answer.status_code, re.sub(r'"request_id":"[^"]*"', "", answer.content.decode())


@pytest.mark.parametrize("visibility", ["public", "members"])
def test_w11_key_token_and_session_of_one_brand_find_nothing_of_another(
    brand, challenge, alice, mallory, as_member, as_program, visibility
):
    """The same answer, to the byte, as for what has never been."""
    Brand.objects.filter(pk=brand.pk).update(visibility=visibility)
    idea, rival = make_idea(challenge), mallory.memberships.get().brand
    callers = [bearer(a_key(rival, Scope.READ, Scope.WRITE, Scope.VOTE)[1])]
    callers.append(bearer(a_key(rival, Scope.WIDGET)[1]))
    if visibility == "members":  # what is public, people may read
        callers += [as_member(mallory), as_program(mallory)]
    for api in callers:
        for path in ("brands/{}/", "brands/{}/challenges/", "brands/{}/ideas/"):
            answer = without_id(api.get(path.format("mio")))
            assert answer == without_id(api.get(path.format("nothing")))
            assert answer[0] == 404
        answer = without_id(api.get(f"ideas/{idea.code}/"))
        assert answer == without_id(api.get("ideas/nothing9/"))
        assert answer[0] == 404
        sent = {"title": "A roof that drinks the rain"}
        assert api.post("brands/mio/ideas/", sent).status_code == 404
        assert api.patch(f"ideas/{idea.code}/", sent).status_code == 404
    assert challenge.ideas.count() == 1


def end_by_hand(key, alice):
    keys.revoke_key(key=key, actor=alice)


def end_by_expiry(key, alice):
    ApiKey.objects.filter(pk=key.pk).update(expires_at=Now())


def end_by_rotation(key, alice):
    keys.rotate_key(key=key, overlap=timedelta(0), actor=alice)


def end_with_its_maker(key, alice):
    keys.revoke_keys_of(key.created_by, reason=keys.DEACTIVATED)


ENDS = [end_by_hand, end_by_expiry, end_by_rotation, end_with_its_maker]


@pytest.mark.parametrize("end", ENDS)
def test_w12_a_key_that_ended_is_401_at_the_next_request(brand, alice, bob, end):
    key, secret, _signing = a_key(brand, Scope.READ, actor=bob)
    server = bearer(secret)
    assert server.get("me/").status_code == 200
    end(key, alice)
    assert refusal(server.get("me/")) == (401, "bad_credential")
    assert refusal(server.get("brands/mio/")) == (401, "bad_credential")


@pytest.mark.parametrize("end", ENDS)
def test_w12_also_with_the_store_away(no_store, brand, alice, bob, end):
    key, secret, _signing = a_key(brand, Scope.READ, actor=bob)
    assert bearer(secret).get("me/").status_code == 200
    end(key, alice)
    assert refusal(bearer(secret).get("me/")) == (401, "bad_credential")


def test_w12_a_widget_key_that_ended_is_401_too(brand, alice):
    key, secret, _signing = a_key(brand, Scope.WIDGET, actor=alice)
    assert bearer(secret).get("brands/mio/").status_code == 200
    end_by_hand(key, alice)
    assert refusal(bearer(secret).get("brands/mio/")) == (401, "bad_credential")


def dump():
    """All of the test's database, as whoever steals a backup has it."""
    database = connection.settings_dict
    command = [str(find_binaries() / "pg_dump"), "-h", database["HOST"], "-U", database["USER"]]
    done = subprocess.run(
        [*command, "--inserts", database["NAME"]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.django_db(transaction=True)
def test_w13_a_dump_holds_no_secret_but_beginnings_and_hashes(brand, alice, charlie, mail_server):
    """Of keys, tokens, signing secrets and invitations; their hashes open nothing."""
    rows = [a_key(brand, Scope.READ, actor=alice), a_key(brand, Scope.WIDGET, actor=alice)]
    rows.append(keys.rotate_key(key=rows[0][0], overlap=timedelta(days=1), actor=alice))
    secrets = [secret for row in rows for secret in row[1:] if secret]
    secrets.append(tokens.create_token(user=charlie, name="My program"))
    keys.note_leak(rows[0][1])
    for role in (Role.MANAGER, None):
        invitations.invite(brand=brand, emails=["zoe@example.org"], role=role, actor=alice)
    secrets += re.findall(r"coi_[\w-]{32}", "".join(mail.text for mail in Mail.objects.all()))
    assert len(secrets) == 7
    tasks.send_due_mail()  # a mail that waits holds its link; a sent one is emptied
    text = dump()
    for secret in secrets:
        assert secret not in text
        assert secret[16:] not in text
    for row in rows:
        assert row[0].prefix in text
        assert row[0].hash in text
        assert refusal(Api(Authorization=f"Bearer {row[0].hash}").get("me/"))[0] == 401


def test_a_key_that_was_used_lately_costs_one_query(brand, challenge, as_server):
    """On behalf: one query for the key, one for the vote; the first use writes its moment."""
    idea, server = make_idea(challenge), as_server(brand)
    counts = []
    for _n in range(3):
        with queries_sent() as sent:
            server.put(f"ideas/{idea.code}/vote/", {"value": 1} | VOTER)
        counts.append(len(sent))
    assert counts == [3, 2, 2]


def test_an_old_address_answers_308_with_todays(brand, alice, challenge, visitor):
    server = bearer(a_key(brand, Scope.READ, Scope.WRITE)[1])
    widget = bearer(a_key(brand, Scope.WIDGET)[1])
    change_address(brand=brand, slug="mio-cars", actor=alice)
    for api in (visitor, server, widget):
        answer = api.get("brands/mio/ideas/?sort=new&limit=2")
        assert refusal(answer) == (308, "moved")
        assert answer["Location"] == "/api/v1/brands/mio-cars/ideas/?sort=new&limit=2"
        assert answer["Cache-Control"] == "private, no-store"
        assert api.get("brands/mio-cars/ideas/").status_code == 200
    answer = server.post("brands/mio/ideas/", {"title": "A roof that drinks the rain"})
    assert answer["Location"] == "/api/v1/brands/mio-cars/ideas/"
    Brand.objects.filter(pk=brand.pk).update(visibility="members")
    assert server.get("brands/mio/").status_code == 308
    for api in (visitor, widget):
        assert without_id(api.get("brands/mio/")) == without_id(api.get("brands/nothing/"))


def test_an_old_address_is_404_to_the_key_of_another_brand(brand, alice, mallory):
    change_address(brand=brand, slug="mio-cars", actor=alice)
    for scope in (Scope.READ, Scope.WIDGET):
        rival = bearer(a_key(mallory.memberships.get().brand, scope)[1])
        assert refusal(rival.get("brands/mio/")) == (404, "not_found")
