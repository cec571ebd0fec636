"""Widget sessions: a host's signed word about who its visitor is becomes a token for ten minutes of
votes.

The token is signed and not stored: whoever votes with it costs no look-up, and that its key still
lives is asked in the round trip of the vote itself (ideas/sql/widgets.sql).
"""

import re
import time
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from jwt.exceptions import InvalidJTIError, InvalidSubjectError

from accounts import limits
from accounts.domain import keys
from accounts.domain.signup import clean_name
from accounts.enums import Visibility
from accounts.models import ApiKey, SpentToken
from accounts.models.user import NAME_LENGTH
from cocreate.lib import prepared
from cocreate.lib.errors import DomainError, NotFound
from cocreate.lib.mailboxes import mailbox_key
from cocreate.lib.tokens import decrypt, keyed_hash, prefix_of, sealed, unsealed

SESSION, PURPOSE, JTI_PURPOSE = "cot", "widget-session", "widget-jti"
LIFE_SECONDS = 600
LONGEST_TOKEN_SECONDS = 300
CLOCKS_DIFFER_BY = 30  # seconds: a host sets "in five minutes" by a clock of its own
LONGEST_TOKEN, LONGEST_ID, LONGEST_EMAIL = 4096, 200, 254
KEPT_BEHIND = timedelta(hours=1)  # the database's clock and ours may differ, too
KEY_SHAPE = re.compile(r"cow_[A-Za-z0-9_-]{20,80}")
SESSION_SHAPE = re.compile(r"cot_[A-Za-z0-9_-]{20,2600}\.[0-9a-f]{64}")

# Of two that spend one token at once the second waits for the first, and finds it spent.
SPEND = """
    INSERT INTO accounts_spenttoken (key_id, jti, expires_at) VALUES (%s, %s, to_timestamp(%s))
    ON CONFLICT (key_id, jti) DO NOTHING RETURNING id
"""


class TokenRefused(DomainError):
    """The host's token; `fields` says why to whoever writes the host's side."""

    code, status = "bad_token", 401
    message = _("The site’s token was not accepted.")

    def __init__(self, why: str, sentence: str | Promise) -> None:
        self.why = why
        super().__init__(fields={"token": [(why, str(sentence))]})


class Forged(TokenRefused):
    """Not signed with the secret of a key that works: somebody may be guessing."""

    def __init__(self) -> None:
        super().__init__(
            "signature",
            _("Sign it with HS256 and the secret of a widget key, and name that key in “kid”."),
        )


class OriginRefused(DomainError):
    code, status = "origin_not_allowed", 403
    message = _(
        "This widget key does not list the site that asks. Make one that does, at the desk."
    )


class SessionOver(DomainError):
    code, status = "bad_credential", 401
    message = _("This session of the widget is over. Ask the site for a new token.")


@dataclass(frozen=True)
class Session:
    """Whom a widget's key votes for, and from where. Nothing in it is believed but what a brand's
    own key may say: a name in the brand, and a mailbox that deduplicates (a keyed hash).
    """

    key_id: int
    brand_id: int
    prefix: str
    external_id: str
    mailbox: str | None
    name: str
    origin: str  # that asked for it; empty: a program
    expires: int

    def must_be_used_from(self, origin: str) -> None:
        """Raises SessionOver: it is over, or some other site's."""
        if time.time() >= self.expires or origin != self.origin:
            raise SessionOver

    def must_belong_to(self, publishable: str) -> None:
        """The key that stands in the address. Raises SessionOver."""
        if prefix_of(publishable) != self.prefix:
            raise SessionOver


@dataclass(frozen=True)
class Opened:
    """A new session, and what its holder presents."""

    secret: str
    session: Session
    key: ApiKey

    @property
    def expires(self) -> datetime:
        return datetime.fromtimestamp(self.session.expires, UTC)


def key_of_token(token: str) -> tuple[ApiKey, dict[str, Any]]:
    """The widget key whose secret signed the host's token, and what it claims. Raises TokenRefused.

    Everything that is not signed is answered alike.
    """
    try:
        kid = jwt.get_unverified_header(token).get("kid") if len(token) <= LONGEST_TOKEN else None
    except (jwt.InvalidTokenError, ValueError) as error:
        raise Forged from error
    key = keys.find_key(kid) if isinstance(kid, str) and KEY_SHAPE.fullmatch(kid) else None
    if key is None or not key.is_widget:
        raise Forged
    return key, _claims(token, decrypt(key.signing_secret, purpose=keys.SIGNING_PURPOSE))


