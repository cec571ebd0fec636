"""The way of programs: the API knows neither sessions nor forms nor messages of the pages, so its
requests pass by the middlewares that are for those, and cost a fourth less
(docs/decisions/0071-programs-go-a-shorter-way.md).

Whatever those say of every answer is said here as well: tests/api/test_shortcut.py compares.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

from cocreate.lib.bodies import InTimeMiddleware
from cocreate.lib.errors import UnavailableMiddleware
from cocreate.lib.headers import PolicyMiddleware

OF_PROGRAMS = "/api/v1/"


class ShortcutMiddleware:
    """Its views are exempt from Django's check of forms, and make their own where a cookie speaks
    (api/authentication.py).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.long_way = get_response
        of_view: Any = convert_exception_to_response(self.of_view)
        self.short_way = InTimeMiddleware(of_view)
        self.unavailable = UnavailableMiddleware(get_response)
        self.policy = PolicyMiddleware(get_response)
        self.security = SecurityMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(OF_PROGRAMS):
            return self.long_way(request)
        response = self.short_way(request)
        self.mark(request, response)
        return response

    def of_view(self, request: HttpRequest) -> HttpResponse:
        speak_language_of(request)  # else a refusal speaks the language of whoever asked before
        request.get_host()  # raises DisallowedHost
        request.resolver_match = match = resolve(request.path_info)
        try:
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except Exception as error:
            found = self.unavailable.process_exception(request, error)
            if found is None:
                raise
            return found
        return response

    def mark(self, request: HttpRequest, response: HttpResponse) -> None:
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        self.policy.process_response(request, response)
        self.security.process_response(request, response)


def speak_language_of(request: HttpRequest) -> None:
    """The one that the cookie names, else the first of the header's that we speak."""
    translation.activate(translation.get_language_from_request(request))
    request.LANGUAGE_CODE = translation.get_language() or ""
