"""Where somebody is signed in, and ending it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.domain import activity
from accounts.models import Session, User
from cocreate.lib.errors import DomainError, NotFound
from cocreate.lib.tokens import keyed_hash, same

REF_LENGTH = 20


class ThisBrowser(DomainError):
    code, status = "this_browser", 409
    message = gettext_lazy("This is the browser you are using: sign out instead.")


@dataclass(frozen=True)
class SignedIn:
    """A living session, without its key: the key is a secret."""

    ref: str
    agent: str
    address: str
    began_at: datetime
    last_seen_at: datetime
    is_this: bool


def living(*, user: User, key: str | None) -> list[SignedIn]:
    """The user's sessions, the one with this key first, then the one last used."""
    found = [
        SignedIn(
            ref=ref_of(row.session_key),
            agent=row.agent,
            address=row.address,
            began_at=row.began_at,
            last_seen_at=row.last_seen_at,
            is_this=row.session_key == key,
        )
        for row in user.sessions.filter(expire_date__gt=timezone.now()).order_by("-last_seen_at")
    ]
    return sorted(found, key=lambda each: not each.is_this)


def ref_of(key: str) -> str:
    """What a page may name a session by."""
    return keyed_hash(key, purpose="session-ref")[:REF_LENGTH]


@transaction.atomic
def end(*, user: User, ref: str, key: str | None) -> None:
    """Sign one other browser out, at once. Records `session.ended`.

    Raises NotFound for what is no session of this user, ThisBrowser for the one with this key.
    """
    keys = user.sessions.values_list("session_key", flat=True)
    wanted = next((each for each in keys if same(ref_of(each), ref)), None)
    if wanted is None:
        raise NotFound
    if wanted == key:
        raise ThisBrowser
    ended, _rows = user.sessions.filter(session_key=wanted).delete()
    _record(user, ended)


@transaction.atomic
def end_others(*, user: User, key: str | None) -> int:
    """Sign every other browser out, at once. Returns how many. Records `session.ended`."""
    ended = delete_others(user=user, key=key)
    _record(user, ended)
    return ended


def delete_others(*, user: User, key: str | None) -> int:
    """The rows themselves go: a session that is only void could be made valid again."""
    return user.sessions.exclude(session_key=key or "").delete()[0]


def clear_expired() -> int:
    """Returns how many were deleted."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def _record(user: User, ended: int) -> None:
    if ended:
        activity.record(
            "session.ended",
            subject=("user", user.handle),
            actor=user,
            private=True,
            data={"count": ended},
        )
