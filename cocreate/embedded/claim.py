"""One launcher per state folder, and how others learn what it started."""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any

from cocreate.embedded.processes import Refused

READERS_ARE_GONE_WITHIN = 0.5  # seconds; a reader tries the lock for an instant


class Claim:
    """`var/run.json`, locked while we live.

    The lock goes with the process, however it ends, so what the file says is true exactly while
    somebody holds it: no process number to compare, none to be mistaken for another.
    """

    def __init__(self, state: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self.path = state / "run.json"
        self.file = self.path.open("a+")

    def take(self, *, wait: bool = False) -> None:
        give_up = time.monotonic() + READERS_ARE_GONE_WITHIN
        while not self.try_lock(fcntl.LOCK_EX):
            if not wait and time.monotonic() > give_up:
                raise Refused(
                    f"./run already works in this folder (process {self.read().get('pid')})."
                )
            time.sleep(0.05)
        self.write({})

    def write(self, environment: dict[str, str]) -> None:
        """Publish the addresses; without any, the holder is still starting."""
        self.file.seek(0)
        self.file.truncate()
        json.dump({"pid": os.getpid(), "environment": environment}, self.file)
        self.file.flush()

    def read(self) -> dict[str, Any]:
        try:
            facts = json.loads(self.path.read_text())
        except ValueError:  # read while it was written
            facts = {}
        return facts if isinstance(facts, dict) else {}

    def environment_of_holder(self) -> dict[str, str] | None:
        """The addresses of the running launcher, {} while it starts, None where none runs."""
        if self.try_lock(fcntl.LOCK_SH):
            fcntl.flock(self.file, fcntl.LOCK_UN)
            return None
        return dict(self.read().get("environment") or {})

    def try_lock(self, kind: int) -> bool:
        try:
            fcntl.flock(self.file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
