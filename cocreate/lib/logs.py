"""Log lines that can be read by people or by machines, and that hold nothing secret.

Every record carries the id of the request, or of the request that hinted the task. Addresses of
mailboxes, tokens and passwords in addresses are blotted out wherever they come from: exceptions of
libraries quote what they were given.
"""

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from urllib.parse import quote

from django.http import HttpRequest

request_id: ContextVar[str] = ContextVar("request_id", default="")

FORMATS = ("lines", "json")
SECRET_PARTS = {"key", "uidb36", "token", "secret"}  # of an address: they open something by mail
BLOT = "***"
LONG_WORD = re.compile(r"[^/]{20,}")  # of an address that is none: a mailed link with a slip in it
# Where a line would end, or a terminal obey.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Our own keys and tokens, sessions' and CSRF's included; the password in postgresql://me:here@host;
# mailboxes; and PostgreSQL's DETAIL, which quotes the row that it refused.
# Each with a word without which it cannot match: most lines hold none, and are written all day.
BLOTS = [
    ("_", re.compile(r"\b(co[a-z]|cw[a-z])_[A-Za-z0-9_-]{6,}"), rf"\1_{BLOT}"),
    ("://", re.compile(r"(\w://[^\s:/@]*):[^\s@/]+@"), rf"\1:{BLOT}@"),
    ("@", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), BLOT),
    ("detail:", re.compile(r"^(\s*DETAIL: ).*$", re.MULTILINE), rf"\1{BLOT}"),
]
BLOTS += [
    (word, re.compile(rf"(?i)\b({word})([=: ]+)[^\s,;]+"), rf"\1\2{BLOT}")
    for word in ("bearer", "sessionid", "password", "cookie")
]
FIELDS = ("method", "path", "route", "status", "ms", "user", "task")  # of `extra`, as they are


def without_secrets(text: str) -> str:
    low = text.lower()
    for word, pattern, instead in BLOTS:
        if word in low:
            text = pattern.sub(instead, text)
    return text


def path_of(request: HttpRequest) -> str:
    """Without the query, and without what in the path opens something by itself; in one line."""
    path, match = request.path, request.resolver_match
    if not match:
        path = LONG_WORD.sub(BLOT, path)
    for name, value in match.kwargs.items() if match else ():
        if name in SECRET_PARTS and value:
            path = path.replace(str(value), BLOT)
    return CONTROL.sub(lambda found: quote(found[0]), path)


class Facts(logging.Filter):
    """Gives each record its request's id, and takes the address out of Django's own lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = getattr(record, "request_id", "") or request_id.get()
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            safe = path_of(request)
            record.args = tuple(safe if word == request.path else word for word in record.args)
            record.request_id = vars(record)["request_id"] or getattr(request, "request_id", "")
        return True


class Lines(logging.Formatter):
    """For people: time, level, logger, message, and the request in brackets."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request_id", "")
        return super().formatMessage(record) + (f" [{request}]" if request else "")

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class Json(logging.Formatter):
    """For machines: one object a line; a traceback is one of its fields."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        facts |= {name: vars(record)[name] for name in ("request_id", *FIELDS) if has(record, name)}
        if isinstance(facts.get("path"), str):
            facts["path"] = without_secrets(str(facts["path"]))
        if record.exc_info and record.exc_info[0]:
            facts["error"] = record.exc_info[0].__name__
            facts["traceback"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(facts, ensure_ascii=False, default=str)


def has(record: logging.LogRecord, name: str) -> bool:
    return vars(record).get(name) not in (None, "")


def configuration(form: str, level: str) -> dict[str, object]:
    """Django's LOGGING: everything to stderr, where whoever started the process keeps it."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"facts": {"()": Facts}},
        "formatters": {"lines": {"()": Lines}, "json": {"()": Json}},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "stream": sys.stderr,
                "filters": ["facts"],
                "formatter": form,
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"level": "INFO"},
            "django.request": {"level": "ERROR"},
            "celery": {"level": "WARNING"},
        },
    }
