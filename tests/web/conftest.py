"""Readers of pages, and what they find on them."""

import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from ideas.models import Idea
from web.links import idea_path

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True)
def plain_and_quick(settings: Any) -> None:
    """Hashed names need a collected folder, which a running site has; scrypt is slow by trade."""
    settings.STORAGES = django_settings.STORAGES | {"staticfiles": PLAIN}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()  # limits and figures of the test before


def reader(user: User | None = None, **headers: str) -> Client:
    client = Client(headers=headers)
    if user:
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def text_of(response: Any) -> str:
    """What a page says, without its markup, on one line."""
    body = response.content.decode()
    body = re.sub(r"(?s)<(head|script|svg)\b.*?</\1>", " ", body)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def path_of(idea: Idea) -> str:
    return idea_path(idea.code, idea.title)


@pytest.fixture
def visitor() -> Client:
    return reader()


@pytest.fixture
def member(charlie: User) -> Client:
    return reader(charlie)
