"""Child processes that never outlive us, and the one exception that ends a command in one line."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

try:  # before any fork: an import in the child of a fork may wait for a lock for ever
    import ctypes

    _prctl: Callable[..., int] | None = ctypes.CDLL(None).prctl
except (ImportError, AttributeError, OSError):  # not Linux: children end with a normal stop only
    _prctl = None

PR_SET_PDEATHSIG = 1


class Refused(Exception):
    """Said in one line, exit code 1."""


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn`: the kernel sends `death_signal` to the child when we end, even by `kill -9`.

    "We" is the forking thread, not the process: start children from the main thread.
    """
    if _prctl is None:
        return None
    prctl, parent = _prctl, os.getpid()

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # we ended between the fork and the line above
            os._exit(1)

    return in_child


def spawn(
    argv: Sequence[str | Path], *, death_signal: signal.Signals, **options: Any
) -> subprocess.Popen[bytes]:
    """Start a child in its own session: Ctrl-C reaches us alone, and we stop things in order."""
    return subprocess.Popen(
        [str(argument) for argument in argv],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent(death_signal),  # the launcher has one thread
        **options,
    )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a child and whatever it left behind; its group lives as long as any of them."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
