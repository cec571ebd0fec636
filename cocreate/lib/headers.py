"""What every answer says of itself: a request id, taken from the proxy in front when it sends a
sane one, and what browsers may do with it; and nothing of a body where it has none.
"""

import re
import secrets
from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware

from cocreate.lib import logs

SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
WITHOUT_BODY = {204, 304}
# A length of 0 would be that of the body a 304 stands for (RFC 9110, 8.6 and 15.4.5).
OF_A_BODY = (
    "Content-Type",
    "Content-Length",
    "Content-Encoding",
    "Content-Language",
    "Content-Disposition",
    "Content-Range",
    "Last-Modified",
)


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        request.request_id = sent if SANE_ID.fullmatch(sent) else secrets.token_hex(8)  # type: ignore[attr-defined]
        logs.request_id.set(request.request_id)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        if response.status_code in WITHOUT_BODY:
            tell_no_body(response)
        return response


def tell_no_body(response: HttpResponse) -> None:
    """Out here because Django gives every answer a type, and other middlewares a length and a
    language.
    """
    for name in OF_A_BODY:
        response.headers.pop(name, None)


class LanguageMiddleware(LocaleMiddleware):
    """Says that an answer varies by what the browser prefers, but where the view has marked it with
    `language_is_in_address`: a cache would keep as many copies of it as there are preferences.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        varies = response.headers.get("Vary", "")
        response = super().process_response(request, response)
        if getattr(response, "language_is_in_address", False):
            response.headers["Vary"] = varies
            if not varies:
                del response.headers["Vary"]
        return response


class PolicyMiddleware(CSPMiddleware):
    """The library puts the policy together anew for each answer, a tenth of what a small one costs.
    Here that is done once, for all that change nothing in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        self.policy = build_policy()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        has_its_own = "_csp_nonce" in vars(request) or any(
            "_csp" in name for name in vars(response)
        )
        if has_its_own or settings.DEBUG:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.policy)
        return response
