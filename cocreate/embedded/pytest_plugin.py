"""Throw-away servers for the tests, in place before Django reads its settings.

Loaded by `-p cocreate.embedded.pytest_plugin`. One PostgreSQL per run (each worker of xdist makes
its own database in it) and one Valkey per process, so that workers share neither queues nor
counters. Whoever sets DATABASE_URL and REDIS_URL gets the tests on those.
"""

import os
from collections.abc import Generator, Iterator
from urllib.parse import urlsplit

import pytest

from cocreate.embedded import places
from cocreate.embedded.stack import Stack, ThrowAwayStack, servers_to_start
from cocreate.lib import locale

BY_HAND = {"faults", "gallery", "bench", "contract"}
SLOW = BY_HAND | {"browser"}
OWN_VALKEY = "COCREATE_TESTS_OWN_VALKEY"  # tells workers that REDIS_URL is ours
_running: list[Stack] = []


# A wrapper, since pytest-django reads the settings in this very hook.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    os.environ.setdefault("SECRET_KEY", "only-for-the-tests-" + "x" * 40)
    # Playwright leaves an event loop in the thread, and Django would refuse every query after it.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        locale.compile_catalogues(places.ROOT)
        start_servers(servers_to_start())
    elif OWN_VALKEY in os.environ:
        start_servers(("valkey",))
    else:
        start_servers(())
        os.environ["REDIS_URL"] = database_of_worker(os.environ["REDIS_URL"], worker)
    return (yield)


def start_servers(only: tuple[str, ...]) -> None:
    """Start what is wanted, and give this process a state folder of its own."""
    stack = ThrowAwayStack(only=only)
    _running.append(stack)
    stack.start()
    state = stack.state / "var"
    (state / "static").mkdir(parents=True)
    os.environ.update(stack.environment, COCREATE_VAR=str(state))
    if "valkey" in only:
        os.environ[OWN_VALKEY] = "1"


def database_of_worker(url: str, worker: str) -> str:
    """A database of its own for each worker in the caller's Redis; `gw0` has the next one."""
    parts = urlsplit(url)
    if parts.scheme not in {"redis", "rediss"}:
        return url
    first = int(parts.path.strip("/") or 0)
    return parts._replace(path=f"/{first + 1 + int(worker.removeprefix('gw'))}").geturl()


def pytest_unconfigure() -> None:
    while _running:
        _running.pop().stop()


@pytest.hookimpl(tryfirst=True)  # xdist has an answer of its own
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two workers, none for a single file: their databases take longer than its tests."""
    files = [argument for argument in config.args if ".py" in argument]
    return 0 if files and len(files) == len(config.args) == 1 else min(os.cpu_count() or 1, 2)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`quick` is whatever needs neither a browser nor a hand; set before `-m` chooses."""
    for item in items:
        if not any(item.get_closest_marker(mark) for mark in SLOW):
            item.add_marker("quick")


@pytest.fixture
def private_stack() -> Iterator[Stack]:
    """Durable servers for one test, which may `private_stack.postgres.kill()` and `.start()`."""
    with ThrowAwayStack(durable=True) as stack:
        yield stack
