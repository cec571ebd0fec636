"""Which language the pages speak: a cookie for visitors, the saved choice for members."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from accounts.domain.people import choose_language
from cocreate.lib.errors import Invalid
from web.pages import page, safe_path

ONE_YEAR = 60 * 60 * 24 * 365


@page
@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """A GET sets the cookie and nothing else; a member's POST also saves the choice."""
    sent = request.POST if request.method == "POST" else request.GET
    if sent.get("to") not in dict(settings.LANGUAGES):
        raise Invalid
    if request.method == "POST" and request.user.is_authenticated:
        choose_language(user=request.user, language=sent["to"])
    response = HttpResponseRedirect(safe_path(request, sent.get("next")))
    remember_language(response, sent["to"])
    return response


def remember_language(response: Any, code: str) -> None:
    if code not in dict(settings.LANGUAGES):
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, max_age=ONE_YEAR, path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE, httponly=True,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )  # fmt: skip
