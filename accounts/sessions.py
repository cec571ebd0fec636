"""The session engine: Django's database store, which also writes into columns whose it is, where
it began and when it was last used.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

log = logging.getLogger(__name__)

SIGN_IN = "sign_in"  # in the session's data: browser, address and moment of the sign-in
LONGEST_AGENT, LONGEST_ADDRESS = 200, 45
SEEN_EVERY = timedelta(hours=1)


class SessionStore(DatabaseStore):
    began_at: datetime | None = None
    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        return apps.get_model("accounts.Session")

    def _validate_session_key(self, key: str) -> bool:
        """A cookie may hold anything, even a NUL; a key of ours has letters and digits."""
        return bool(super()._validate_session_key(key)) and key.isascii() and key.isalnum()

    def begin(self, *, agent: str, address: str) -> None:
        """Somebody has signed in: from now on this is their session, and this is how it began."""
        self.seen_at = timezone.now()
        self[SIGN_IN] = {
            "agent": printable(agent)[:LONGEST_AGENT],
            "address": printable(address)[:LONGEST_ADDRESS],
            "at": self.seen_at.timestamp(),
        }

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()
        if row is not None:
            self.began_at, self.seen_at = row.began_at, row.last_seen_at
        return row

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


def printable(text: str) -> str:
    """A header may hold anything; a column of text holds no NUL."""
    return "".join(letter for letter in text if letter.isprintable())
