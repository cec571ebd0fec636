"""allauth's addresses and ours beside them, under our own rules: nothing of an account is kept by a
cache, a POST is one transaction, and nobody needs sixty thousand characters to sign in. The limits
stand before them (web/entrance.py).
"""

from functools import wraps
from typing import Any

from allauth.account import urls as theirs
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy
from django.views.decorators.gzip import gzip_page

from cocreate.lib.errors import DomainError
from web.account import again, enter
from web.account.clothes import dress
from web.pages import View

MOST_BYTES = 64 * 1024


class TooLarge(DomainError):
    code, message = "too_large", gettext_lazy("That is far too long. Make it shorter.")


def ours(view: View) -> View:
    """Raises TooLarge; a refusal undoes what the POST had done."""

    @wraps(view)
    @gzip_page
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if size_of(request) > MOST_BYTES:
            raise TooLarge
        if request.method == "POST":
            with transaction.atomic():
                response = view(request, *args, **kwargs)
        else:
            response = view(request, *args, **kwargs)
        dress(request, response)
        add_never_cache_headers(response)
        return response

    return wrapped


def size_of(request: HttpRequest) -> int:
    """As Django reads it: without a sane header there is no body."""
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


# Where allauth asks somebody without a password nothing.
GUARDS = {
    "account_email": again.change_of_address,
    "account_set_password": again.first_password,
}
OWN = [
    path("enter/", enter.AskView.as_view(), name="account_enter"),
    path("enter/code/", enter.ConfirmView.as_view(), name="account_enter_code"),
    path("reauthenticate/code/", again.ByCodeView.as_view(), name="account_reauthenticate_code"),
]


def guarded(pattern: URLPattern) -> View:
    guard = GUARDS.get(str(pattern.name))
    return guard(pattern.callback) if guard else pattern.callback


urlpatterns = [
    URLPattern(each.pattern, ours(guarded(each)), each.default_args, each.name)
    for each in [*theirs.urlpatterns, *OWN]
]
