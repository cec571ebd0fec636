"""Valkey as it fails: nobody there, there but silent, out of memory."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cocreate.lib import ratelimit
from tests.mail import free_port


@contextmanager
def silent_server() -> Iterator[str]:
    """The address of a server that takes connections and never says a word, as one that hangs."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(200)
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def nobody() -> str:
    """An address where nobody listens."""
    return f"redis://127.0.0.1:{free_port()}/0"


def use(settings: Any, url: str) -> None:
    """From here on this process asks there. What it counted for itself before is forgotten."""
    settings.REDIS_URL = url
    settings.CACHES = {name: one | {"LOCATION": url} for name, one in settings.CACHES.items()}
    ratelimit._here.clear()
