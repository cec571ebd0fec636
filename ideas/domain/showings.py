"""What lists have shown waits in this process for half a second, and goes to the store in one trip:
else each page that anybody reads would wait for one (docs/decisions/0076).

Who was shown the same list twice meanwhile waits once. A process that is killed loses what waits;
one that ends sends it. With more waiting than is held, whoever comes next sends all of it.
"""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.util import Finalize

from ideas.domain import exposure
from ideas.domain.exposure import Showing

EVERY_SECONDS = 0.5
MOST_WAITING = 500


class Waiting:
    def __init__(self) -> None:
        self._showings: dict[Showing, None] = {}
        self._lock, self._sending = threading.Lock(), threading.Lock()
        self._some = threading.Event()
        self._sender: threading.Thread | None = None

    def note(self, showing: Showing) -> None:
        with self._lock:
            self._showings[showing] = None
            is_full = len(self._showings) >= MOST_WAITING
            if self._sender is None or not self._sender.is_alive():  # nor is it in a forked child
                self._sender = threading.Thread(target=self._send_for_ever, daemon=True)
                with suppress(RuntimeError):  # no thread to be had: it goes with the next
                    self._sender.start()
        self._some.set()
        if is_full:
            self.send()

    def send(self) -> None:
        """All that waits; whatever was on its way has arrived, too, once this returns."""
        with self._sending:
            with self._lock:
                showings, self._showings = list(self._showings), {}
                self._some.clear()
            exposure.seen_all(showings)

    def _send_for_ever(self) -> None:
        while True:
            self._some.wait()
            time.sleep(EVERY_SECONDS)
            self.send()


waiting = Waiting()
# The server's workers are forked, and those end without atexit.
Finalize(None, waiting.send, exitpriority=10)


def note(*, network: str, agent: str, ideas: Sequence[int], challenges: Sequence[int]) -> None:
    """As exposure.seen_all(), a moment later."""
    if ideas:
        waiting.note(Showing(network, agent, tuple(ideas), tuple(challenges)))
