"""Who a session cookie stands for, in one prepared query: what a vote can afford
(docs/decisions/0010).
"""

from accounts.models import User
from accounts.sessions import SessionStore


def member_of_session(key: str) -> User | None:
    """The active user whom a living session has signed in; None for any other key."""
    user: User | None = SessionStore(key).member(by_old_secrets=True)
    return user
