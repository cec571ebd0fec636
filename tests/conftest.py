"""The people of every test: alice owns the brand, bob triages, rita reads, charlie is the
public, mallory is a rival.
"""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings

from accounts.domain import keys
from accounts.domain.teams import add_member
from accounts.enums import Role, Scope
from accounts.models import ApiKey, Brand, User
from api import keeping
from cocreate.lib.store import store as our_store
from ideas.models import Challenge, Idea
from tests import flush, store
from tests.factories import make_brand, make_challenge, make_idea, make_participant, make_user


def pytest_configure() -> None:
    flush.use()
    # A real hash takes a fifth of a second, and tests make hundreds of people.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    keeping.COPY_SECONDS = 0  # tests follow one another within a fifth of a second


@pytest.fixture(autouse=True)
def nothing_is_kept_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests follow one another within a second, and ask for the same lists."""
    monkeypatch.setattr(keeping, "PREFIX", f"kept:{secrets.token_hex(4)}")


@pytest.fixture
def alice(db: None) -> User:
    return make_user("Alice")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("Bob")


@pytest.fixture
def rita(db: None) -> User:
    return make_user("Rita")


@pytest.fixture
def charlie(db: None) -> User:
    return make_user("Charlie")


@pytest.fixture
def mallory(db: None) -> User:
    """Owns another brand, `rival`."""
    user = make_user("Mallory")
    make_brand("rival", owner=user)
    return user


@pytest.fixture
def brand(alice: User, bob: User, rita: User) -> Brand:
    """`mio`, with its whole team."""
    brand = make_brand("mio", owner=alice, name="Mio Motors")
    add_member(brand=brand, user=bob, role=Role.MANAGER)
    add_member(brand=brand, user=rita, role=Role.ANALYST)
    return brand


@pytest.fixture
def challenge(brand: Brand) -> Challenge:
    """Up only, no budget, always open."""
    return make_challenge(brand, slug="street")


@pytest.fixture
def idea(challenge: Challenge) -> Idea:
    """By somebody who is none of the people above."""
    return make_idea(challenge, author=make_participant(challenge.brand))


@pytest.fixture
def make_secret_key(db: None) -> Callable[[Brand], ApiKey]:
    """Makes a brand's secret key with every scope that reads, writes and votes."""

    def make(brand: Brand) -> ApiKey:
        scopes = [Scope.READ, Scope.WRITE, Scope.VOTE]
        return keys.create_key(brand=brand, scopes=scopes, origins=[], rate=0, actor=None)[0]

    return make


@pytest.fixture(params=["nobody", "silent"])
def no_store(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    """Valkey is away in both ways: nobody listens, or somebody does who never answers."""
    if request.param == "nobody":
        store.use(settings, store.nobody())
        yield
    else:
        with store.silent_server() as url:
            store.use(settings, url)
            yield


@pytest.fixture
def a_second_later() -> Callable[[], None]:
    """What is kept is a second old: the next reader looks whether it still holds."""

    return lambda: _end("turn")


@pytest.fixture
def a_while_later() -> Callable[[], None]:
    """Nobody has asked for what is kept in the last seconds."""
    return lambda: _end("turn", "recent")


def _end(*names: str) -> None:
    client = our_store().client
    for name in names:
        for key in client.scan_iter(f"{keeping.PREFIX}:*:{name}"):
            client.delete(key)
