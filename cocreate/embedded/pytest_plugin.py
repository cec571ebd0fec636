"""Throw-away servers for the tests, in place before Django reads its settings.

Loaded by `-p cocreate.embedded.pytest_plugin`. One PostgreSQL per run (each worker of xdist makes
its own database in it) and one Valkey per process, so that workers share neither queues nor
counters. Whoever sets DATABASE_URL and REDIS_URL gets the tests on those.
"""

import os
from collections.abc import Generator, Iterator

import pytest

from cocreate.embedded import places
from cocreate.embedded.stack import Stack, ThrowAwayStack, servers_to_start
from cocreate.lib import locale

BY_HAND = {"faults", "gallery", "bench"}
SLOW = BY_HAND | {"browser"}
OWN_VALKEY = "COCREATE_TESTS_OWN_VALKEY"  # tells workers that REDIS_URL is ours, not the caller's
_running: list[Stack] = []


@pytest.hookimpl(
    wrapper=True, tryfirst=True
)  # before pytest-django, which reads the settings in this hook
def pytest_load_initial_conftests() -> Generator[None]:
    os.environ.setdefault("SECRET_KEY", "only-for-the-tests-" + "x" * 40)
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    if is_worker and OWN_VALKEY in os.environ:
        start_servers(("valkey",))
    elif not is_worker:
        locale.compile_catalogues(places.ROOT)
        start_servers(servers_to_start())
    return (yield)


def start_servers(only: tuple[str, ...]) -> None:
    if not only:
        return
    stack = ThrowAwayStack(only=only)
    _running.append(stack)
    stack.start()
    os.environ.update(stack.environment)
    os.environ.setdefault("COCREATE_VAR", str(stack.state / "var"))
    if "valkey" in only:
        os.environ[OWN_VALKEY] = "1"


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
