"""What the schema says of any endpoint: its refusals, its headers, its credentials.

A refusal is named by the class that is raised, so that code, status and words are those of the
answer.
"""

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from accounts.access import Moved
from api.errors import (
    BadCredential,
    CsrfFailed,
    KeyInUrl,
    TooLarge,
    UnknownParameter,
    UnsupportedMediaType,
)
from api.idempotency import HEADER, LONGEST_KEY, REPLAYED, InProgress, KeyReused
from api.v1.examples import REQUESTS, RESPONSES
from cocreate.lib.bodies import TooSlow
from cocreate.lib.errors import (
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    SignInRequired,
    TooMany,
    Unavailable,
)

JSON, FORM = "application/json", "multipart/form-data"

Refusals = tuple[type[DomainError], ...]

ALWAYS: Refusals = (Invalid, UnknownParameter, KeyInUrl, BadCredential, TooMany, Unavailable)
READING: Refusals = (*ALWAYS, NotAllowed, NotFound)
WRITING: Refusals = (
    *READING, SignInRequired, CsrfFailed, TooLarge, TooSlow, UnsupportedMediaType,
)  # fmt: skip
ONCE: Refusals = (InProgress, KeyReused)  # of a POST that may be sent again

TOLD = {"ETag": "For If-Match.", "Location": "Where it can be read from now on."}
CREDENTIALS: list[Any] = [{"bearer": []}, {"session": []}]
OR_NONE: list[Any] = [*CREDENTIALS, {"key": []}, {}]


class Problem(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class Error(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Stable; for programs.")
    message = serializers.CharField(help_text="For people, in the caller's language.")
    fields = serializers.DictField(
        child=Problem(many=True), help_text="Problems by the name of what was sent."
    )  # type: ignore[assignment]
    request_id = serializers.CharField()


def operation(
    name: str,
    summary: str,
    description: str,
    *parameters: OpenApiParameter,
    good: dict[int, Any],
    errors: Refusals = READING,
    told: Collection[str] = (),
    **options: Any,
) -> Any:
    """`errors`: all that may be raised; `told`: headers of TOLD. Reading needs no credential where
    the brand is public.
    """
    is_reading = not set(errors) & {TooLarge, KeyReused}
    sent = [*parameters, *headers_sent(errors, is_reading=is_reading)]
    if any(one.location == OpenApiParameter.PATH and one.name == "slug" for one in parameters):
        errors = (*errors, Moved)
    if is_reading:
        good = good | {304: OpenApiResponse(description="As you know it.")}
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=description,
        parameters=[*sent, *headers_answered(good, errors, told, is_reading=is_reading)],
        responses=good | refused(errors),
        examples=[*asked(name), *shown(name, good)],
        **({"auth": OR_NONE if is_reading else CREDENTIALS} | options),
    )


def refused(errors: Refusals) -> dict[int, OpenApiResponse]:
    """What each status may mean, and one example of each code."""
    known = sorted(dict.fromkeys(errors), key=lambda one: one.status)
    return {
        status: OpenApiResponse(
            Error, ", ".join(dict.fromkeys(one.code for one in group)),
            examples=[example_of(one) for one in {one.code: one for one in group}.values()],
        )
        for status, group in ((status, list(same)) for status, same in by_status(known))
    }  # fmt: skip


def by_status(errors: Iterable[type[DomainError]]) -> Any:
    return groupby(errors, key=lambda one: one.status)


def example_of(error: type[DomainError]) -> OpenApiExample:
    value = {"code": error.code, "message": str(error.message), "fields": {}}
    return OpenApiExample(
        error.code, value | {"request_id": "5f0c2e9a1b7d4c36"}, response_only=True,
        status_codes=[str(error.status)],
    )  # fmt: skip


def asked(name: str) -> list[OpenApiExample]:
    return [
        OpenApiExample(title, body, request_only=True, media_type=FORM if "file" in body else JSON)
        for title, body in REQUESTS.get(name, {}).items()
    ]


def shown(name: str, good: dict[int, Any]) -> list[OpenApiExample]:
    """The answer of api/v1/examples.py, at each status that has one."""
    if name not in RESPONSES:
        return []
    statuses = [str(status) for status in good if status in {200, 201}]
    return [OpenApiExample("As it is", RESPONSES[name], response_only=True, status_codes=statuses)]


def headers_sent(errors: Refusals, *, is_reading: bool) -> list[OpenApiParameter]:
    if is_reading:
        return [in_header("If-None-Match", "A tag you have: 304 if it still holds.")]
    if KeyReused in errors:
        about = (
            "Any text of your own for this one request. Sent again within 24 hours it is answered"
            " as the first time and done once; docs/api.md."
        )
        kind = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"}
        return [in_header(HEADER, about, kind)]
    return []


def headers_answered(
    good: dict[int, Any], errors: Refusals, told: Collection[str], *, is_reading: bool
) -> list[OpenApiParameter]:
    """Of which answers, and what they say."""
    fine = [status for status in good if status != 304]
    found = [
        answered("RateLimit", "What is left of each limit that this took from.", [*fine, 429]),
        answered("RateLimit-Policy", "Those limits: how many in how many seconds.", [*fine, 429]),
        answered("Retry-After", "In how many seconds to come back.", [429, 503]),
    ]
    found += [answered(name, TOLD[name], fine) for name in told]
    if is_reading:
        found.append(answered("ETag", "For If-None-Match.", [*fine, 304]))
    if KeyReused in errors:
        found.append(answered(REPLAYED, "`true`: as the first time; nothing was done now.", fine))
    if Moved in errors:
        found.append(answered("Location", "The same under the brand's address of today.", [308]))
    return found


def answered(name: str, about: str, statuses: list[int]) -> OpenApiParameter:
    return OpenApiParameter(
        name, str, OpenApiParameter.HEADER, description=about,
        response=[str(status) for status in statuses],
    )  # fmt: skip


def in_path(name: str, pattern: str, description: str, example: str) -> OpenApiParameter:
    kind = {"type": "string", "pattern": pattern}
    return OpenApiParameter(
        name, kind, OpenApiParameter.PATH, description=description,
        examples=[OpenApiExample(example, example)],
    )  # fmt: skip


def in_query(
    name: str, kind: Any, description: str, example: Any = None, **options: Any
) -> OpenApiParameter:
    shown = [] if example is None else [OpenApiExample(str(example), example)]
    return OpenApiParameter(
        name, kind, OpenApiParameter.QUERY, description=description, examples=shown, **options
    )


def in_header(name: str, description: str, kind: Any = str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, description=description)
