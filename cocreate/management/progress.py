"""How far a long command is: one line that is rewritten on a terminal, a few lines elsewhere."""

import time
from typing import TextIO

EVERY_SECONDS, EVERY_SECONDS_ELSEWHERE = 0.2, 5.0


class Progress:
    """`progress(done, total)` as often as you like."""

    def __init__(self, stream: TextIO, noun: str) -> None:
        self.stream, self.noun = stream, noun
        self.on_terminal = bool(getattr(stream, "isatty", lambda: False)())
        self.pause = EVERY_SECONDS if self.on_terminal else EVERY_SECONDS_ELSEWHERE
        self.begun: float | None = None
        self.last = time.monotonic()
        self.written = False

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        self.begun = self.begun or now
        if now - self.last < self.pause:
            return
        self.last, self.written = now, True
        rate = done / max(now - self.begun, self.pause)
        line = f"{self.noun}: {done:,} of {total:,} ({done / total:.0%}), {rate:,.0f}/s"
        self.stream.write(f"\r{line}\x1b[K" if self.on_terminal else f"{line}\n")
        self.stream.flush()

    def end(self) -> None:
        """Wipe the line that was rewritten."""
        if self.written and self.on_terminal:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
