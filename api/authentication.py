"""Who asks, by what they present; what is not valid is 401 even where nothing is needed."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.datastructures import MultiValueDict
from rest_framework.authentication import BaseAuthentication

from accounts.domain import keys, tokens
from accounts.domain.signin import member_of_session
from accounts.models import User
from api.callers import Caller
from api.errors import BadCredential, CsrfFailed, KeyInUrl

SECRET_SHAPE = re.compile(r"(cop|cos|cow)_[A-Za-z0-9_-]{20,80}")
SECRETS = tuple(f"{kind}_" for kind in (tokens.PERSONAL, keys.SECRET, keys.SIGNING))


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer` with a personal token, a secret key or a widget's key."""

    def authenticate(self, request: Any) -> tuple[User | None, Caller] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        scheme, _space, secret = header.partition(" ")
        if scheme.lower() != "bearer" or not SECRET_SHAPE.fullmatch(secret):
            raise BadCredential
        if secret.startswith(tokens.PERSONAL):
            user = tokens.find_token(secret)
            if user is None:
                raise BadCredential
            return user, Caller(user=user)
        key = keys.find_key(secret)
        if key is None:
            raise BadCredential
        return None, Caller(key=key)


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
