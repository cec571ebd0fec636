"""How much of the machine went to processes that are none of the bench's."""

import os
import time
from types import TracebackType
from typing import Self

from cocreate.bench import cpu, database
from cocreate.bench.site import cores


class Others:
    """While the `with` lasts; `share` of all cores, known behind it."""

    def __init__(self) -> None:
        self.share = 0.0
        # Everything of ours is below this process, but for PostgreSQL.
        self._ours = [pid for pid in (os.getpid(), database.server_pid()) if pid]

    def __enter__(self) -> Self:
        self._begun = self._now()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        wall, busy, ours = (b - a for a, b in zip(self._begun, self._now(), strict=True))
        self.share = max(busy - ours, 0.0) / (wall * cores())

    def _now(self) -> tuple[float, float, float]:
        return time.monotonic(), cpu.busy_seconds(), cpu.seconds(*self._ours)
