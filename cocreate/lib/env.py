"""Typed settings from environment variables. `NAME_FILE` names a file that holds the value of
NAME (for secrets).

A wrong value raises ImproperlyConfigured with a sentence that says what to write. While settings
are read the sentences are collected instead, so that a system check can say all of them at once
(cocreate/checks.py); what is returned meanwhile is safe, not useful.
"""

import os
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MAIL_PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
NOWHERE = "unix:///nowhere"
MOST_PROXIES = 10
# Of several PostgreSQL servers the one that takes writes; and a machine that vanished, whose
# connections nobody closes, is given up after seconds instead of a quarter of an hour.
ONE_OF_SEVERAL = {
    "target_session_attrs": "read-write",
    "connect_timeout": "2",
    "tcp_user_timeout": "5000",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
}

_collected: list[str] | None = None


def collect_problems() -> list[str]:
    """From now on wrong values are noted in the list that is returned, and nothing is raised."""
    global _collected
    _collected = []
    return _collected


def raise_problems() -> None:
    """From now on wrong values raise again."""
    global _collected
    _collected = None


def _wrong(sentence: str) -> None:
    if _collected is None:
        raise ImproperlyConfigured(sentence)
    if sentence not in _collected:
        _collected.append(sentence)


def text(name: str, default: str = "") -> str:
    """The variable, else the content of the file that NAME_FILE names, else the default."""
    if name in os.environ:
        return os.environ[name]
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            _wrong(f"{name}_FILE: cannot read {path} ({reason}).")
    return default


def flag(name: str, default: bool = False) -> bool:
    value = text(name, str(default)).strip().lower()
    if value not in TRUE | FALSE:
        _wrong(f"{name} is {value!r}: write 1 or 0.")
        return default
    return value in TRUE


def number(name: str, default: int = 0, *, most: int | None = None) -> int:
    """From 0 to `most`."""
    value = text(name, str(default)).strip()
    if not (value.isascii() and value.isdigit()) or (most is not None and int(value) > most):
        bound = "" if most is None else f" from 0 to {most}"
        _wrong(f"{name} is {value!r}: write a whole number{bound}.")
        return default
    return int(value)


def choice(name: str, default: str, among: tuple[str, ...]) -> str:
    value = text(name, default).strip()
    if value not in among:
        _wrong(f"{name} is {value!r}: write {', '.join(among[:-1])} or {among[-1]}.")
        return default
    return value


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def address(name: str, default: str) -> str:
    """http://host or https://host:port, nothing behind it."""
    value = text(name, default).strip().rstrip("/")
    parts = _split(value)
    if (
        parts is None
        or parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.username is not None
        or value != f"{parts.scheme}://{parts.netloc}"
    ):
        _wrong(
            f"{name} is {value!r}: write the address people use, such as https://ideas.example, "
            "without a path."
        )
        return default
    return value


def store(url: str) -> str:
    """REDIS_URL, as it is."""
    hosts = each_host(url)
    known = hosts and all(
        (one.scheme in {"redis", "rediss"} and one.hostname)
        or (one.scheme == "unix" and one.path.startswith("/"))
        for one in hosts
    )
    if not known:
        _wrong("REDIS_URL must be redis://host:6379/0, rediss://… or unix:///path/to.sock")
        return NOWHERE
    return url


def database(url: str) -> dict[str, object]:
    """Django's DATABASES entry for
    postgresql://user:password@host:port/name?host=/socket/folder&option=value, where host:port may
    be several with commas between them: a primary and its standbys.
    """
    hosts = each_host(url)
    parts = hosts[0] if hosts else None
    if parts is None or parts.scheme not in {"postgresql", "postgres"} or len(parts.path) < 2:
        _wrong("DATABASE_URL must be postgresql://user:password@host:5432/name")
        return {"ENGINE": "django.db.backends.dummy", "OPTIONS": {}}
    options = dict(parse_qsl(parts.query))
    several = len(hosts) > 1
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", ",".join(one.hostname or "" for one in hosts)),
        "PORT": ",".join(str(one.port or ("5432" if several else "")) for one in hosts),
        "OPTIONS": (ONE_OF_SEVERAL | options) if several else options,
    }


def mail(url: str) -> dict[str, object]:
    """Django's EMAIL_* settings for smtp://user:password@host:port, smtps:// (TLS) or
    smtp+tls:// (STARTTLS).
    """
    parts = _split(url)
    if parts is None or parts.scheme not in MAIL_PORTS or not parts.hostname:
        _wrong("EMAIL_URL must be smtp://host:25, smtp+tls://user:password@host:587 or smtps://…")
        return {}
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or MAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }


def each_host(url: str) -> list[SplitResult]:
    """The address once for each host between the commas of its authority; none where it cannot be
    read.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    login, at, hosts = parts.netloc.rpartition("@")
    each = [
        _split(parts._replace(netloc=f"{login}{at}{host}").geturl()) for host in hosts.split(",")
    ]
    return [one for one in each if one] if all(each) else []


def _split(url: str) -> SplitResult | None:
    """None where the address or its port cannot be read; the value may hold a password, so nobody
    repeats it.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
