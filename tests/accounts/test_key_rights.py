"""A key lives as long as its maker may act for the brand; its owner hears when it ends."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import translation

from accounts.domain import keys, privacy, teams
from accounts.domain.teams import add_member
from accounts.enums import Role, Scope
from accounts.models import Activity, ApiKey, Membership, User
from cocreate.lib.errors import Invalid, NotAllowed
from notifications import tasks
from notifications.domain import headlines
from notifications.models import Notice
from tests.factories import make_brand, make_user
from tests.gate import Crowd, another_connection
from tests.mail import mail_server
from tests.operators import signed_in

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db


def make(brand, actor, *scopes, **over):
    over = {"origins": [], "rate": 0, "name": "CRM"} | over
    return keys.create_key(brand=brand, scopes=list(scopes or [Scope.READ]), actor=actor, **over)


def demote(brand, alice, bob):
    teams.change_role(brand=brand, user=bob, role=Role.ANALYST, actor=alice)


def remove(brand, alice, bob):
    teams.remove_member(brand=brand, user=bob, actor=alice)


def leave(brand, _alice, bob):
    teams.leave(brand=brand, user=bob)


def erase(_brand, _alice, bob):
    privacy.erase(user=bob)


def deactivate(_brand, alice, bob):
    """As an operator does it."""
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    client = signed_in(alice)
    sent = {"email": bob.email, "handle": bob.handle, "display_name": "Bob", "language": "en"}
    assert client.post(f"/admin/accounts/user/{bob.pk}/change/", sent).status_code == 302


def take_place_away(brand, alice, bob):
    """As an operator does it, past the team's own page."""
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    client = signed_in(alice)
    place = brand.memberships.get(user=bob)
    form = client.get(f"/admin/accounts/brand/{brand.pk}/change/").context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    sent |= {"languages": "", "half_life": "30 00:00:00", "tagline": ""}
    sent |= {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 1}
    sent |= {"memberships-0-id": place.pk, "memberships-0-brand": brand.pk}
    sent |= {"memberships-0-user": bob.pk, "memberships-0-role": "manager"}
    sent |= {"memberships-0-DELETE": "on"}
    answer = client.post(f"/admin/accounts/brand/{brand.pk}/change/", sent)
    assert answer.status_code == 302, answer.content.decode()


LOSSES = [
    (leave, "left", "who made it has left the team."),
    (remove, "removed", "who made it was removed from the team."),
    (demote, "demoted", "who made it is an analyst now."),
    (deactivate, "deactivated", "the account that made it was closed."),
    (erase, "erased", "the account that made it was deleted."),
    (take_place_away, "removed", "who made it was removed from the team."),
]


@pytest.mark.parametrize(
    ("lose", "reason", "sentence"), LOSSES, ids=[loss[0].__name__ for loss in LOSSES]
)
def test_w14_a_key_whose_maker_loses_the_role_is_dead_at_once_and_the_owner_told(
    brand, alice, bob, mail_server, lose, reason, sentence
):
    key, secret, _signing = make(brand, bob)
    kept = make(brand, alice)
    old = make(brand, bob)[0]
    ApiKey.objects.filter(pk=old.pk).update(expires_at=Now())  # is over already: no news
    lose(brand, alice, bob)
    assert keys.find_key(secret) is None
    assert ApiKey.objects.get(pk=key.pk).revoked_at is not None
    assert keys.find_key(kept[1]) == kept[0]
    told = Activity.objects.get(kind="key.revoked")
    assert (told.subject_code, told.data["reason"], told.private) == (key.prefix, reason, True)
    tasks.dispatch_activities()
    tasks.send_due_mail()
    notice = Notice.objects.get(activity=told)
    assert notice.user == alice
    with translation.override("en"):
        (line,) = headlines.lines_of([notice])
    assert line.headline == f"The key {key.prefix}… (CRM) works no more: {sentence}"
    assert line.path == "/desk/mio/keys/"
    (letter,) = mail_server.to(alice.email)
    assert letter.subject == "A key of Mio Motors works no more"
    assert f"{key.prefix}… (CRM)" in letter.text
    assert sentence in letter.text
    assert secret not in letter.text + letter.html


