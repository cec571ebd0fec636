"""The real thing: the processes that `./run` starts, with a Valkey of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from cocreate.bench import cpu, load
from cocreate.bench.database import CannotBench
from cocreate.embedded import environment, places
from cocreate.embedded.prepare import collect_static
from cocreate.embedded.processes import kill_group, spawn
from cocreate.embedded.stack import ThrowAwayStack
from cocreate.embedded.up import health_of, programs

HOST = "127.0.0.1"
READY_WITHIN, STOP_WITHIN = 60.0, 10.0
CLIENTS = 8

Web = Callable[[str, int], list[str]]  # the command line for a host and a port


@dataclass
class Site:
    """A running site. `send` puts load on it."""

    port: int
    folder: Path
    processes: dict[str, "subprocess.Popen[bytes]"]
    valkey_pid: int

    def pids(self, *names: str) -> list[int]:
        return [self.processes[name].pid for name in names]

    def send(
        self, requests: Iterable[bytes], seconds: float, clients: int = CLIENTS
    ) -> dict[str, Any]:
        return send(self.folder, self.port, requests, seconds, clients)

    def cpu_seconds(self) -> dict[str, float]:
        background = [name for name in self.processes if name != "web"]
        return {
            "web": cpu.seconds(*self.pids("web")),
            "valkey": cpu.seconds(self.valkey_pid),
            "workers": cpu.seconds(*self.pids(*background)),
        }


def send(
    folder: Path, port: int, requests: Iterable[bytes], seconds: float, clients: int
) -> dict[str, Any]:
    """What load.summary() says of these requests by so many clients."""
    path = folder / "requests"
    load.write_requests(path, requests)
    command = [sys.executable, "-m", "cocreate.bench.load", HOST, str(port), str(clients)]
    with (folder / "load.log").open("wb+") as log:
        process = spawn(
            [*command, str(seconds), path], death_signal=signal.SIGKILL, stdout=log,
            stderr=subprocess.STDOUT, cwd=places.ROOT,
        )  # fmt: skip
        failed = process.wait()
        log.seek(0)
        said = log.read().decode(errors="replace").strip()
    if failed:
        raise CannotBench(f"The load generator failed: {said.splitlines()[-1:]}")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


@contextmanager
def running_site(database_url: str, web: Web | None = None) -> Iterator[Site]:
    """`web`: another server than the product's own for the pages."""
    with (
        tempfile.TemporaryDirectory(prefix="cocreate-bench-") as name,
        ThrowAwayStack(durable=True, only=("valkey",)) as stack,
    ):
        folder, port = Path(name), free_port()
        site = Site(port, folder, {}, stack.valkey.pid)
        try:
            _start(site, variables(folder, port, database_url, stack.valkey.url), web)
            _wait_until_ready(site)
            yield site
        finally:
            _stop(site)


def variables(folder: Path, port: int, database_url: str, redis_url: str) -> dict[str, str]:
    """As the launcher gives them, with a state folder of the bench's own. No mail leaves."""
    collect_static()
    (folder / "static").symlink_to(settings.STATIC_ROOT)
    inherited = {n: v for n, v in environment.for_children(folder).items() if n != "EMAIL_URL"}
    return inherited | {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PUBLIC_URL": f"http://{HOST}:{port}",
        "SECRET_KEY": settings.SECRET_KEY,
    }


def _start(site: Site, children: dict[str, str], web: Web | None) -> None:
    for program in programs(children, HOST, site.port):
        argv = web(HOST, site.port) if web and program.name == "web" else program.argv
        with (site.folder / f"{program.name}.log").open("wb") as log:
            site.processes[program.name] = spawn(
                argv, death_signal=program.death_signal, env=program.environment,
                stdout=log, stderr=subprocess.STDOUT, cwd=places.ROOT,
            )  # fmt: skip


def _wait_until_ready(site: Site) -> None:
    give_up = time.monotonic() + READY_WITHIN
    while health_of(HOST, site.port) != "200":
        if time.monotonic() > give_up or site.processes["web"].poll() is not None:
            lines = (site.folder / "web.log").read_text(errors="replace").strip().splitlines()
            raise CannotBench(f"The site does not start: {' '.join(lines[-1:])}")
        time.sleep(0.2)


def _stop(site: Site) -> None:
    for process in site.processes.values():
        process.terminate()
    give_up = time.monotonic() + STOP_WITHIN
    for process in site.processes.values():
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(give_up - time.monotonic(), 0.1))
        kill_group(process)
        process.wait()


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        port: int = trial.getsockname()[1]
        return port


def cores() -> int:
    return os.cpu_count() or 1
