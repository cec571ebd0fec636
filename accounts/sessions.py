"""The session engine: Django's database store, which also writes into columns whose it is, where
it began and when it was last used. It reads a session and whose it is in one query, prepared.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import DEFAULT_DB_ALIAS, DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from cocreate.lib import prepared

log = logging.getLogger(__name__)

SIGN_IN = "sign_in"  # in the session's data: browser, address and moment of the sign-in
LONGEST_AGENT, LONGEST_ADDRESS, LONGEST_KEY = 200, 45, 40
SEEN_EVERY = timedelta(hours=1)


class SessionStore(DatabaseStore):
    began_at: datetime | None = None
    seen_at: datetime | None = None
    whose: Any = None  # the active user, once loaded; whether they are signed in says member()

    @classmethod
    def get_model_class(cls) -> Any:
        return apps.get_model("accounts.Session")

    def _validate_session_key(self, key: str) -> bool:
        """A cookie may hold anything, even a NUL; a key of ours has letters and digits."""
        is_sane = bool(super()._validate_session_key(key)) and len(key) <= LONGEST_KEY
        return is_sane and key.isascii() and key.isalnum()

    def begin(self, *, agent: str, address: str) -> None:
        """Somebody has signed in: from now on this is their session, and this is how it began."""
        self.seen_at = timezone.now()
        self[SIGN_IN] = {
            "agent": printable(agent)[:LONGEST_AGENT],
            "address": printable(address)[:LONGEST_ADDRESS],
            "at": self.seen_at.timestamp(),
        }

    def load(self) -> dict[str, Any]:
        row = prepared.one(_reading(), (self.session_key,))
        if row is None:
            self._session_key = None
            return {}
        data, self.began_at, self.seen_at, *columns = row
        self.whose = _user_of(columns)
        return dict(self.decode(data))

    def member(self, *, by_old_secrets: bool = False) -> Any:
        """The active user whom this session has signed in. As strict as
        django.contrib.auth.get_user(): the signed data must name the same user, a backend that we
        still use and today's password, so that a changed password ends the sessions that began
        before it. None: nobody, or Django has to look itself (an old secret key, say).
        """
        data, user = self._session, self.whose  # type: ignore[attr-defined]
        is_named = user is not None and data.get(SESSION_KEY) == str(user.pk)
        if not is_named or data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
            return None
        hashes = [user.get_session_auth_hash()]
        if by_old_secrets:
            hashes += user.get_session_auth_fallback_hash()
        known = data.get(HASH_SESSION_KEY) or ""
        return user if any(constant_time_compare(known, each) for each in hashes) else None

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        began, now = data.get(SIGN_IN) or {}, timezone.now()
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.agent, row.address = began.get("agent", ""), began.get("address", "")
        row.began_at = datetime.fromtimestamp(began["at"], UTC) if began else self.began_at or now
        row.last_seen_at = self.seen_at or now
        return row

    def note_seen(self) -> None:
        """At most one write an hour, and none that could undo what another request changed."""
        now = timezone.now()
        if self.session_key is None or self.seen_at is None or now - self.seen_at < SEEN_EVERY:
            return
        rows = self.model.objects.filter(
            session_key=self.session_key, last_seen_at__lte=now - SEEN_EVERY
        )
        rows.update(last_seen_at=now)
        self.seen_at = now


class LastSeenMiddleware:
    """After a page was read, and never while something is done: a vote writes nothing here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Only of a session that the page has loaded: it cost no query of its own.
        if request.method == "GET" and SESSION_KEY in getattr(
            request.session, "_session_cache", {}
        ):
            try:
                request.session.note_seen()  # type: ignore[attr-defined]
            except DatabaseError as error:
                log.warning("a session's last use was not noted: %s", error)
        return response


@cache
def _reading() -> str:
    columns = ", ".join(f'u."{name}"' for name in _columns())
    return f"""
        SELECT s.session_data, s.began_at, s.last_seen_at, {columns}
          FROM accounts_session s LEFT JOIN accounts_user u ON u.id = s.user_id AND u.is_active
         WHERE s.session_key = %s AND s.expire_date > clock_timestamp()
    """  # noqa: S608 - names of our own columns


@cache
def _columns() -> list[str]:
    return [field.attname for field in apps.get_model("accounts.User")._meta.concrete_fields]


def _user_of(columns: Sequence[Any]) -> Any:
    """None: it is nobody's, or of somebody who was locked out."""
    names = _columns()
    if columns[names.index("id")] is None:
        return None
    return apps.get_model("accounts.User").from_db(DEFAULT_DB_ALIAS, names, columns)


def printable(text: str) -> str:
    """A header may hold anything; a column of text holds no NUL."""
    return "".join(letter for letter in text if letter.isprintable())
