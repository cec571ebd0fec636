from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now

from accounts.sessions import SessionStore

if TYPE_CHECKING:
    from accounts.models.user import User


class Session(AbstractBaseSession):
    """Django's session with its user in a column: one query finds who votes, and signing somebody
    out is a DELETE.
    """

    user: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sessions"
    )
    agent = models.CharField(max_length=200, blank=True, db_default="", help_text="The browser.")
    address = models.CharField(max_length=45, blank=True, db_default="", help_text="At sign-in.")
    began_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(db_default=Now(), help_text="To the hour.")

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore
