"""Both servers together, and the variables that tell the product where they are."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from cocreate.embedded import places
from cocreate.embedded.postgres import Postgres
from cocreate.embedded.server import Server
from cocreate.embedded.valkey import Valkey

THROW_AWAY = "cocreate-test-"


class Stack:
    """PostgreSQL and Valkey with their state in one folder, for as long as the `with` lasts.

    `only` names the servers to start ("postgres", "valkey"); `environment` says where they are.
    A test may `kill()` and `start()` each: `stack.postgres` and `stack.valkey` have `pid` and
    `is_running`.
    """

    def __init__(
        self, state: Path, *, durable: bool = True, only: tuple[str, ...] = ("postgres", "valkey")
    ) -> None:
        self.state, self.only = state.absolute(), only
        self.state.mkdir(parents=True, exist_ok=True)
        self.sockets = places.socket_dir(self.state)
        self.postgres = Postgres(self.state, self.sockets, durable=durable)
        self.valkey = Valkey(self.state, self.sockets, durable=durable)

    @property
    def servers(self) -> list[Server]:
        """In the order of starting; they stop in the other."""
        return [server for server in (self.postgres, self.valkey) if server.name in self.only]

    @property
    def environment(self) -> dict[str, str]:
        names = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
        return {names[server.name]: server.url for server in self.servers}

    def start(self) -> None:
        places.socket_dir(self.state)  # a stop took it away
        try:
            for server in self.servers:
                server.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for server in reversed(self.servers):
            server.stop()
        for folder in (self.postgres.socket_dir, self.sockets):
            with contextlib.suppress(OSError):  # not empty: somebody still listens there
                folder.rmdir()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class ThrowAwayStack(Stack):
    """A stack in a temporary folder that is removed at the end, by the next one at the latest."""

    def __init__(
        self, *, durable: bool = False, only: tuple[str, ...] = ("postgres", "valkey")
    ) -> None:
        remove_abandoned()
        state = Path(tempfile.mkdtemp(prefix=THROW_AWAY))
        state.chmod(0o711)  # PostgreSQL may have to reach it as another user
        self.lock = (state / "lock").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        super().__init__(state, durable=durable, only=only)

    def stop(self) -> None:
        super().stop()
        remove(self.state)
        self.lock.close()


def remove_abandoned() -> None:
    """Remove the folders of tests that were killed; the lock of those that run is held."""
    for lock in Path(tempfile.gettempdir()).glob(f"{THROW_AWAY}*/lock"):
        with contextlib.suppress(OSError), lock.open() as file:  # held, gone, or somebody else's
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove(lock.parent)


def remove(state: Path) -> None:
    if (state / "pg").is_symlink():
        shutil.rmtree((state / "pg").readlink().parent, ignore_errors=True)
    shutil.rmtree(state, ignore_errors=True)


def servers_to_start() -> tuple[str, ...]:
    """Whoever names a server in the environment gets none of that kind from us."""
    names = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    return tuple(
        server
        for server, variable in names.items()
        if not (os.environ.get(variable) or os.environ.get(f"{variable}_FILE"))
    )
