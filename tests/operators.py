"""A browser whose owner has just given the password, as /admin/ wants it."""

import time
from types import SimpleNamespace

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from django.test import Client

from accounts.models import User


def signed_in(user: User, *, seconds_ago: float = 0) -> Client:
    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    record_authentication(SimpleNamespace(session=session), user, "password")
    session[AUTHENTICATION_METHODS_SESSION_KEY][0]["at"] = time.time() - seconds_ago
    session.save()
    return client
