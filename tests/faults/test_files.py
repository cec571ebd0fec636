"""F05, F12: files that end too soon, come in pieces or are broken, at a real server and its
decoder; never an error of ours, and nothing is kept.
"""

import io
import json
import random
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from PIL import Image as Pillow

from cocreate.lib.images import PictureRefused, in_sizes
from tests.pictures import drawn
from tests.site import Site

pytestmark = pytest.mark.faults

SEED, MUTANTS, AT_ONCE = 20_261_122, 1_000, 60
KINDS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: Any) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("files"), "tests.journeys.content")
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="module")
def token(site: Site) -> str:
    return site.python("manage.py", "create_token", "charlie@example.org").splitlines()[-1]


def form(source: bytes) -> bytes:
    start = b'--x\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n'
    file = start % (b"file", b'; filename="a.png"') + source
    return start % (b"brand", b"") + b"mio\r\n" + file + b"\r\n--x--\r\n"


def answer_to(
    site: Site, token: str, headers: list[str], *pieces: bytes, waits: bool = True
) -> tuple[int, bytes]:
    """Status and body, of what is written as it is; 0: closed without an answer, or not waited
    for.
    """
    with begun(site, token, headers) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if not waits:
            return 0, b""
        return answer_on(connection)


def answer_on(connection: socket.socket, begun: bytes = b"") -> tuple[int, bytes]:
    said = begun + b"".join(iter(lambda: connection.recv(65_536), b""))
    status, _space, _rest = said.partition(b" ")[2].partition(b" ")
    return int(status or 0), said.partition(b"\r\n\r\n")[2]


def answer_while_dripping(connection: socket.socket, body: bytes) -> tuple[int, bytes]:
    """What is said to a sender of a byte a second."""
    connection.settimeout(1)
    for n in range(len(body)):
        connection.sendall(body[n : n + 1])
        with suppress(TimeoutError):
            return answer_on(connection, connection.recv(1))
    raise AssertionError("the whole body was taken")


def host_of(site: Site) -> str:
    return site.url.removeprefix("http://")


def connected(site: Site) -> socket.socket:
    host, port = host_of(site).split(":")
    return socket.create_connection((host, int(port)), timeout=60)


def begun(site: Site, token: str, headers: list[str]) -> socket.socket:
    """A connection that has sent its headers."""
    head = [
        "POST /api/v1/images/ HTTP/1.1", f"Host: {host_of(site)}", f"Authorization: Bearer {token}",
        "Content-Type: multipart/form-data; boundary=x", "Connection: close", *headers,
    ]  # fmt: skip
    connection = connected(site)
    connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n")
    return connection


def sized(body: bytes, length: int | None = None) -> list[str]:
    return [f"Content-Length: {len(body) if length is None else length}"]


def kept(site: Site) -> list[str]:
    return [str(one) for one in (site.state / "media").rglob("images/*/*")]


def test_f05_what_is_larger_than_ten_megabytes_is_413(site, token):
    body = form(b"\xff" * (10 * 2**20 + 1))
    status, said = answer_to(site, token, sized(body), body)
    assert (status, json.loads(said)["code"]) == (413, "picture_too_large")
    assert kept(site) == []


def test_f05_a_length_that_is_not_true_keeps_nothing(site, token):
    body = form(drawn(40, 30))
    short, _said = answer_to(site, token, sized(body, 200), body)
    assert short == 400
    for wrong in ("-1", "1e3", "0x10", "9" * 30):
        status, _said = answer_to(site, token, [f"Content-Length: {wrong}"], body)
        assert status == 400
    assert kept(site) == []


def test_f05_a_body_in_chunks_is_read_by_its_chunks_or_not_at_all(site, token):
    body = form(drawn(40, 30))
    pieces = [body[n : n + 100] for n in range(0, len(body), 100)]
    chunked = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces] + [b"0\r\n\r\n"]
    status, said = answer_to(site, token, ["Transfer-Encoding: chunked"], *chunked)
    assert (status, json.loads(said)["code"]) == (400, "invalid")
    assert kept(site) == []
    both = ["Transfer-Encoding: chunked", *sized(body)]
    status, said = answer_to(site, token, both, *chunked)  # one server: nobody counts otherwise
    assert (status, json.loads(said)["code"]) == (400, "invalid")
    assert kept(site) == []


