"""Readers of pages, and what they find on them."""

import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.models import User
from ideas.domain import decisions
from ideas.enums import Status
from ideas.models import Decision, Idea
from tests.factories import make_idea, make_participant
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


def decide(idea: Idea, *way: str, message: str = "") -> None:
    """Through these statuses; `message` stands with the last of them."""
    for status in way:
        is_last = status == way[-1]
        decisions.set_status(
            idea=idea, status=status, actor=None, message=message if is_last else ""
        )


def taken_up(challenge: Any, user: User, title: str, *way: str, message: str = "") -> Idea:
    """An idea of somebody's that is planned, or what `way` leads to."""
    idea = make_idea(challenge, author=make_participant(challenge.brand, user), title=title)
    decide(idea, *(way or (Status.PLANNED,)), message=message)
    return idea


def many_taken_up(challenge: Any, number: int) -> None:
    """So many planned ideas among as many of other statuses, and PostgreSQL knows of them."""
    others = [Status.SUBMITTED, Status.SUBMITTED, Status.UNDER_REVIEW, Status.DECLINED]
    statuses = [Status.PLANNED] * number + (others * number)[:number]
    brand = challenge.brand
    ideas = [
        Idea(brand=brand, challenge=challenge, title=f"Idea {n}", status=status)
        for n, status in enumerate(statuses)
    ]
    made = [
        Decision(idea=idea, brand=brand, before=Status.SUBMITTED, after=Status.PLANNED)
        for idea in Idea.objects.bulk_create(ideas)[:number]
    ]
    Decision.objects.bulk_create(made)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ideas_idea, ideas_decision")


@pytest.fixture
def visitor() -> Client:
    return reader()


@pytest.fixture
def member(charlie: User) -> Client:
    return reader(charlie)
