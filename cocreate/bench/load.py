"""The load generator: `python -m cocreate.bench.load HOST PORT CLIENTS SECONDS FILE`.

A process of its own with nothing but the standard library. Requests are complete before the clock
starts: FILE holds each behind its length (4 bytes). Every client keeps its connection, as long as
the server does, and sends the next request of the file when its answer is in. The summary is one
line of JSON.
"""

import json
import selectors
import socket
import struct
import sys
import time
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

LENGTH = struct.Struct("!I")
CHUNK = 65_536
END_OF_HEAD = b"\r\n\r\n"


def write_requests(path: Path, requests: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        for request in requests:
            file.write(LENGTH.pack(len(request)) + request)


def read_requests(path: Path) -> list[bytes]:
    data, place, found = path.read_bytes(), 0, []
    while place < len(data):
        (length,) = LENGTH.unpack_from(data, place)
        place += LENGTH.size
        found.append(data[place : place + length])
        place += length
    return found


class Client:
    """One connection: a request on its way, and what has come of its answer."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.connect()
        self.answer, self.whole, self.sent_at = b"", 0, 0.0

    def connect(self) -> None:
        self.socket = socket.create_connection(self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_over = False

    def send(self, request: bytes) -> None:
        self.answer, self.whole = b"", 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """The status once the answer is complete."""
        part = self.socket.recv(CHUNK)
        if not part:
            raise ConnectionError("the server closed a connection")
        self.answer += part
        if not self.whole:
            head = self.answer.find(END_OF_HEAD)
            if head < 0:
                return None
            self.whole = head + len(END_OF_HEAD) + length_of_body(self.answer[:head])
            self.is_over = b"\r\nconnection: close" in self.answer[:head].lower()
        return int(self.answer[9:12]) if len(self.answer) >= self.whole else None


def length_of_body(head: bytes) -> int:
    _before, found, after = head.lower().partition(b"\r\ncontent-length:")
    if not found:
        raise ConnectionError("an answer without Content-Length")
    return int(after.split(b"\r\n", 1)[0])


def run(
    host: str, port: int, clients: int, seconds: float, requests: list[bytes]
) -> dict[str, object]:
    """Send until the time is over or the requests are; every request sent is waited for."""
    rest, statuses, times = iter(requests), Counter[int](), array("d")
    with selectors.DefaultSelector() as selector:
        for _n in range(clients):
            client = Client((host, port))
            selector.register(client.socket, selectors.EVENT_READ, client)
        cpu, begun = time.process_time(), time.perf_counter()
        end = begun + seconds
        waiting = start(selector, rest)
        while waiting:
            for key, _events in selector.select():
                status = key.data.receive()
                if status is None:
                    continue
                now = time.perf_counter()
                statuses[status] += 1
                times.append(now - key.data.sent_at)
                request = next(rest, None) if now < end else None
                if request is None:
                    waiting -= 1
                    selector.unregister(key.data.socket)
                else:
                    send_next(selector, key.data, request)
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    ran_out = next(rest, None) is None
    return summary(statuses, times, took, cpu) | {"ran_out": ran_out}


def send_next(selector: selectors.BaseSelector, client: Client, request: bytes) -> None:
    """On a new connection where the server has said that it closes this one."""
    if client.is_over:
        selector.unregister(client.socket)
        client.socket.close()
        client.connect()
        selector.register(client.socket, selectors.EVENT_READ, client)
    client.send(request)


def start(selector: selectors.BaseSelector, rest: Iterator[bytes]) -> int:
    """The first request of every client; how many have one."""
    started = 0
    for key in selector.get_map().values():
        if (request := next(rest, None)) is not None:
            key.data.send(request)
            started += 1
    return started


def summary(
    statuses: Counter[int], times: "array[float]", took: float, cpu: float
) -> dict[str, object]:
    ordered = sorted(times)
    return {
        "requests": len(ordered),
        "seconds": took,
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        "p50_ms": percentile(ordered, 0.5) * 1000,
        "p95_ms": percentile(ordered, 0.95) * 1000,
        "p99_ms": percentile(ordered, 0.99) * 1000,
        "own_cpu_us": cpu / max(len(ordered), 1) * 1e6,
    }


def percentile(ordered: list[float], part: float) -> float:
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0


def main(arguments: list[str]) -> None:
    host, port, clients, seconds, path = arguments
    found = run(host, int(port), int(clients), float(seconds), read_requests(Path(path)))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
