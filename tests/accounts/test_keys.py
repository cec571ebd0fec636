"""Keys and tokens: shown once, recognised, revoked; a stolen dump opens nothing."""

import pytest

from accounts.domain import keys, tokens
from accounts.enums import Scope
from accounts.models import Activity, ApiKey, PersonalToken
from cocreate.lib.errors import Invalid
from cocreate.lib.tokens import decrypt

pytestmark = pytest.mark.django_db


def make(brand, *scopes):
    return keys.create_key(brand=brand, scopes=list(scopes), origins=[], rate=5, actor=None)


def test_a_secret_key_is_recognised_and_carries_its_brand_and_scopes(brand):
    key, secret, signing = make(brand, Scope.READ, Scope.VOTE)
    assert secret.startswith("cos_")
    assert signing == ""
    found = keys.find_key(secret)
    assert (found, found.brand, found.has(Scope.VOTE), found.has(Scope.WRITE)) == (
        key,
        brand,
        True,
        False,
    )


def test_a_widget_key_is_publishable_and_its_signing_secret_can_be_read_again(brand):
    key, secret, signing = make(brand, Scope.WIDGET)
    assert (secret[:4], signing[:4], key.is_widget) == ("cow_", "cws_", True)
    assert signing not in key.signing_secret
    assert decrypt(key.signing_secret, purpose=keys.SIGNING_PURPOSE) == signing


def test_a_publishable_key_takes_no_secret_scope(brand):
    with pytest.raises(Invalid):
        make(brand, Scope.WIDGET, Scope.VOTE)
    assert not ApiKey.objects.exists()


def test_w12_a_revoked_key_is_nobodys_at_once(brand):
    key, secret, _signing = make(brand, Scope.READ)
    keys.revoke_key(key=key, actor=None)
    assert keys.find_key(secret) is None


def test_a_key_with_the_right_beginning_and_another_end_is_nobodys(brand):
    _key, secret, _signing = make(brand, Scope.READ)
    assert keys.find_key(secret[:-1] + ("a" if secret[-1] != "a" else "b")) is None
    assert keys.find_key("") is None


def test_a_token_is_its_users_until_they_are_deactivated(charlie):
    secret = tokens.create_token(user=charlie)
    assert secret.startswith("cop_")
    assert tokens.find_token(secret) == charlie
    charlie.is_active = False
    charlie.save(update_fields=["is_active"])
    assert tokens.find_token(secret) is None


def test_w13_the_database_holds_prefix_and_hash_and_no_secret(brand, charlie):
    secrets = [*make(brand, Scope.WIDGET)[1:], make(brand, Scope.READ)[1]]
    secrets.append(tokens.create_token(user=charlie))
    dump = repr([*ApiKey.objects.values_list(), *PersonalToken.objects.values_list()])
    dump += repr(list(Activity.objects.values_list()))
    assert not any(secret in dump for secret in secrets)
    assert all(secret[:12] in dump for secret in secrets if not secret.startswith("cws_"))


def test_making_and_revoking_is_on_the_record_and_private(brand, alice):
    key, _secret, _signing = keys.create_key(
        brand=brand, scopes=[Scope.READ], origins=[], rate=1, actor=alice
    )
    keys.revoke_key(key=key, actor=alice)
    kinds = Activity.objects.filter(subject_code=key.prefix).order_by("id")
    assert list(kinds.values_list("kind", "private", "actor")) == [
        ("key.created", True, alice.pk),
        ("key.revoked", True, alice.pk),
    ]
