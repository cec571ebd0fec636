"""Which browser and system a User-Agent header claims: the common ones, for people to read. And
which of them are programs, by their own word.
"""

import re

from django.http import HttpRequest

# Nearly every browser claims to be several others: the one that is most itself comes first.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)

# What programs call themselves: nearly all that are honest have one of these in it. No browser has
# (Cubot makes telephones).
ROBOTS = re.compile(
    r"(?<!cu)bot\b|bot[/_-]|crawl|spider|slurp|archiver|fetch|scan|monitor|uptime|preview|headless"
    r"|lighthouse|facebookexternalhit|whatsapp|mediapartners|feed|rss|validator|python|java/|okhttp|go-http"
    r"|curl|wget|libwww|httpie|axios|node|ruby|perl|php|postman|apache-http|http-?client",
    re.IGNORECASE,
)


# What a list is shown in. Empty: a script, ours or a widget's, asks for a part of a page.
PAGES = {"document", "iframe", "frame", "empty"}


def is_robot(agent: str | None) -> bool:
    """A program rather than a browser; so is whatever does not say what it is."""
    return not agent or ROBOTS.search(agent) is not None


def is_seen_by_somebody(request: HttpRequest) -> bool:
    """Sec-Purpose is what browsers send with a prefetch; Purpose and X-Moz, what older ones do.
    Sec-Fetch-Dest says what for: a page that another site names as a picture is seen by nobody.
    """
    sent = request.META.get
    purposes = " ".join(sent(n, "") for n in ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ"))
    is_early = "prefetch" in purposes.lower() or "preview" in purposes.lower()
    is_page = sent("HTTP_SEC_FETCH_DEST", "document") in PAGES
    is_robots = is_robot(sent("HTTP_USER_AGENT"))
    return request.method == "GET" and is_page and not is_early and not is_robots


def browser_of(agent: str) -> str:
    """ "Firefox", or nothing where it is none that we know."""
    return _first(agent, BROWSERS)


def system_of(agent: str) -> str:
    """ "Windows", or nothing where it is none that we know."""
    return _first(agent, SYSTEMS)


def _first(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in names if sign in agent), "")
