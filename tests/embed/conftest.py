"""A host: another site, with a widget's key, its secret, and visitors of its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import jwt
import pytest
from django.conf import settings as django_settings

from accounts.domain import keys, widgets
from accounts.enums import Scope
from accounts.models import ApiKey, Brand, User
from api import keeping
from tests.api.conftest import Api, as_member, as_program, as_server, visitor

__all__ = ["as_member", "as_program", "as_server", "visitor"]

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
SHOP = "https://shop.example"
numbers = count(1)


@dataclass
class Host:
    """Its server signs; `browser` is a visitor's, on a page of the host."""

    key: ApiKey
    publishable: str
    secret: str
    origin: str = SHOP

    def sign(
        self, sub: str = "crm-7", *, header: Any = None, secret: str = "", **claims: Any
    ) -> str:
        """A claim that is None is left out."""
        said = {
            "aud": widgets.audience(), "sub": sub, "exp": int(time.time()) + 120,
            "jti": f"jti-{next(numbers)}",
        } | claims  # fmt: skip
        said = {name: value for name, value in said.items() if value is not None}
        head = {"kid": self.publishable}
        return jwt.encode(said, self.secret, algorithm="HS256", headers=head)

    def browser(self, **headers: str) -> Api:
        return Api(**({"Origin": self.origin} | headers))

    def ask(self, token: str, **headers: str) -> Any:
        """As cocreate.js asks for a session."""
        return self.browser(**headers).post(
            f"widget/sessions/?key={self.publishable}", {"token": token}
        )

    def visitor(self, sub: str = "crm-7", **claims: Any) -> Api:
        """The browser of somebody whom the host has named."""
        answer = self.ask(self.sign(sub, **claims))
        assert answer.status_code == 201, answer.content
        return self.browser(Authorization=f"Bearer {answer.json()['token']}")


def host_of(brand: Brand, *origins: str, actor: User | None = None) -> Host:
    made = keys.create_key(
        brand=brand, scopes=[Scope.WIDGET], origins=list(origins or [SHOP]), rate=0, actor=actor
    )
    return Host(*made, origin=origins[0] if origins else SHOP)


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """Hashed names need a collected folder, which a running site has."""
    settings.STORAGES = django_settings.STORAGES | {"staticfiles": PLAIN}


@pytest.fixture(autouse=True)
def no_second_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself: see a_second_later."""
    monkeypatch.setattr(keeping, "FRESH_MS", 60_000)
    monkeypatch.setattr(keeping, "RECENT_MS", 60_000)


@pytest.fixture
def host(brand: Brand) -> Host:
    return host_of(brand)


@pytest.fixture
def make_host(db: None) -> Callable[..., Host]:
    return host_of
