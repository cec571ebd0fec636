"""What PostgreSQL and Valkey have in common: start until it answers, stop, kill."""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cocreate.embedded.processes import Refused, kill_group, spawn

ANSWER_WITHIN = 120.0  # seconds; replaying a long log after a crash takes some
RETRY_FOR = 10.0  # seconds; the remains of a killed server hold its memory for a moment
STOP_WITHIN = 15.0
LOG_LIMIT = 10_000_000  # bytes; beyond, a log starts anew and one old one is kept


class Server(ABC):
    """One server on a private unix socket, with its state in `state` and its log beside it."""

    name: str
    stop_signal: signal.Signals

    def __init__(self, state: Path, sockets: Path, *, durable: bool = True) -> None:
        self.state, self.sockets, self.durable = state, sockets, durable
        self.process: subprocess.Popen[bytes] | None = None
        self.options: dict[str, Any] = {}  # how to start it: as which user

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def prepare(self) -> None:
        """Make folders and first data; wait for, or end, what a killed launcher left behind."""

    @abstractmethod
    def command(self) -> Sequence[str | Path]: ...

    @abstractmethod
    def answers(self) -> bool: ...

    @property
    def log(self) -> Path:
        return self.state / f"{self.name}.log"

    @property
    def pid(self) -> int:
        if self.process is None:
            raise RuntimeError(f"{self.name} was never started")
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it and return when it answers; as good for the first time as after a `kill()`."""
        self.state.mkdir(parents=True, exist_ok=True)
        self.prepare()
        give_up = time.monotonic() + RETRY_FOR
        while not self.start_once():
            if time.monotonic() > give_up:
                raise Refused(
                    f"{self.name} does not start: {self.last_words()} (all of it in {self.log})"
                )
            time.sleep(0.3)

    def start_once(self) -> bool:
        """Whether it answered before it ended."""
        with self.open_log() as log:
            self.process = spawn(
                self.command(),
                death_signal=self.stop_signal,
                stdout=log,
                stderr=log,
                cwd="/",
                **self.options,
            )
        give_up = time.monotonic() + ANSWER_WITHIN
        while self.is_running:
            if self.answers():
                return True
            if time.monotonic() > give_up:
                self.kill()
                raise Refused(
                    f"{self.name} gives no answer after {ANSWER_WITHIN:.0f} s; see {self.log}"
                )
            time.sleep(0.02)
        return False

    def stop(self) -> None:
        if self.process is None:
            return
        if self.is_running:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """What a crash or `kill -9` does to it."""
        if self.process is not None and self.is_running:
            self.process.kill()
            self.process.wait()
            kill_group(self.process)

    def open_log(self) -> Any:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        return self.log.open("ab")

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").split("\n") if self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing")
