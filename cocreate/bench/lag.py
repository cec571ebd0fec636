"""How old the oldest vote is that no fold has counted, asked ten times a second."""

import threading
from datetime import timedelta
from types import TracebackType
from typing import Self, cast

from cocreate.bench.database import connect
from ideas.domain import tally

EVERY_SECONDS = 0.1


class Lag:
    """Samples while the `with` lasts; `seconds` has them."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        with connect() as db:
            while not self._over.wait(EVERY_SECONDS):
                row = db.execute(tally.WAITING).fetchone()
                age = cast(timedelta | None, row[1]) if row else None
                self.seconds.append(age.total_seconds() if age else 0.0)
