"""Keys of brands: made, shown once, recognised, replaced, revoked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import limits, rules
from accounts.domain import activity, brands, last_use
from accounts.enums import Scope
from accounts.models import Activity, ApiKey, Brand, User
from cocreate.lib import prepared
from cocreate.lib.errors import DomainError, Invalid, NotAllowed
from cocreate.lib.origins import clean_origin
from cocreate.lib.tokens import encrypt, keyed_hash, new_secret, prefix_of, same

SECRET, WIDGET, SIGNING = "cos", "cow", "cws"
PURPOSE, SIGNING_PURPOSE = "credential", "signing-secret"
MOST_LIVING, MOST_ORIGINS, LARGEST_RATE = 100, 20, 1_000_000

# Why a key died with its maker's rights (W14).
LEFT, REMOVED, DEMOTED, DEACTIVATED, ERASED = "left", "removed", "demoted", "deactivated", "erased"

KEY_COLUMNS, BRAND_COLUMNS = (
    [field.attname for field in model._meta.concrete_fields] for model in (ApiKey, Brand)
)
# The verbs that take somebody's rights revoke their keys; that the maker still has them is asked
# here too, for whatever goes past the verbs.
_KEYS = f"""
    SELECT {", ".join(f'k."{name}"' for name in KEY_COLUMNS)},
           {", ".join(f'b."{name}"' for name in BRAND_COLUMNS)},
           {last_use.is_old("k")}
      FROM accounts_apikey k JOIN accounts_brand b ON b.id = k.brand_id
     WHERE k.{{column}} = %s AND k.revoked_at IS NULL
       AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
       AND (k.created_by_id IS NULL OR EXISTS (
           SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
            WHERE m.brand_id = k.brand_id AND m.user_id = k.created_by_id
              AND m.role IN ('owner', 'manager') AND u.is_active))
