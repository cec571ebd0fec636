"""Where a refusal becomes an answer: {"code", "message", "fields", "request_id"} and its status."""

import logging
import re
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from accounts.access import Moved
from api.answers import answer
from cocreate.lib.errors import (
    RETRY_AFTER_SECONDS,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    Unavailable,
    is_of_lost_database,
)

log = logging.getLogger(__name__)

Fields = dict[str, list[tuple[str, str]]]

MOST_FIELDS, LONGEST_NAME = 20, 100


class BadCredential(DomainError):
    code, status, message = (
        "bad_credential",
        401,
        _("That key, token or session is not valid, or not any more."),
    )


class CsrfFailed(DomainError):
    code, status, message = (
        "csrf_failed",
        403,
        _("Send the token of your session in the header X-CSRFToken."),
    )


class KeyInUrl(DomainError):
    code, status = "key_in_url", 400
    message = _(
        "A secret does not belong into an address: logs keep it. Replace it, and send a header."
    )


class UnknownParameter(DomainError):
    code, status, message = (
        "unknown_parameter",
        400,
        _("This address does not know that parameter."),
    )


class VoterRequired(DomainError):
    code, status, message = "voter_required", 400, _("Name the voter by external_id or email.")


class MethodNotAllowed(DomainError):
    code, status, message = "method_not_allowed", 405, _("That cannot be done here.")


class TooLarge(DomainError):
    code, status, message = "too_large", 413, _("That is too much text for one request.")


class UnsupportedMediaType(DomainError):
    code, status, message = (
        "unsupported_media_type",
        415,
        _("Send JSON, with the content type application/json."),
    )


class Internal(DomainError):
    code, status, message = "internal", 500, _("Something broke on our side. Nothing was changed.")


def handle(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """Django REST framework's EXCEPTION_HANDLER. Every error is answered as JSON."""
    request = context["request"]
    refusal = error if isinstance(error, DomainError) else translate(error)
    if isinstance(refusal, Internal):
        got_request_exception.send(sender=None, request=request)
        log.error("%s %s", request.method, request.path, exc_info=error)
    body = {
        "code": refusal.code,
        "message": str(refusal.message),
        "fields": shown(refusal.fields),
        "request_id": getattr(request, "request_id", ""),
        **refusal.extra,
    }
    response = answer(body, refusal.status)
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, Moved):
        response["Location"] = todays_address(request, refusal.slug)
    if refusal.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def todays_address(request: Any, slug: str) -> str:
    """Where a brand that moved answers now: the same path under its new name. Relative, because
    clients drop their credentials where a redirect names another host.
    """
    path = re.sub(r"/brands/[^/]+/", f"/brands/{slug}/", request.path, count=1)
    query = request.META.get("QUERY_STRING", "")
    return path + (f"?{query}" if query else "")


def translate(error: Exception) -> DomainError:
    """What others raise, in our words."""
    match error:
        case exceptions.ValidationError():
            return Invalid(fields=flatten(error.get_full_details()))
        case exceptions.MethodNotAllowed():
            return MethodNotAllowed()
        case exceptions.UnsupportedMediaType():
            return UnsupportedMediaType()
        case Http404():
            return NotFound()
        case PermissionDenied():
            return NotAllowed()
        case RequestDataTooBig():
            return TooLarge()
        case exceptions.ParseError() | SuspiciousOperation() | UnreadablePostError():
            return Invalid()
        case _ if is_of_lost_database(error):
            log.warning("database unavailable: %s", error)
            return Unavailable(retry_after=RETRY_AFTER_SECONDS)
    return Internal()


def shown(fields: Any) -> dict[str, list[dict[str, str]]]:
    """The first problems: whoever sends 10,000 unknown fields needs no 10,000 sentences."""
    return {
        name[:LONGEST_NAME]: [{"code": code, "message": str(message)} for code, message in problems]
        for name, problems in list(fields.items())[:MOST_FIELDS]
    }


def flatten(details: Any, name: str = "") -> Fields:
    """Nested problems of a serializer under dotted names, such as `voter.email` or `tags.0`."""
    if (
        isinstance(details, dict)
        and set(details) == {"message", "code"}
        and isinstance(details["message"], str)
    ):
        return {name: [(details["code"], details["message"])]}
    if isinstance(details, dict):
        inner = [
            (key if key != "non_field_errors" else "", value) for key, value in details.items()
        ]
    else:
        is_row = any(isinstance(one, dict) and "code" not in one for one in details)
        inner = [(str(n) if is_row else "", value) for n, value in enumerate(details)]
    found: Fields = {}
    for key, value in inner:
        for path, problems in flatten(value, ".".join(filter(None, [name, str(key)]))).items():
            found.setdefault(path, []).extend(problems)
    return found
