"""Pages for what went wrong outside a view. They touch neither the database nor the session."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template import loader

from cocreate.lib.errors import is_of_lost_database, unavailable_response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain("404.html", 404)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain("403.html", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Errors of the middleware land here too: there a lost database is still 503."""
    if is_of_lost_database(sys.exc_info()[1]):
        return unavailable_response(request)
    return plain("500.html", 500)


def plain(template: str, status: int) -> HttpResponse:
    response = HttpResponse(loader.render_to_string(template), status=status)
    response["Cache-Control"] = "private, no-cache"  # asked again: it may be there, or theirs, then
    return response
