"""Which other sites may read an answer: those that a widget's key lists, and no cookie is ever part
of it. Why a preflight must name its key: docs/decisions/0062.
"""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from accounts.domain import keys

HEADERS = "authorization, content-type, idempotency-key, if-match, if-none-match"
READABLE = (
    "ETag, Idempotency-Replayed, Location, Retry-After, X-Request-ID, RateLimit, RateLimit-Policy"
)
ASK_AGAIN_AFTER = 600  # seconds; as long as a session lasts


def origin_of(request: HttpRequest) -> str:
    """The site whose page asks, as its browser says; empty: no page of another site, or none."""
    return str(request.META.get("HTTP_ORIGIN", ""))


def let_read(request: HttpRequest, origins: Iterable[str]) -> None:
    """The pages of these sites may read the answer."""
    request.readers = frozenset(origins)  # type: ignore[attr-defined]


def mark_for_readers(request: HttpRequest, response: HttpResponseBase) -> None:
    """Exactly the origin that asks, where it may read. An answer to a widget varies by it for
    everybody, or a cache would give one site's to another.
    """
    readers = getattr(request, "readers", None)
    if readers is None:
        return
    patch_vary_headers(response, ["Origin"])
    origin = origin_of(request)
    if origin and origin in readers:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = READABLE


def is_preflight(request: HttpRequest) -> bool:
    return request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META


def preflight(request: HttpRequest, publishable: str | None, methods: str) -> HttpResponse:
    """The same answer for every address, and whatever stands there; without a word about other
    origins for whoever is none of the key's.
    """
    response = HttpResponse(status=204)
    key = keys.find_key(publishable) if publishable else None
    let_read(request, key.origins if key is not None and key.is_widget else ())
    mark_for_readers(request, response)
    if response.has_header("Access-Control-Allow-Origin"):
        response["Access-Control-Allow-Methods"] = methods
        response["Access-Control-Allow-Headers"] = HEADERS
        response["Access-Control-Max-Age"] = str(ASK_AGAIN_AFTER)
    return response
