"""What every page shares: refusals become pages here, and so do the rules of caching."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.gzip import gzip_page

from accounts.access import Moved
from accounts.domain.people import in_zone_of
from cocreate.lib.errors import DomainError, NotAllowed, NotFound, SignInRequired, TooMany
from web.ahead import say_what_may_come_ahead

View = Callable[..., HttpResponseBase]
FRESH_SECONDS = (
    5  # a crowd costs one page in five seconds; a brand that turns private is gone as soon
)


def page(view: View) -> View:
    """Every view of ours is wrapped in this."""

    @wraps(view)
    @gzip_page
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with in_zone_of(request.user):
            try:
                response = view(request, *args, **kwargs)
            except DomainError as error:
                response = refusal(request, error)
        set_cache_rules(request, response)
        say_what_may_come_ahead(request, response)
        return response

    return wrapped


def refusal(request: HttpRequest, error: DomainError, again: str = "") -> HttpResponse:
    """A page for each kind of DomainError. Its status is the error's own; `again` is where what
    was refused can be tried once more.
    """
    match error:
        case Moved():
            return to_todays_address(request, error.slug)
        case NotFound():
            return render(request, "404.html", status=404)
        case SignInRequired():
            return to_sign_in(request.get_full_path() if request.method == "GET" else "/")
        case NotAllowed():
            return render(request, "403.html", {"message": error.message}, status=403)
    template = "429.html" if isinstance(error, TooMany) else "refused.html"
    context = {"message": error.message, "again": again}
    return with_retry(render(request, template, context, status=error.status), error)


def with_retry(response: HttpResponse, error: DomainError | None) -> HttpResponse:
    if error and error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def to_todays_address(request: HttpRequest, slug: str) -> HttpResponse:
    """The same page of a brand that moved; a form is sent again as it is. Asked each time: a brand
    may come back to an address it left.
    """
    match = request.resolver_match
    assert match is not None  # noqa: S101 - a view runs
    path = reverse(match.view_name, kwargs=match.kwargs | {"slug": slug})
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponsePermanentRedirect(path + (f"?{query}" if query else ""))
    if request.method not in {"GET", "HEAD"}:
        response.status_code = 308
    return response


def to_sign_in(back: str, name: str = "account_login") -> HttpResponse:
    """To the sign-in page, or sign-up, and back afterwards."""
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({REDIRECT_FIELD_NAME: back})}")


def set_cache_rules(request: HttpRequest, response: HttpResponseBase) -> None:
    """A visitor's page may be shared for seconds; what a member sees is theirs and never stored. So
    is the token of a form, of which Django's middleware makes a cookie later.
    """
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    if response.has_header("Cache-Control"):
        return
    has_token = request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    if request.user.is_authenticated or response.cookies or has_token:
        patch_cache_control(response, private=True, no_store=True)
    elif request.method in {"GET", "HEAD"} and response.status_code == 200:
        patch_cache_control(response, public=True, max_age=0, s_maxage=FRESH_SECONDS)
    else:
        patch_cache_control(response, no_cache=True)


def member_of(request: HttpRequest) -> Any:
    """The signed-in user. Raises SignInRequired."""
    if not request.user.is_authenticated:
        raise SignInRequired
    return request.user


def named(request: HttpRequest, field: str) -> str:
    """What a form says by name; a name that no column of text could hold is nobody's."""
    text = request.POST.get(field, "")
    return "" if "\0" in text else text


def safe_path(request: HttpRequest, url: str | None, default: str = "/") -> str:
    """`url` where it is a path of this site, else the default: nobody is sent elsewhere."""
    is_ours = bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if url and is_ours and url.startswith("/") else default
