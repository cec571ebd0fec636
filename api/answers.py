"""JSON answers, and what caches may do with them."""

import json
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

VARIES_BY = ["Authorization", "Cookie", "Accept-Language"]
PRIVATE, PUBLIC = "private, no-store", "no-cache"


def answer(body: Any, status: int = 200) -> HttpResponse:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(
        text.encode(errors="replace"), status=status, content_type="application/json"
    )


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


def wanted_revisions(request: HttpRequest) -> set[str] | None:
    """The revisions that If-Match names, the part of a tag before its dot; None: any will do."""
    header = request.META.get("HTTP_IF_MATCH", "").strip()
    if not header or header == "*":
        return None
    return {tag.removeprefix("W/").strip('"').partition(".")[0] for tag in parse_etags(header)}