"""  # noqa: S608 - names of our own columns
OF_KEY, OF_ID = _KEYS.format(column="prefix"), _KEYS.format(column="id")
USED = last_use.noting("accounts_apikey")


class KeyOver(DomainError):
    code, status = "key_over", 409
    message = gettext_lazy("This key is revoked or replaced already.")


class TooManyKeys(DomainError):
    code, status = "too_many_keys", 409
    message = gettext_lazy("A brand has a hundred keys at most: revoke one that nobody needs.")


@transaction.atomic
def create_key(
    *,
    brand: Brand,
    scopes: list[Scope],
    origins: list[str],
    rate: int,
    actor: User | None,
    name: str = "",
) -> tuple[ApiKey, str, str]:
    """A brand's key. Returns the row, the key and, for a widget, its signing secret (else ""):
    shown now, never again.

    Records `key.created`. Without an actor an operator makes it, and nobody's leaving ends it.
    Raises NotAllowed, TooManyKeys, and Invalid with fields, as when the publishable scope is mixed
    with secret ones.
    """
    _lock_for(brand, actor)
    if ApiKey.objects.filter(living(), brand=brand).count() >= MOST_LIVING:
        raise TooManyKeys
    scopes, origins = _clean_scopes(scopes), _clean_origins(origins)
    if not 0 <= rate <= LARGEST_RATE:
        raise Invalid(fields={"rate": [("invalid", _("A whole number from 0 to a million."))]})
    made = _make(
        ApiKey(brand=brand, name=name, scopes=scopes, origins=origins, rate=rate, created_by=actor)
    )
    _record("key.created", made[0], actor)
    return made


@transaction.atomic
def rotate_key(*, key: ApiKey, overlap: timedelta, actor: User) -> tuple[ApiKey, str, str]:
    """A new key that does what this one does; this one works on for the overlap. Returns as
    `create_key`. Records `key.rotated`. Raises KeyOver, NotAllowed.
    """
    _lock_for(key.brand, actor)
    old = _living_or_over(key)
    if old.expires_at is not None:
        raise KeyOver
    ApiKey.objects.filter(pk=old.pk).update(expires_at=Now() + overlap)
    made = _make(
        ApiKey(
            brand=old.brand, name=old.name, scopes=old.scopes, origins=old.origins, rate=old.rate,
            created_by=actor,
        )
    )  # fmt: skip
    hours = int(overlap.total_seconds() // 3600)
    _record("key.rotated", old, actor, by=made[0].prefix, overlap_hours=hours)
    return made


@transaction.atomic
def revoke_key(*, key: ApiKey, actor: User | None) -> None:
    """From the next request on the key is nobody's. Records `key.revoked`. Raises KeyOver,
    NotAllowed.
    """
    _lock_for(key.brand, actor)
    _end(_living_or_over(key), actor)


@transaction.atomic
def revoke_keys_of(
    user: User, *, reason: str, brand: Brand | None = None, actor: User | None = None
) -> int:
    """Their maker may not act for the brand (for any, without one) any more: the keys they made
    end with that, in the same transaction. Returns how many.

    `reason` is one of LEFT, REMOVED, DEMOTED, DEACTIVATED, ERASED. Records `key.revoked` with it,
    for each key, of which the owner is told.
    """
    keys = ApiKey.objects.select_related("brand").select_for_update(of=("self",), no_key=True)
    keys = keys.filter(living(), created_by=user)
    if brand is not None:
        keys = keys.filter(brand=brand)
    ended = list(keys.order_by("pk"))
    for key in ended:
        _end(key, actor, reason=reason)
    return len(ended)


def living() -> models.Q:
    """Not revoked, and not yet replaced."""
    return models.Q(revoked_at=None) & (models.Q(expires_at=None) | models.Q(expires_at__gt=Now()))


def keys_of(brand: Brand) -> list[ApiKey]:
    """All that work and the latest of those that do not, newest first, each with its maker and
    `leaked`: whether it stood in an address.
    """
    leaks = Activity.objects.filter(
        kind="key.leaked", subject_kind="key", subject_code=models.OuterRef("prefix")
    )
    keys = ApiKey.objects.filter(brand=brand).select_related("created_by", "brand")
    return list(
        keys.annotate(leaked=models.Exists(leaks), works=models.Q(living())).order_by(
            "-works", "-pk"
        )[: 2 * MOST_LIVING]
    )


def note_leak(secret: str) -> None:
    """A secret stood in an address, so logs and histories have it.

    Records `key.leaked`, once an hour for each key.
    """
    row = _row_of(secret)
    key = row[0] if row else None
    if key is not None and limits.is_leak_to_tell(key_id=key.pk):
        _record("key.leaked", key, None)


def find_key(secret: str) -> ApiKey | None:
    """The living key that this secret is, with its brand, or None. Notes its use every ten
    minutes.
    """
    row = _row_of(secret)
    if row is None:
        return None
    key, use_is_old = row
    if use_is_old:
        prepared.one(USED, [key.pk])
    return key


def find_living(key_id: int) -> ApiKey | None:
    """The key of this id with its brand, unless it has ended; for whoever proved it otherwise."""
    row = prepared.one(OF_ID, [key_id])
    return _read(row) if row else None


def _row_of(secret: str) -> tuple[ApiKey, bool] | None:
    row = prepared.one(OF_KEY, [prefix_of(secret)])
    if row is None:
        return None
    key = _read(row)
    return (key, row[-1]) if _is(secret, key.hash) else None


def _read(row: tuple[Any, ...]) -> ApiKey:
    key = ApiKey.from_db(DEFAULT_DB_ALIAS, KEY_COLUMNS, row[: len(KEY_COLUMNS)])
    key.brand = Brand.from_db(DEFAULT_DB_ALIAS, BRAND_COLUMNS, row[len(KEY_COLUMNS) : -1])
    return key


def _make(key: ApiKey) -> tuple[ApiKey, str, str]:
    """Give the unsaved key its secrets and save it."""
    secret = new_secret(WIDGET if key.is_widget else SECRET)
    signing = new_secret(SIGNING) if key.is_widget else ""
    key.prefix, key.hash = prefix_of(secret), keyed_hash(secret, purpose=PURPOSE)
    key.signing_secret = encrypt(signing, purpose=SIGNING_PURPOSE) if signing else ""
    key.save(force_insert=True)
    return key, secret, signing


def _lock_for(brand: Brand, actor: User | None) -> None:
    """Whoever loses the role at this moment makes no key that outlives it."""
    brands.lock(brand)
    if actor is not None:
        rules.forget_roles(actor)
        if not rules.can_manage_keys(actor, brand):
            raise NotAllowed


def _living_or_over(key: ApiKey) -> ApiKey:
    found = ApiKey.objects.select_related("brand").filter(living(), pk=key.pk).first()
    if found is None:
        raise KeyOver
    return found


def _end(key: ApiKey, actor: User | None, **data: str) -> None:
    key.revoked_at = timezone.now()
    key.save(update_fields=["revoked_at"])
    _record("key.revoked", key, actor, **data)


def _clean_scopes(scopes: Sequence[Scope]) -> list[Scope]:
    if not scopes:
        raise Invalid(fields={"scopes": [("required", _("Choose what the key may do."))]})
    if Scope.WIDGET in scopes and len(scopes) > 1:
        raise Invalid(_("A widget key is public: it takes no other scope."))
    return [scope for scope in Scope if scope in scopes]


def _clean_origins(origins: Sequence[str]) -> list[str]:
    if len(origins) > MOST_ORIGINS:
        raise Invalid(
            fields={"origins": [("too_many", _("These are too many sites for one key."))]}
        )
    try:
        return list(dict.fromkeys(clean_origin(one) for one in origins))
    except ValueError as error:
        message = _("“{text}” is no site's address such as https://shop.example.")
        raise Invalid(
            fields={"origins": [("invalid", message.format(text=str(error)[:80]))]}
        ) from error


def _record(kind: str, key: ApiKey, actor: User | None, **data: object) -> None:
    activity.record(
        kind,
        subject=("key", key.prefix),
        brand=key.brand,
        actor=actor,
        private=True,
        data={"name": key.name, **data},
    )


def _is(secret: str, known_hash: str) -> bool:
    return same(known_hash, keyed_hash(secret, purpose=PURPOSE))
