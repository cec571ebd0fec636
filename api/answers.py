"""JSON answers, and what caches may do with them."""

import hashlib
import json
import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from cocreate.lib.ratelimit import Standing

VARIES_BY = ["Authorization", "Cookie", "Accept-Language"]
PRIVATE, PUBLIC = "private, no-store", "no-cache"

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def answer(body: Any, status: int = 200) -> HttpResponse:
    text = _as_json(body).encode(errors="replace")
    return HttpResponse(text, status=status, content_type="application/json")


def mark_for_caches(response: HttpResponse, *, shared: bool) -> None:
    """`shared`: the same for every visitor. It may be kept, and must be asked about each time."""
    patch_vary_headers(response, VARIES_BY)
    response["Cache-Control"] = PUBLIC if shared else PRIVATE


def moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether If-None-Match names this version."""
    sent = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return "*" in sent or etag in {tag.removeprefix("W/") for tag in sent}


def unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """304 where If-None-Match names what we would send; else the answer with its tag. One that has
    a tag of its own has asked that itself.
    """
    if "ETag" in response:
        return response
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if is_known(request, tag):
        response = HttpResponse(status=304)
    response["ETag"] = f"W/{tag}"
    return response


def unless_its_tag_is_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """304 where If-None-Match names the tag that the answer has of its own."""
    if not is_known(request, response["ETag"]):
        return response
    unchanged = HttpResponse(status=304)
    unchanged["ETag"] = response["ETag"]
    return unchanged


def tell_rates(response: HttpResponseBase, standings: Iterable[Standing]) -> None:
    """RateLimit and RateLimit-Policy as the IETF's draft 11 has them: how often one may ask, what
    is left of that, and in how many seconds there is more. Of one policy the tightest bucket.
    """
    tightest: dict[str, Standing] = {}
    for one in standings:
        name = one.bucket.name.partition(":")[0]
        if name not in tightest or one.left < tightest[name].left:
            tightest[name] = one
    if not tightest:
        return
    response["RateLimit-Policy"] = ", ".join(
        f'"{name}";q={one.bucket.amount};w={math.ceil(one.bucket.seconds)}'
        for name, one in tightest.items()
    )
    response["RateLimit"] = ", ".join(
        f'"{name}";r={max(0, math.floor(one.left))};t={math.ceil(one.more_in)}'
        for name, one in tightest.items()
    )


def wanted_texts(request: HttpRequest) -> set[str] | None:
    """The texts that If-Match names, the part of a tag before its dot; None: any will do."""
    header = request.META.get("HTTP_IF_MATCH", "").strip()
    if not header or header == "*":
        return None
    return {tag.removeprefix("W/").strip('"').partition(".")[0] for tag in parse_etags(header)}
