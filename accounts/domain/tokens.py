"""Personal tokens: a member's programs act as the member."""

import unicodedata

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import activity, last_use
from accounts.models import PersonalToken, User
from cocreate.lib import prepared
from cocreate.lib.errors import DomainError, Invalid, NotFound
from cocreate.lib.tokens import keyed_hash, new_secret, prefix_of, same

PERSONAL, PURPOSE = "cop", "credential"
MOST_LIVING, NAME_LENGTH = 20, 60

USER_COLUMNS = [field.attname for field in User._meta.concrete_fields]
OF_TOKEN = f"""
    SELECT t.id, t.hash,
           {last_use.is_old("t")},
           {", ".join(f'u."{name}"' for name in USER_COLUMNS)}
      FROM accounts_personaltoken t JOIN accounts_user u ON u.id = t.user_id
     WHERE t.prefix = %s AND t.revoked_at IS NULL AND u.is_active
"""  # noqa: S608 - names of our own columns
USED = last_use.noting("accounts_personaltoken")


class TooManyTokens(DomainError):
    code, status = "too_many_tokens", 409
    message = gettext_lazy("You have twenty tokens: revoke one that you no longer need.")


class TokenOver(DomainError):
    code, status, message = "token_over", 409, gettext_lazy("This token is revoked already.")


@transaction.atomic
def create_token(*, user: User, name: str = "") -> str:
    """A personal token, shown now and never again. Records `token.created`.

    Raises TooManyTokens, and Invalid with fields for a name that is none.
    """
    name = _clean_name(name)
    # Of two made at once the second sees the first.
    list(User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk"))
    if PersonalToken.objects.filter(user=user, revoked_at=None).count() >= MOST_LIVING:
        raise TooManyTokens
    secret = new_secret(PERSONAL)
    token = PersonalToken.objects.create(
        user=user, prefix=prefix_of(secret), hash=keyed_hash(secret, purpose=PURPOSE), name=name
    )
    _record("token.created", token)
    return secret


@transaction.atomic
def revoke_token(*, user: User, prefix: str) -> PersonalToken:
    """From the next request on the token is nobody's. Records `token.revoked`.

    Raises NotFound for what is not the user's, TokenOver for what is revoked.
    """
    tokens = PersonalToken.objects.select_for_update(no_key=True)
    token = tokens.filter(user=user, prefix=prefix).first()
    if token is None:
        raise NotFound
    if token.revoked_at is not None:
        raise TokenOver
    PersonalToken.objects.filter(pk=token.pk).update(revoked_at=Now())
    _record("token.revoked", token)
    return token


def tokens_of(user: User) -> list[PersonalToken]:
    """Those that work, newest first."""
    return list(PersonalToken.objects.filter(user=user, revoked_at=None).order_by("-pk"))


def find_token(secret: str) -> User | None:
    """The active user whose living token this secret is, or None. Notes its use every ten
    minutes.
    """
    row = prepared.one(OF_TOKEN, [prefix_of(secret)])
    if row is None or not same(row[1], keyed_hash(secret, purpose=PURPOSE)):
        return None
    token_id, _hash, use_is_old, *columns = row
    if use_is_old:
        prepared.one(USED, [token_id])
    return User.from_db(DEFAULT_DB_ALIAS, USER_COLUMNS, columns)


def _clean_name(name: str) -> str:
    """One line; nothing that a reader would not see. Empty for a token made by an operator."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if len(name) > NAME_LENGTH:
        message = _("Use %(n)s characters at most.") % {"n": NAME_LENGTH}
        raise Invalid(fields={"name": [("too_long", message)]})
    if not name.isprintable():
        message = _("Use letters, digits and ordinary signs.")
        raise Invalid(fields={"name": [("invalid", message)]})
    return name


def _record(kind: str, token: PersonalToken) -> None:
    activity.record(
        kind,
        subject=("user", token.user.handle),
        actor=token.user,
        private=True,
        data={"prefix": token.prefix, "name": token.name},
    )
