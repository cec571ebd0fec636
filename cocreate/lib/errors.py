"""Every refusal is a DomainError with a stable code; pages and API turn it into HTTP in one
place each.
"""

import logging
from collections.abc import Callable, Mapping

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from psycopg.errors import ReadOnlySqlTransaction

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5
LOST_DATABASE = (OperationalError, InterfaceError)


class DomainError(Exception):
    """A refusal that its reader can understand. Subclasses set `code`, `status` and `message`.

    `fields` maps the name of an input to its own (code, message); `extra` joins the JSON answer (a
    budget, say).
    """

    code = "invalid"
    status = 400
    message: str | Promise = gettext_lazy("That cannot be done.")

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        fields: Mapping[str, list[tuple[str, str]]] | None = None,
        extra: Mapping[str, object] | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.message = message if message is not None else self.message
        self.fields = fields or {}
        self.extra = extra or {}
        self.retry_after = retry_after
        super().__init__(self.code)


class Invalid(DomainError):
    message = gettext_lazy("Some of what you sent needs a correction.")


class NotFound(DomainError):
    code, status, message = (
        "not_found",
        404,
        gettext_lazy("There is nothing here, or it is not for you."),
    )


class NotAllowed(DomainError):
    code, status, message = "not_allowed", 403, gettext_lazy("You may not do that.")


class SignInRequired(DomainError):
    code, status, message = "sign_in_required", 401, gettext_lazy("Sign in first.")


class TooMany(DomainError):
    code, status, message = (
        "too_many",
        429,
        gettext_lazy("That is a little fast. Wait a moment and try again."),
    )


class Unavailable(DomainError):
    code, status = "unavailable", 503
    message = gettext_lazy("We cannot do this right now. Nothing was lost: try again in a moment.")


def unavailable_response(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After: JSON for programs, a page that needs no database for people."""
    response = refusal_response(request, Unavailable(), "503.html")
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def refusal_response(request: HttpRequest, error: DomainError, template: str) -> HttpResponse:
    """A refusal outside of every view: JSON for programs, the page of this template for people."""
    message = str(error.message)
    if not request.path.startswith("/api/"):
        return render(request, template, {"message": message}, status=error.status)
    body = {"code": error.code, "message": message, "fields": {}}
    body["request_id"] = getattr(request, "request_id", "")
    return JsonResponse(body, status=error.status)


def is_of_lost_database(error: BaseException | None) -> bool:
    """Gone, or one that takes no writes: a standby behind an address, or a primary that somebody
    has put to rest. That one's connection is given up, for the next request to find the primary.
    """
    if isinstance(error, LOST_DATABASE):
        return True
    takes_no_writes = error is not None and isinstance(error.__cause__, ReadOnlySqlTransaction)
    if takes_no_writes and not connection.in_atomic_block:
        connection.close()
    return takes_no_writes


class UnavailableMiddleware:
    """A lost database is 503, never 500; Django drops the broken connection and the next request
    opens a new one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_of_lost_database(exception):
            return None
        log.warning("database unavailable: %s", exception)
        return unavailable_response(request)
