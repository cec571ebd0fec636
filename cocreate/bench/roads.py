"""Requests through the real server, as browsers and programs send them, and what they took."""

from collections.abc import Iterable, Iterator
from itertools import islice, repeat
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from cocreate.bench import cpu, database
from cocreate.bench.figures import Slot
from cocreate.bench.site import CLIENTS, Site

OK = "200"
MOST_PER_SECOND = 20_000  # so many requests are made ready
HERE = "127.0.0.1"
CSRF = "c" * 32
# What Firefox says of itself with every request, of a page and of a script's.
BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept-Language: en-US,en;q=0.7,fr;q=0.3\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Connection: keep-alive\r\n"
)
PAGE = (
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Upgrade-Insecure-Requests: 1\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: same-origin\r\nSec-Fetch-User: ?1\r\n"
)
SCRIPT = (
    f"Accept: */*\r\nOrigin: http://{HERE}\r\nReferer: http://{HERE}/\r\n"
    "Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n"
)


def get(path: str, headers: str = "") -> bytes:
    """Few words, as a program asks; what it is shown is counted (web.impressions)."""
    head = f"GET {path} HTTP/1.1\r\nHost: {HERE}\r\nUser-Agent: Firefox/140.0\r\n"
    return f"{head}{headers}\r\n".encode()


def visit(path: str, session: str = "") -> bytes:
    """A page as a browser asks for it, signed in if there is a session."""
    cookies = _cookies(session) if session else ""
    return f"GET {path} HTTP/1.1\r\nHost: {HERE}\r\n{BROWSER}{PAGE}{cookies}\r\n".encode()


def press(path: str, session: str, fields: dict[str, str]) -> bytes:
    """A form that a script of the page sends for the control alone (static/js/page.js)."""
    body = urlencode({"csrfmiddlewaretoken": CSRF} | fields)
    return (
        f"POST {path} HTTP/1.1\r\nHost: {HERE}\r\n{BROWSER}{SCRIPT}{_cookies(session)}"
        "X-Fragment: 1\r\nContent-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _cookies(session: str) -> str:
    names = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
    return f"Cookie: {names[0]}={session}; {names[1]}={CSRF}\r\n"


def usage(site: Site, postgres: int | None) -> dict[str, float]:
    return site.cpu_seconds() | {"postgres": cpu.seconds(postgres) if postgres else 0.0}


def warm_up(site: Site, requests: Iterable[bytes]) -> None:
    for request in requests:
        site.send(repeat(request, 100), 2.0)


def road(
    name: str,
    site: Site,
    requests: bytes | Iterable[bytes],
    seconds: float,
    postgres: int | None,
    clients: int = CLIENTS,
) -> Slot:
    """One request again and again, or each of many once. Raises CannotBench where none is
    answered with 200.
    """
    before = usage(site, postgres)
    done = site.send(_enough(requests, seconds), seconds, clients)
    after = usage(site, postgres)
    good = done["statuses"].get(OK, 0)
    if not good:
        raise database.CannotBench(f"{name} is answered with {done['statuses']}")
    return Slot(
        name=name, per_second=good / done["seconds"],
        requests_per_second=done["requests"] / done["seconds"],
        p50_ms=done["p50_ms"], p99_ms=done["p99_ms"],
        cpu_us={part: (after[part] - before[part]) / good * 1e6 for part in after},
        notes=notes_of(done),
    )  # fmt: skip


def _enough(requests: bytes | Iterable[bytes], seconds: float) -> Iterator[bytes]:
    most = int(seconds * MOST_PER_SECOND)
    return repeat(requests, most) if isinstance(requests, bytes) else islice(requests, most)


def notes_of(done: dict[str, Any]) -> dict[str, Any]:
    return {
        name: done[name] for name in ("statuses", "requests", "own_cpu_us", "ran_out", "p95_ms")
    }
