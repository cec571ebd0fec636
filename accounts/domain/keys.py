"""Keys and tokens: made, shown once, recognised, revoked."""

from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from accounts.domain import activity
from accounts.enums import Scope
from accounts.models import ApiKey, Brand, PersonalToken, User
from cocreate.lib import prepared
from cocreate.lib.errors import Invalid
from cocreate.lib.ratelimit import seconds_to_wait
from cocreate.lib.tokens import encrypt, keyed_hash, new_secret, prefix_of, same

SECRET, WIDGET, PERSONAL, SIGNING = "cos", "cow", "cop", "cws"
PURPOSE, SIGNING_PURPOSE = "credential", "signing-secret"

KEY_COLUMNS, BRAND_COLUMNS, USER_COLUMNS = (
    [field.attname for field in model._meta.concrete_fields] for model in (ApiKey, Brand, User)
)
OF_KEY = f"""
    SELECT {", ".join(f'k."{name}"' for name in KEY_COLUMNS)},
           {", ".join(f'b."{name}"' for name in BRAND_COLUMNS)}
      FROM accounts_apikey k JOIN accounts_brand b ON b.id = k.brand_id
     WHERE k.prefix = %s AND k.revoked_at IS NULL
"""  # noqa: S608 - names of our own columns
OF_TOKEN = f"""
    SELECT t.hash, {", ".join(f'u."{name}"' for name in USER_COLUMNS)}
      FROM accounts_personaltoken t JOIN accounts_user u ON u.id = t.user_id
     WHERE t.prefix = %s AND t.revoked_at IS NULL AND u.is_active
"""  # noqa: S608


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
    """The living key that this secret is, with its brand, or None."""
    row = prepared.one(OF_KEY, [prefix_of(secret)])
    if row is None:
        return None
    key = ApiKey.from_db(DEFAULT_DB_ALIAS, KEY_COLUMNS, row[: len(KEY_COLUMNS)])
    key.brand = Brand.from_db(DEFAULT_DB_ALIAS, BRAND_COLUMNS, row[len(KEY_COLUMNS) :])
    return key if _is(secret, key.hash) else None


def find_token(secret: str) -> User | None:
    """The active user whose living token this secret is, or None."""
    row = prepared.one(OF_TOKEN, [prefix_of(secret)])
    if row is None or not _is(secret, row[0]):
        return None
    return User.from_db(DEFAULT_DB_ALIAS, USER_COLUMNS, row[1:])


def _is(secret: str, known_hash: str) -> bool:
    return same(known_hash, keyed_hash(secret, purpose=PURPOSE))