def test_f05_whoever_goes_away_halfway_leaves_nothing_and_the_site_answers(site, token):
    body, before = form(drawn(900, 600)), kept(site)
    for _n in range(20):
        answer_to(site, token, sized(body, len(body) + 500), body[:-900], waits=False)
    status, said = answer_to(site, token, sized(body), body)
    assert (status, json.loads(said)["width"]) == (201, 900)
    assert len(kept(site)) == len(before) + 3


def test_f05_a_byte_a_second_is_408(site, token):
    """At the place where a form is read, and where Django's check of forms reads one first."""
    body, before = form(drawn(40, 30)), kept(site)
    with begun(site, token, sized(body)) as connection:
        status, said = answer_while_dripping(connection, body)
    assert (status, json.loads(said)["code"]) == (408, "too_slow")
    head = f"POST /accounts/login/ HTTP/1.1\r\nHost: {host_of(site)}\r\nCookie: cocreate_csrf="
    head += "x" * 32 + "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    with connected(site) as connection:
        connection.sendall(f"{head}Content-Length: 900\r\nConnection: close\r\n\r\n".encode())
        status, said = answer_while_dripping(connection, b"login=" + b"x" * 894)
    assert status == 408
    assert b"took too long to arrive" in said
    assert kept(site) == before


def test_f05_six_pictures_that_come_byte_by_byte_do_not_hold_the_site(site, token):
    """Sixteen threads are there to wait (docs/decisions/0055)."""
    body = form(drawn(40, 30))
    with ExitStack() as slow:
        for _n in range(6):
            connection = slow.enter_context(begun(site, token, sized(body)))
            connection.sendall(body[:1])
        for _n in range(8):
            status, said = answer_to(site, token, sized(body), body)
            assert (status, json.loads(said)["width"]) == (201, 40)


def mutant(chance: random.Random, sources: list[bytes]) -> bytes:
    """A picture with some bytes changed, cut out, doubled or mixed with another's."""
    source = bytearray(chance.choice(sources))
    for _n in range(chance.randint(1, 12)):
        place = chance.randrange(len(source))
        match chance.randrange(5):
            case 0 | 1:
                source[place] = chance.randrange(256)
            case 2:
                del source[place : place + chance.randint(1, 64)]
            case 3:
                source[place:place] = source[place : place + chance.randint(1, 64)]
            case 4:
                other = chance.choice(sources)
                source[place : place + 16] = other[place : place + 16]
        source = source or bytearray(b"\0")
    return bytes(source)


def animated() -> bytes:
    frames = [Pillow.new("RGB", (60, 40), (n * 40, 90, 0)) for n in range(5)]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


def test_f12_of_a_thousand_broken_pictures_each_is_a_picture_or_refused(caplog):
    """At the library, which is all that reads them; whatever else it raised would be a 500."""
    chance = random.Random(SEED)
    sources = [drawn(120, 80, kind) for kind in KINDS] + [animated()]
    found: Counter[str] = Counter()
    for _n in range(MUTANTS):
        source = mutant(chance, sources)
        try:
            made = in_sizes(source, width=1600, height=3200, fill=False, smaller=(320, 800))
            found["made"] += 1
            assert all(one.content[8:12] == b"WEBP" for one in made)
        except PictureRefused as refusal:
            found[refusal.code] += 1
    print(dict(found))  # noqa: T201 - run by hand
    assert sum(found.values()) == MUTANTS
    assert found["made"] > 50
    assert found["picture_unreadable"] > 200


def test_f12_broken_pictures_get_no_error_of_ours_from_a_site(site, token):
    chance = random.Random(SEED + 1)
    sources = [drawn(120, 80, kind) for kind in KINDS] + [animated()]
    bodies = [form(mutant(chance, sources)) for _n in range(AT_ONCE)]
    found = Counter(answer_to(site, token, sized(body), body)[0] for body in bodies)
    print(dict(found))  # noqa: T201 - run by hand
    assert set(found) <= {201, 400, 409, 415, 429}
    assert found[415] > 10
