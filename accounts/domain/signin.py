"""Who a session cookie stands for, in one prepared query: what a vote can afford
(docs/decisions/0010).
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import DEFAULT_DB_ALIAS
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.sessions import SessionStore
from cocreate.lib import prepared

LONGEST_KEY = 40
COLUMNS = [field.attname for field in User._meta.concrete_fields]
OF_SESSION = f"""
    SELECT s.session_data, {", ".join(f'u."{column}"' for column in COLUMNS)}
      FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
     WHERE s.session_key = %s AND s.expire_date > clock_timestamp() AND u.is_active
"""  # noqa: S608 - names of our own columns


def member_of_session(key: str) -> User | None:
    """The active user whom a living session has signed in; None for any other key.

    As strict as django.contrib.auth.get_user(): the signed data must name the same user, a backend
    we still use and today's password, so that a changed password ends the sessions that began
    before it.
    """
    if not (key.isascii() and key.isalnum() and len(key) <= LONGEST_KEY):
        return None
    row = prepared.one(OF_SESSION, [key])
    if row is None:
        return None
    user = User.from_db(DEFAULT_DB_ALIAS, COLUMNS, row[1:])
    return user if _is_signed_in(user, SessionStore().decode(row[0])) else None


def _is_signed_in(user: User, data: dict[str, Any]) -> bool:
    if (
        data.get(SESSION_KEY) != str(user.pk)
        or data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS
    ):
        return False
    known = data.get(HASH_SESSION_KEY) or ""
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(known, each) for each in hashes)
