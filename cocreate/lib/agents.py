"""Which browser and system a User-Agent header claims: the common ones, for people to read. And
which of them are programs, by their own word.
"""

import re

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


def is_robot(agent: str | None) -> bool:
    """A program rather than a browser; so is whatever does not say what it is."""
    return not agent or ROBOTS.search(agent) is not None


def browser_of(agent: str) -> str:
    """ "Firefox", or nothing where it is none that we know."""
    return _first(agent, BROWSERS)


def system_of(agent: str) -> str:
    """ "Windows", or nothing where it is none that we know."""
    return _first(agent, SYSTEMS)


def _first(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in names if sign in agent), "")