def open_session(*, key: ApiKey, claims: dict[str, Any], origin: str) -> Opened:
    """What key_of_token() returned, for whoever asks from `origin` (empty: no browser). Spends the
    token. Records nothing, as a vote does not. Raises TokenRefused, TooMany, and what
    must_open_from() does.
    """
    must_open_from(key, origin)
    email = _email(claims)
    session = Session(
        key_id=key.pk, brand_id=key.brand_id, prefix=key.prefix,
        external_id=_text(claims, "sub"), mailbox=mailbox_key(email) if email else None,
        name=_name(claims), origin=origin, expires=int(time.time()) + LIFE_SECONDS,
    )  # fmt: skip
    limits.open_widget_session(brand_id=key.brand_id, external_id=session.external_id)
    jti = keyed_hash(_text(claims, "jti"), purpose=JTI_PURPOSE)
    if prepared.one(SPEND, (key.pk, jti, claims["exp"])) is None:
        raise TokenRefused("spent", _("It was used before: make a new one, with a new “jti”."))
    return Opened(issue(session), session, key)


def must_open_from(key: ApiKey, origin: str) -> None:
    """Raises OriginRefused, and NotFound where the brand is not public."""
    if origin and origin not in key.origins:
        raise OriginRefused
    if key.brand.visibility != Visibility.PUBLIC:
        raise NotFound


def issue(session: Session) -> str:
    """What the session's holder presents: `cot_…`."""
    return f"{SESSION}_{sealed(list(astuple(session)), purpose=PURPOSE)}"


def read_session(secret: str) -> Session | None:
    """The session that we signed, over or not; else None."""
    if not SESSION_SHAPE.fullmatch(secret):
        return None
    content = unsealed(secret.partition("_")[2], purpose=PURPOSE)
    return Session(*content) if content is not None else None


def key_of_session(session: Session) -> ApiKey:
    """Its key, with the brand. Raises SessionOver where it has ended."""
    key = keys.find_living(session.key_id)
    if key is None:
        raise SessionOver
    return key


def clear_spent_tokens() -> int:
    """They are refused as expired by now. Returns how many were deleted."""
    return SpentToken.objects.filter(expires_at__lt=timezone.now() - KEPT_BEHIND).delete()[0]


def audience() -> str:
    """What a host writes into `aud`: our origin."""
    parts = urlsplit(settings.PUBLIC_URL)
    return f"{parts.scheme}://{parts.netloc}"


def _claims(token: str, secret: str) -> dict[str, Any]:
    """Raises TokenRefused."""
    try:
        claims = jwt.decode(
            token, secret, algorithms=["HS256"], audience=audience(), leeway=CLOCKS_DIFFER_BY,
            options={"require": ["exp", "aud", "sub", "jti"]},
        )  # fmt: skip
    except jwt.ExpiredSignatureError as error:
        raise TokenRefused("expired", _("It has expired: make one for each session.")) from error
    except jwt.InvalidAudienceError as error:
        sentence = _("“aud” must be {audience}.").format(audience=audience())
        raise TokenRefused("audience", sentence) from error
    except jwt.MissingRequiredClaimError as error:
        raise _wrong(error.claim) from error
    except jwt.ImmatureSignatureError as error:
        raise TokenRefused("too_early", _("It is not valid yet: compare the clocks.")) from error
    except (InvalidSubjectError, InvalidJTIError) as error:
        raise _wrong("sub" if isinstance(error, InvalidSubjectError) else "jti") from error
    except (jwt.InvalidTokenError, ValueError, OverflowError) as error:
        raise Forged from error
    ends = int(claims["exp"])  # the library takes one that is written as a text, too
    if not ends <= time.time() + LONGEST_TOKEN_SECONDS + CLOCKS_DIFFER_BY:
        raise TokenRefused("too_long", _("“exp” may be five minutes ahead at most."))
    return claims | {"exp": ends}


def _text(claims: dict[str, Any], name: str) -> str:
    """Raises TokenRefused for what is no plain text of a sensible length."""
    value = claims[name]
    if not (isinstance(value, str) and value.strip() and len(value) <= LONGEST_ID):
        raise _wrong(name)
    if not value.isprintable():  # no NUL, and no half of a letter
        raise _wrong(name)
    return value.strip()


def _email(claims: dict[str, Any]) -> str:
    email = claims.get("email") or ""
    if not email:
        return ""
    try:
        if not isinstance(email, str) or len(email) > LONGEST_EMAIL:
            raise ValidationError("")
        validate_email(email)
    except ValidationError as error:
        raise _wrong("email") from error
    return email


def _name(claims: dict[str, Any]) -> str:
    """Nobody is kept from voting by a name that we could not show."""
    name = claims.get("name")
    try:
        return clean_name(name[:NAME_LENGTH]) if isinstance(name, str) and name.strip() else ""
    except ValidationError:
        return ""


def _wrong(claim: str) -> TokenRefused:
    return TokenRefused(claim, _("“{claim}” is missing or not usable.").format(claim=claim))
