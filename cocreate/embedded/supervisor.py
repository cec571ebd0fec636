"""Runs programs side by side: prefixes their lines, restarts what crashes, stops them together.

One thread: a child ends with the *thread* that forked it, and a fork is safe only in such a one.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import IO, Protocol

from cocreate.embedded.processes import Refused, kill_group, spawn

STEADY_AFTER = 30.0  # seconds; who lived as long starts its back-off anew
LONGEST_PAUSE = 30.0
STOP_WITHIN = 10.0
TICK = 0.2


class Part(Protocol):
    """Anything that is kept running: a program below, or a server of the stack."""

    name: str

    @property
    def is_running(self) -> bool: ...
    def start(self) -> None: ...


@dataclass
class Program:
    """One child process whose output is ours, line by line."""

    name: str
    argv: Sequence[str]
    environment: dict[str, str]
    death_signal: signal.Signals = signal.SIGTERM  # what it gets when we are killed
    process: subprocess.Popen[bytes] | None = None
    unfinished: bytes = b""

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        self.clean_up()
        self.process = spawn(
            self.argv,
            death_signal=self.death_signal,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if self.process.stdout:
            os.set_blocking(self.process.stdout.fileno(), False)

    @property
    def output(self) -> IO[bytes] | None:
        """Its end of the pipe, None once that is closed."""
        output = self.process.stdout if self.process else None
        return None if output is None or output.closed else output

    def clean_up(self) -> None:
        """A killed parent leaves its workers behind, and they would hold the port or the queue."""
        if self.process is not None:
            kill_group(self.process)
            self.process.wait()
        if self.output:
            self.output.close()

    def lines(self) -> list[str]:
        """Whole lines said since the last call; the rest waits, unless the program is over."""
        if self.output is None:
            return []
        said = self.unfinished
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self.output.fileno(), 65536):
                said += chunk
            self.output.close()
        *whole, self.unfinished = said.split(b"\n")
        if self.output is None and self.unfinished:
            whole, self.unfinished = [*whole, self.unfinished], b""
        return [line.decode(errors="replace") for line in whole]


@dataclass
class Health:
    """How a part fares: when it started, how often in a row it failed, when it may start again."""

    started: float = 0.0
    failures: int = 0
    not_before: float | None = None

    def begin(self, now: float) -> None:
        self.started, self.not_before = now, None

    def fail(self, now: float) -> float:
        """Note a crash; the pause before the next start: 1, 2, 4 … 30 seconds."""
        self.failures = 1 if now - self.started > STEADY_AFTER else self.failures + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (self.failures - 1))
        self.not_before = now + pause
        return pause


@dataclass
class Supervisor:
    """Keeps `programs` running, and the `servers` they stand on.

    `on_tick` is called a few times a second; a string from it ends the run with exit code 1.
    """

    programs: list[Program]
    servers: Sequence[Part] = ()
    on_tick: Callable[[], str | None] = lambda: None
    health: dict[str, Health] = field(default_factory=dict)
    stopping: bool = False
    impatient: bool = False
    output_is_gone: bool = False

    def run(self) -> int:
        """Until a signal says stop; the exit code."""
        before = {number: signal.signal(number, self.on_signal) for number in stop_signals()}
        try:
            for program in self.programs:
                self.start(program)
            reason = self.watch()
            if reason:
                self.say("run", reason)
            return 1 if reason else 0
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def watch(self) -> str | None:
        while not self.stopping:
            self.wait_for_output()
            for program in self.programs:
                self.relay(program)
            for part in (*self.servers, *self.programs):
                self.keep_running(part)
            if reason := self.on_tick():
                return reason
        return None

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.impatient = self.stopping  # asked twice: no more patience
        self.stopping = True

    def start(self, part: Part) -> None:
        self.health.setdefault(part.name, Health()).begin(time.monotonic())
        part.start()

    def keep_running(self, part: Part) -> None:
        health = self.health.setdefault(part.name, Health())
        if part.is_running:
            return
        now = time.monotonic()
        if health.not_before is None:
            self.say(part.name, f"ended by itself; it starts again in {health.fail(now):.0f} s")
        elif now >= health.not_before:
            try:
                self.start(part)
            except Refused as refusal:
                self.say(
                    part.name,
                    f"{refusal}; the next attempt is in {health.fail(time.monotonic()):.0f} s",
                )

    def wait_for_output(self) -> None:
        with selectors.DefaultSelector() as selector:
            for program in self.programs:
                if program.is_running and program.output:
                    selector.register(program.output, selectors.EVENT_READ)
            if selector.get_map():
                selector.select(TICK)
            else:
                time.sleep(TICK)

    def relay(self, program: Program) -> None:
        for line in program.lines():
            self.say(program.name, line)

    def say(self, name: str, line: str) -> None:
        """A line of JSON stays one: machines read it, and it names its logger itself."""
        try:
            if not self.output_is_gone:
                print(line if line.startswith("{") else f"{name:<8}| {line}", flush=True)
        except OSError:  # the terminal was closed, or the reader of our pipe is done
            self.output_is_gone = self.stopping = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def stop(self) -> None:
        """All at once, since none needs another to end; the servers end after us."""
        for program in self.programs:
            if program.is_running and program.process:
                program.process.terminate()
        give_up = time.monotonic() + STOP_WITHIN
        while (
            any(p.is_running for p in self.programs)
            and time.monotonic() < give_up
            and not self.impatient
        ):
            self.wait_for_output()
            for program in self.programs:
                self.relay(program)
        for program in self.programs:
            self.relay(program)
            program.clean_up()


def stop_signals() -> tuple[signal.Signals, ...]:
    return signal.SIGINT, signal.SIGTERM, signal.SIGHUP
