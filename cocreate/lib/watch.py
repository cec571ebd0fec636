"""One log line and one count per request."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from cocreate.lib import logs

log = logging.getLogger("cocreate.request")

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
NO_ROUTE, STATIC_ROUTE = "none", "static"
OF_MACHINES = ("healthz", "readyz", "metrics", STATIC_ROUTE)  # asked all day: not worth a line

requests_counted = Counter(
    "cocreate_http_requests", "Requests answered.", ["method", "route", "status"]
)
seconds_taken = Histogram(
    "cocreate_http_request_seconds",
    "Time until the answer was ready.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 8),
)


class WatchMiddleware:
    """Outside of everything but the request's id: what a middleware answers counts as well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        note(request, response.status_code, time.perf_counter() - begun)
        return response


def note(request: HttpRequest, status: int, seconds: float) -> None:
    method = request.method if request.method in METHODS else "other"
    route = route_of(request)
    requests_counted.labels(method, route, f"{status // 100}xx").inc()
    seconds_taken.labels(method, route).observe(seconds)
    level = logging.DEBUG if route in OF_MACHINES and status < 500 else logging.INFO
    if not log.isEnabledFor(level):
        return
    facts = {"method": method, "path": logs.path_of(request), "route": route, "status": status}
    facts |= {"ms": round(seconds * 1000, 1), "user": getattr(known_user(request), "pk", None)}
    log.log(level, "%(method)s %(path)s %(status)s %(ms)s ms", facts, extra=facts)


def route_of(request: HttpRequest) -> str:
    """The pattern that matched, never the path: anybody can make up any number of those."""
    if request.resolver_match:
        return request.resolver_match.route or "/"
    return STATIC_ROUTE if request.path.startswith("/static/") else NO_ROUTE


def known_user(request: HttpRequest) -> object:
    """Who asked, if answering needed to know: a log line is not worth a query."""
    return vars(request).get("_cached_user")
