"""Keys and tokens: made, shown once, recognised, revoked."""

from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from accounts.domain import activity
from accounts.enums import Scope
from accounts.models import ApiKey, Brand, PersonalToken, User
from cocreate.lib.errors import Invalid
from cocreate.lib.ratelimit import seconds_to_wait
from cocreate.lib.tokens import encrypt, keyed_hash, new_secret, prefix_of, same

SECRET, WIDGET, PERSONAL, SIGNING = "cos", "cow", "cop", "cws"
PURPOSE, SIGNING_PURPOSE = "credential", "signing-secret"

Credential = TypeVar("Credential", ApiKey, PersonalToken)


@transaction.atomic
def create_key(
    *, brand: Brand, scopes: list[Scope], origins: list[str], rate: int, actor: User | None
) -> tuple[ApiKey, str, str]:
    """A brand's key. Returns the row, the key and, for a widget, its signing secret (else ""):
    shown now, never again.

    Records `key.created`. Raises Invalid when the publishable scope is mixed with secret ones.
    """
    is_widget = Scope.WIDGET in scopes
    if is_widget and len(scopes) > 1:
        raise Invalid("A widget key is public: it takes no other scope.")
    secret = new_secret(WIDGET if is_widget else SECRET)
    signing = new_secret(SIGNING) if is_widget else ""
    key = ApiKey.objects.create(
        brand=brand,
        prefix=prefix_of(secret),
        hash=keyed_hash(secret, purpose=PURPOSE),
        scopes=scopes,
        origins=origins,
        rate=rate,
        signing_secret=encrypt(signing, purpose=SIGNING_PURPOSE) if signing else "",
        created_by=actor,
    )
    activity.record(
        "key.created", subject=("key", key.prefix), brand=brand, actor=actor, private=True
    )
    return key, secret, signing


@transaction.atomic
def create_token(*, user: User) -> str:
    """A personal token, shown now and never again. Records `token.created`."""
    secret = new_secret(PERSONAL)
    PersonalToken.objects.create(
        user=user, prefix=prefix_of(secret), hash=keyed_hash(secret, purpose=PURPOSE)
    )
    activity.record("token.created", subject=("user", user.handle), actor=user, private=True)
    return secret


@transaction.atomic
def revoke_key(*, key: ApiKey, actor: User | None) -> None:
    """From the next request on the key is nobody's. Records `key.revoked`."""
    key.revoked_at = timezone.now()
    key.save(update_fields=["revoked_at"])
    activity.record(
        "key.revoked", subject=("key", key.prefix), brand=key.brand, actor=actor, private=True
    )


def note_leak(secret: str) -> None:
    """A secret stood in an address, so logs and histories have it.

    Records `key.leaked`, once an hour for each key.
    """
    key = find_key(secret)
    if key is None or seconds_to_wait(f"leak:{key.pk}", limit=1, per_seconds=3600) > 0:
        return
    activity.record("key.leaked", subject=("key", key.prefix), brand=key.brand, private=True)


def find_key(secret: str) -> ApiKey | None:
    """The living key that this secret is, or None."""
    rows = ApiKey.objects.select_related("brand").filter(prefix=prefix_of(secret), revoked_at=None)
    return _matching(rows.first(), secret)


def find_token(secret: str) -> PersonalToken | None:
    """The living token of an active user that this secret is, or None."""
    rows = PersonalToken.objects.select_related("user").filter(
        prefix=prefix_of(secret), revoked_at=None, user__is_active=True
    )
    return _matching(rows.first(), secret)


def _matching(row: Credential | None, secret: str) -> Credential | None:
    if row is None or not same(row.hash, keyed_hash(secret, purpose=PURPOSE)):
        return None
    return row