def test_w14_it_stands_or_falls_with_the_loss_itself(brand, alice, bob, monkeypatch):
    key, secret, _signing = make(brand, bob)

    def broken(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(keys.activity, "record", broken)
    with pytest.raises(ZeroDivisionError):
        remove(brand, alice, bob)
    assert Membership.objects.filter(user=bob).exists()
    assert keys.find_key(secret) == key


def test_w14_only_the_keys_of_that_brand_end(brand, alice, bob):
    other = make_brand("other", owner=bob)
    here, there = make(brand, bob), make(other, bob)
    remove(brand, alice, bob)
    assert keys.find_key(here[1]) is None
    assert keys.find_key(there[1]) == there[0]


def test_w14_what_goes_past_every_verb_ends_the_key_too(brand, bob):
    _key, secret, _signing = make(brand, bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert keys.find_key(secret) is None
    User.objects.filter(pk=bob.pk).update(is_active=True)
    assert keys.find_key(secret) is not None
    Membership.objects.filter(user=bob).update(role=Role.ANALYST)
    assert keys.find_key(secret) is None
    Membership.objects.filter(user=bob).delete()
    assert keys.find_key(secret) is None


def test_a_key_that_an_operator_made_is_nobodys_to_lose(brand, alice, bob):
    key, secret, _signing = make(brand, None)
    remove(brand, alice, bob)
    assert keys.find_key(secret) == key


def test_a_key_revoked_by_hand_is_no_news(brand, alice, bob):
    keys.revoke_key(key=make(brand, bob)[0], actor=alice)
    tasks.dispatch_activities()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("who", ["rita", "charlie", "mallory"])
def test_who_may_not_manage_keys_makes_replaces_and_revokes_none(request, brand, alice, who):
    actor, key = request.getfixturevalue(who), make(brand, alice)[0]
    for call in (
        partial(make, brand, actor),
        partial(keys.rotate_key, key=key, overlap=timedelta(0), actor=actor),
        partial(keys.revoke_key, key=key, actor=actor),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert ApiKey.objects.count() == 1


def test_a_replaced_key_works_through_the_overlap_and_no_longer(brand, alice):
    old, secret, _signing = make(brand, alice, Scope.READ, Scope.VOTE, rate=7)
    new, new_secret, _none = keys.rotate_key(key=old, overlap=timedelta(hours=1), actor=alice)
    assert (new.name, new.scopes, new.rate) == ("CRM", ["read", "vote"], 7)
    assert [keys.find_key(one) for one in (secret, new_secret)] == [old, new]
    old.refresh_from_db()
    assert timedelta(minutes=59) < old.expires_at - new.created_at <= timedelta(hours=1)
    ApiKey.objects.filter(pk=old.pk).update(expires_at=Now())
    assert [keys.find_key(one) for one in (secret, new_secret)] == [None, new]


def test_replaced_at_once_the_old_key_is_dead_at_once(brand, alice):
    old, secret, _signing = make(brand, alice)
    keys.rotate_key(key=old, overlap=timedelta(0), actor=alice)
    assert keys.find_key(secret) is None


def test_a_widget_key_is_replaced_with_a_signing_secret_of_its_own(brand, alice):
    old = make(brand, alice, Scope.WIDGET, origins=["https://shop.example"])
    new = keys.rotate_key(key=old[0], overlap=timedelta(days=7), actor=alice)
    assert (new[1][:4], new[2][:4]) == ("cow_", "cws_")
    assert new[2] != old[2]
    assert new[0].origins == ["https://shop.example"]


def test_what_is_over_or_being_replaced_is_not_replaced_again(brand, alice):
    key = make(brand, alice)[0]
    keys.rotate_key(key=key, overlap=timedelta(days=1), actor=alice)
    with pytest.raises(keys.KeyOver):
        keys.rotate_key(key=key, overlap=timedelta(days=1), actor=alice)
    keys.revoke_key(key=key, actor=alice)
    for call in (keys.revoke_key, partial(keys.rotate_key, overlap=timedelta(0))):
        with pytest.raises(keys.KeyOver):
            call(key=key, actor=alice)
    assert ApiKey.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_replaced_twice_at_once_it_has_one_heir(brand, alice):
    key = make(brand, alice)[0]

    def replace():
        actor = User.objects.get(pk=alice.pk)
        return keys.rotate_key(key=key, overlap=timedelta(days=1), actor=actor)

    with another_connection() as gate:
        gate.execute("LOCK TABLE accounts_apikey IN SHARE MODE")
        crowd = Crowd([replace, replace])
        crowd.wait_until_all_wait()
    assert sorted(getattr(one, "code", "made") for one in crowd.finish()) == ["key_over", "made"]
    assert ApiKey.objects.count() == 2


def used(key):
    return ApiKey.objects.values_list("last_used_at", flat=True).get(pk=key.pk)


def age_last_use(key, minutes):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_apikey SET last_used_at = clock_timestamp()"
            " - make_interval(mins => %s) WHERE id = %s",
            [minutes, key.pk],
        )


def test_a_use_is_noted_once_in_ten_minutes(brand, alice):
    key, secret, _signing = make(brand, alice)
    assert used(key) is None
    keys.find_key(secret)
    first = used(key)
    assert first is not None
    keys.find_key(secret)
    assert used(key) == first
    age_last_use(key, 9)
    aged = used(key)
    keys.find_key(secret)
    assert used(key) == aged
    age_last_use(key, 11)
    keys.find_key(secret)
    assert used(key) >= first


def test_a_wrong_secret_is_no_use(brand, alice):
    key, secret, _signing = make(brand, alice)
    keys.find_key(secret[:-1] + ("a" if secret[-1] != "a" else "b"))
    assert used(key) is None


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_to_note_a_use(brand, alice):
    key, secret, _signing = make(brand, alice)
    with another_connection() as manager, transaction.atomic():
        manager.execute("SELECT FROM accounts_apikey WHERE id = %s FOR UPDATE", [key.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")  # whoever waits fails, and not for ever
        assert keys.find_key(secret) == key
    assert used(key) is None


@pytest.mark.parametrize(
    ("origin", "clean"),
    [
        ("https://Shop.Example", "https://shop.example"),
        ("https://shop.example/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(brand, origin, clean):
    assert make(brand, None, Scope.WIDGET, origins=[origin])[0].origins == [clean]


@pytest.mark.parametrize(
    "origin",
    [
        "*", "shop.example", "https://*.example", "https://shop.example/page", "https://a@b.example",
        "https://shop.example?x", "https://shop.example#x", "javascript:alert(1)", "https://",
        "https://shop.example:0", "https://shop.example:99999", "https://a..b", "'self'",
        "https://shop.example; script-src *", "https://" + "a" * 300 + ".example",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(brand, origin):
    with pytest.raises(Invalid) as refusal:
        make(brand, None, Scope.WIDGET, origins=[origin])
    assert [code for code, _message in refusal.value.fields["origins"]] == ["invalid"]
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("over", "field"),
    [({"rate": -1}, "rate"), ({"origins": ["https://a.example"] * 21}, "origins")],
)
def test_limits_of_a_key_are_kept(brand, over, field):
    with pytest.raises(Invalid) as refusal:
        make(brand, None, **over)
    assert field in refusal.value.fields


def test_a_brand_has_a_hundred_living_keys_at_most(brand, alice):
    made = [make(brand, alice)[0] for _n in range(keys.MOST_LIVING)]
    with pytest.raises(keys.TooManyKeys):
        make(brand, alice)
    keys.revoke_key(key=made[0], actor=alice)
    make(brand, alice)


def test_the_owner_hears_of_a_key_in_an_address(brand, alice, bob, mail_server):
    secret = make(brand, bob)[1]
    keys.note_leak(secret)
    tasks.dispatch_activities()
    tasks.send_due_mail()
    assert [notice.user for notice in Notice.objects.all()] == [alice]
    (letter,) = mail_server.to(alice.email)
    assert letter.subject == "A key of Mio Motors stood in an address"
    assert secret not in letter.text + letter.html
    assert [key.leaked for key in keys.keys_of(brand)] == [True]
    assert used(ApiKey.objects.get()) is None


def test_the_new_owner_hears_of_it(brand, alice, bob, mail_server):
    teams.hand_over(brand=brand, to=bob, actor=alice)
    tasks.dispatch_activities()
    tasks.send_due_mail()
    (letter,) = mail_server.to(bob.email)
    assert letter.subject == "Mio Motors is yours"
    assert mail_server.to(alice.email) == []


def test_a_former_managers_key_does_not_rise_again_with_the_role(brand, alice, bob):
    secret = make(brand, bob)[1]
    demote(brand, alice, bob)
    teams.change_role(brand=brand, user=bob, role=Role.MANAGER, actor=alice)
    assert keys.find_key(secret) is None


def test_members_made_by_hand_keep_their_keys_while_they_act(brand):
    nina = make_user("Nina")
    add_member(brand=brand, user=nina, role=Role.MANAGER)
    key, secret, _signing = make(brand, nina)
    assert keys.find_key(secret) == key
