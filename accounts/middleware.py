"""`request.user` is whom the session's own query has found (accounts/sessions.py)."""

from typing import Any

from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


class MemberMiddleware(AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _member_of(request))  # type: ignore[assignment]


def _member_of(request: Any) -> Any:
    if not hasattr(request, "_cached_user"):  # Django's name for it; log lines read it, too
        request._cached_user = request.session.member() or auth.get_user(request)
    return request._cached_user
