"""Who asks, by what they present; what is not valid is 401 even where nothing is needed."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.datastructures import MultiValueDict
from rest_framework.authentication import BaseAuthentication

from accounts.domain import keys, tokens, widgets
from accounts.domain.signin import member_of_session
from accounts.models import ApiKey, User
from api.callers import Caller
from api.cors import let_read, origin_of
from api.errors import BadCredential, CsrfFailed, KeyInUrl

SECRET_SHAPE = re.compile(r"(cop|cos|cow)_[A-Za-z0-9_-]{20,80}")
SECRETS = tuple(
    f"{kind}_" for kind in (tokens.PERSONAL, keys.SECRET, keys.SIGNING, widgets.SESSION)
)
KEY_PARAMETER = "key"


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer` with a personal token, a secret key, a widget's key or session."""

    def authenticate(self, request: Any) -> tuple[User | None, Caller] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        scheme, _space, secret = header.partition(" ")
        if scheme.lower() == "bearer" and secret.startswith(f"{widgets.SESSION}_"):
            return None, caller_of_session(request._request, secret)
        if scheme.lower() != "bearer" or not SECRET_SHAPE.fullmatch(secret):
            raise BadCredential
        if secret.startswith(tokens.PERSONAL):
            user = tokens.find_token(secret)
            if user is None:
                raise BadCredential
            return user, Caller(user=user)
        key = keys.find_key(secret)
        if key is None or not names_this_key_or_none(request._request, key, secret):
            raise BadCredential
        return None, caller_of_key(request._request, key)


class KeyInAddressAuthentication(BaseAuthentication):
    """`?key=` with a widget's key, which is public: for reading from a page of another site,
    without a preflight and so that shared caches may answer. It goes before any cookie.
    """

    def authenticate(self, request: Any) -> tuple[None, Caller] | None:
        secret = key_in_address(request._request)
        if secret is None:
            return None
        key = keys.find_key(secret)
        if key is None or not key.is_widget:
            raise BadCredential
        return None, caller_of_key(request._request, key)


def key_in_address(request: HttpRequest) -> str | None:
    """What has the shape of a widget's key; anything else there is an unknown parameter."""
    if not request.META.get("QUERY_STRING"):
        return None
    try:
        sent = request.GET.getlist(KEY_PARAMETER)
    except TooManyFieldsSent:  # whoever reads the others says so
        return None
    return sent[0] if len(sent) == 1 and widgets.KEY_SHAPE.fullmatch(sent[0]) else None


def is_for_widgets(request: HttpRequest) -> bool:
    """Whether a widget's key or session was presented, and a key in the address has been read."""
    return getattr(request, "readers", None) is not None


def names_this_key_or_none(request: HttpRequest, key: ApiKey, secret: str) -> bool:
    """A page repeats its widget's key in the address, for the preflight (api/cors.py)."""
    return not key.is_widget or key_in_address(request) in {None, secret}


def caller_of_key(request: HttpRequest, key: ApiKey) -> Caller:
    if key.is_widget:
        let_read(request, key.origins)
    return Caller(own_key=key)


def caller_of_session(request: HttpRequest, secret: str) -> Caller:
    """Nobody guesses at a session that we signed: one that is over fills no bucket of wrong ones.
    Raises SessionOver, in words that its own site may read.
    """
    session = widgets.read_session(secret)
    if session is None:
        raise BadCredential
    let_read(request, [session.origin])
    session.must_be_used_from(origin_of(request))
    publishable = key_in_address(request)
    if publishable is not None:
        session.must_belong_to(publishable)
    return Caller(session=session)


class MemberAuthentication(BaseAuthentication):
    """The pages' session. A cookie that is nobody's is a visitor's: browsers send it unasked."""

    def authenticate(self, request: Any) -> tuple[User, Caller] | None:
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        user = member_of_session(cookie) if cookie else None
        if user is None:
            return None
        must_come_from_our_pages(request._request)
        return user, Caller(user=user)


class _Check(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


_check = _Check(lambda _request: None)  # type: ignore[arg-type]


def must_come_from_our_pages(request: HttpRequest) -> None:
    """Django's check of token, Origin and Referer; no form is read. Raises CsrfFailed."""
    request._post, request._files = QueryDict(), MultiValueDict()  # type: ignore[attr-defined]
    _check.process_request(request)
    if _check.process_view(request, None, (), {}):
        raise CsrfFailed


def no_secret_in_url(request: HttpRequest) -> None:
    """Addresses end up in logs. Raises KeyInUrl, and notes for the brand which key leaked."""
    if not request.META.get("QUERY_STRING"):
        return
    leaked = [
        word
        for name, words in request.GET.lists()
        for word in (name, *words)
        if word.startswith(SECRETS)
    ]
    for secret in leaked[:3]:
        if SECRET_SHAPE.fullmatch(secret):
            keys.note_leak(secret)
    if leaked:
        raise KeyInUrl
