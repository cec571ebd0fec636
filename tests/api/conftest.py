"""Callers of the API: a browser with a session, a program, a server, a widget, a visitor."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.test import Client

from accounts.domain import keys, tokens
from accounts.enums import Scope
from accounts.models import Brand, User
from tests.api.conforming import must_conform

ALL = (Scope.READ, Scope.WRITE, Scope.VOTE)


class Api:
    """A client of /api/v1/ that checks CSRF like a browser's server would, and speaks JSON. No
    answer that the schema does not describe gets through.
    """

    def __init__(self, **headers: str) -> None:
        self.client, self.headers = Client(enforce_csrf_checks=True), headers

    def get(self, path: str, **headers: str) -> Any:
        return must_conform(self.client.get(f"/api/v1/{path}", headers=self.headers | headers))

    def head(self, path: str) -> Any:
        return must_conform(self.client.head(f"/api/v1/{path}", headers=self.headers))

    def send(self, method: str, path: str, body: Any = None, **over: Any) -> Any:
        """`body`: bytes go out as they are."""
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        kind = over.pop("content_type", "application/json")
        headers = self.headers | over.pop("headers", {})
        return must_conform(
            self.client.generic(method, f"/api/v1/{path}", raw, kind, headers=headers)
        )

    def put(self, path: str, body: Any = None, **over: Any) -> Any:
        return self.send("PUT", path, body, **over)

    def post(self, path: str, body: Any = None, **over: Any) -> Any:
        return self.send("POST", path, body, **over)

    def patch(self, path: str, body: Any = None, **over: Any) -> Any:
        return self.send("PATCH", path, body, **over)

    def delete(self, path: str, body: Any = None, **over: Any) -> Any:
        return self.send("DELETE", path, body, **over)


def bearer(secret: str, **headers: str) -> Api:
    return Api(Authorization=f"Bearer {secret}", **headers)


def session_of(user: User) -> Api:
    """The user's browser: a session, and the token that our pages would send back."""
    api = Api()
    api.client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    token = "a" * 32
    api.client.cookies[settings.CSRF_COOKIE_NAME] = token
    api.headers["X-CSRFToken"] = token
    return api


@pytest.fixture
def visitor(db: None) -> Api:
    return Api()


@pytest.fixture
def as_member(db: None) -> Callable[[User], Api]:
    return session_of


@pytest.fixture
def as_program(db: None) -> Callable[[User], Api]:
    """A member's own program, with a personal token."""
    return lambda user: bearer(tokens.create_token(user=user))


@pytest.fixture
def as_server(db: None) -> Callable[..., Api]:
    """A brand's server, with a secret key of these scopes."""

    def make(brand: Brand, *scopes: Scope, rate: int = 0) -> Api:
        secret = keys.create_key(
            brand=brand, scopes=list(scopes or ALL), origins=[], rate=rate, actor=None
        )[1]
        return bearer(secret)

    return make


@pytest.fixture
def as_widget(db: None) -> Callable[[Brand], Api]:
    def make(brand: Brand) -> Api:
        scopes = [Scope.WIDGET]
        return bearer(
            keys.create_key(brand=brand, scopes=scopes, origins=[], rate=0, actor=None)[1]
        )

    return make


@contextmanager
def queries_sent() -> Iterator[list[str]]:
    """The text of each query, whether Django or psycopg sent it."""
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(self: Any, query: Any, *args: Any, **options: Any) -> Any:
        sent.append(str(query))
        return execute(self, query, *args, **options)

    psycopg.Cursor.execute = noted  # type: ignore[method-assign, assignment]
    try:
        yield sent
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


def refusal(response: Any) -> tuple[int, str]:
    """Status and code, after a look at the form that every error has."""
    body = response.json()
    assert {"code", "message", "fields", "request_id"} <= set(body)
    assert body["message"]
    assert body["request_id"] == response["X-Request-ID"]
    return response.status_code, body["code"]


def blamed(response: Any) -> dict[str, list[str]]:
    """The codes of a 400 by field."""
    assert refusal(response) == (400, "invalid")
    fields = response.json()["fields"]
    return {name: [problem["code"] for problem in problems] for name, problems in fields.items()}


def until_refused(call: Callable[[], Any]) -> list[Any]:
    """The answers up to the first 429. A slow machine earns a few more than the limit meanwhile."""
    answers = [call()]
    while answers[-1].status_code != 429 and len(answers) < 300:
        answers.append(call())
    return answers
