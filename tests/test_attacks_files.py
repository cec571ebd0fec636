"""Somebody who means harm, with a file: what it claims to be, what it hides, what it costs, how it
is named. Who may see and use pictures is in tests/web/test_images.py and tests/api/test_images.py,
what the decoder itself refuses in tests/lib/test_images.py.
"""

import io
import json
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image as Pillow
from PIL import PngImagePlugin
from PIL.ExifTags import GPS, IFD, Base

from cocreate.embedded import places
from ideas.models import Image
from tests.pictures import drawn, files
from tests.web.conftest import plain_and_quick as plain_and_quick
from tests.web.conftest import reader

pytestmark = pytest.mark.django_db
UPLOAD = "/b/mio/pictures/"
OWN_NAME = re.compile(r"images/[0-9a-z]{2}/[0-9a-z]{10,12}-\d+\.webp")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def member(charlie, brand):
    return reader(charlie)


def send(client, source: bytes, name: str = "a.png", kind: str = "image/png", before: bytes = b""):
    """As a form does, byte by byte: a name may be anything."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n'
    body = before + head % name.encode() + f"Content-Type: {kind}\r\n\r\n".encode() + source
    return client.post(UPLOAD, body + b"\r\n--x--\r\n", "multipart/form-data; boundary=x")


def stored(media: Path) -> list[bytes]:
    return [(media / name).read_bytes() for name in files(media)]


# --- F01, F02, F04: what it claims to be, and what it hides ---------------------------------------

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
SCRIPT = b"<script>alert(document.cookie)</script>"


@pytest.mark.parametrize("kind", ["image/png", "image/svg+xml", "image/jpeg", "text/html", ""])
@pytest.mark.parametrize("name", ["a.svg", "a.svg.png", "a.png", "a"])
def test_f01_a_drawing_with_a_script_is_no_picture_under_any_name_or_type(
    member, media, name, kind
):
    answer = send(member, SVG, name, kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "picture_unreadable")
    assert (files(media), Image.objects.count()) == ([], 0)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("evil.html", SCRIPT)
    return out.getvalue()


def in_text_chunk() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SCRIPT.decode())
    out = io.BytesIO()
    Pillow.new("RGB", (40, 30)).save(out, "PNG", pnginfo=words)
    return out.getvalue()


POLYGLOTS = {
    "a page behind a JPEG": drawn(kind="JPEG") + b"<html>" + SCRIPT,
    "a script in a GIF": drawn(kind="GIF") + b"*/=1;" + SCRIPT,
    "an archive behind a PNG": drawn() + archive(),
    "a page in the words of a PNG": in_text_chunk(),
}


@pytest.mark.parametrize("source", POLYGLOTS.values(), ids=POLYGLOTS)
def test_f02_of_two_files_in_one_the_picture_alone_is_kept(member, media, source):
    answer = send(member, source)
    assert answer.status_code == 201
    assert stored(media)
    for content in stored(media):
        assert content != source
        assert len(content) == struct.unpack("<I", content[4:8])[0] + 8  # no tail
        assert not zipfile.is_zipfile(io.BytesIO(content))
        assert b"script" not in content
    shown = member.get(answer.json()["url"])
    assert shown["Content-Type"] == "image/webp"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"


def telling() -> bytes:
    """A photograph that says where, when, by whom and with what it was taken, in five places."""
    exif = Pillow.Exif()
    exif[Base.Make] = "CAMERA-OF-A-STRANGER"
    exif[Base.Artist] = "A-STRANGER"
    place = exif.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "N", (48.0, 51.0, 24.0)
    out = io.BytesIO()
    Pillow.new("RGB", (900, 600)).save(
        out, "JPEG", exif=exif, comment=b"REMARK-OF-A-STRANGER",
        xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>HOME-OF-A-STRANGER</x:xmpmeta>",
    )  # fmt: skip
    plain = out.getvalue()
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x15\x1c\x02\x50\0\x10BYLINE-STRANGER!"
    return plain[:2] + b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc + plain[2:]


def test_f04_nothing_that_a_camera_says_is_in_any_of_the_files(member, media):
    source = telling()
    assert source.count(b"STRANGER") == 5
    assert send(member, source, kind="image/jpeg").status_code == 201
    assert len(stored(media)) == 3
    for content in stored(media):
        for word in (b"STRANGER", b"Exif", b"EXIF", b"XMP", b"GPS", b"8BIM", b"ICCP"):
            assert word not in content
        assert {content[12:16], content[:4]} <= {b"VP8 ", b"VP8L", b"RIFF"}  # the simplest form


# --- F03: bombs -----------------------------------------------------------------------------------

MOST_MEMORY = 150 * 2**20
COST = """
import json, resource, sys
from cocreate.lib import images
source = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    code = len(images.in_sizes(source, width=1600, height=3200, fill=False, smaller=(320, 800)))
except images.PictureRefused as refusal:
    code = refusal.code
own, child = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps({"code": code, "own": (own.ru_maxrss - before) * 1024,
                  "child": child.ru_maxrss * 1024, "seconds": child.ru_utime + child.ru_stime}))
"""


def cost_of(source: bytes) -> dict:
    """What becomes of it in a process of its own: the answer, the memory that this process grew by
    and that its child had at most, in bytes, and the child's time at work.
    """
    done = subprocess.run(
        [sys.executable, "-c", COST], input=source, capture_output=True, check=True,
        cwd=places.ROOT, env={"DJANGO_SETTINGS_MODULE": "cocreate.settings"},
    )  # fmt: skip
    return json.loads(done.stdout)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_with(*chunks: bytes) -> bytes:
    """A small PNG with these after its header."""
    source = drawn(8, 8)
    return source[:33] + b"".join(chunks) + source[33:]


def large_png() -> bytes:
    out = io.BytesIO()
    Pillow.new("1", (13_000, 13_000)).save(out, "PNG")
    return out.getvalue()


def large_jpeg() -> bytes:
    source = bytearray(drawn(8, 8, "JPEG"))
    place = source.index(b"\xff\xc0")
    source[place + 5 : place + 9] = struct.pack(">HH", 65_000, 65_000)
    return bytes(source)


def large_gif() -> bytes:
    source = bytearray(drawn(8, 8, "GIF"))
    source[6:10] = struct.pack("<HH", 65_000, 65_000)
    return bytes(source)


def large_webp() -> bytes:
    out = io.BytesIO()
    Pillow.new("RGB", (16_000, 16_000)).save(out, "WEBP", lossless=True, method=0)
    return out.getvalue()


def many_frames() -> bytes:
    """A GIF whose 10,000 frames are one of a few bytes, again and again."""
    source = drawn(100, 100, "GIF")
    start = source.index(b",", 13)
    return source[:start] + source[start:-1] * 10_000 + b";"


ZEROS = zlib.compress(b"\0" * 100 * 2**20, 9)
REFUSED_BOMBS = {
    "PNG": (large_png, "picture_too_many_pixels"),
    "JPEG": (large_jpeg, "picture_too_many_pixels"),
    "GIF": (large_gif, "picture_too_many_pixels"),
    "WebP": (large_webp, "picture_too_many_pixels"),
}
OTHER_BOMBS = {
    "10,000 frames": many_frames,
    "words of 100 MB": lambda: png_with(chunk(b"zTXt", b"Comment\0\0" + ZEROS)),
    "colours of 100 MB": lambda: png_with(chunk(b"iCCP", b"icc\0\0" + ZEROS)),
}


@pytest.mark.parametrize(("bomb", "code"), REFUSED_BOMBS.values(), ids=REFUSED_BOMBS)
def test_f03_a_picture_of_too_many_pixels_is_refused_before_it_costs_memory(bomb, code):
    source = bomb()
    assert len(source) < 200_000
    cost = cost_of(source)
    assert cost["code"] == code
    assert cost["own"] < 8 * 2**20
    assert cost["child"] < MOST_MEMORY


@pytest.mark.parametrize("bomb", OTHER_BOMBS.values(), ids=OTHER_BOMBS)
def test_f03_what_unfolds_inside_a_picture_costs_little_whatever_becomes_of_it(bomb):
    source = bomb()
    assert len(source) < 10 * 2**20
    cost = cost_of(source)
    assert cost["code"] in {1, "picture_unreadable"}
    assert cost["own"] < 8 * 2**20
    assert cost["child"] < MOST_MEMORY


def saved(kind: str) -> bytes:
    return drawn(40, 30, kind)


FOREIGN = {
    "FITS": lambda: b"SIMPLE  =                    T".ljust(80) + b"END".ljust(2800),
    "PSD": lambda: b"8BPS\0\1" + b"\0" * 6 + b"\0\3" + struct.pack(">IIHH", 30, 40, 8, 3),
    "EPS": lambda: saved("EPS"),
    "TIFF": lambda: saved("TIFF"),
    "BMP": lambda: saved("BMP"),
    "PDF": lambda: saved("PDF"),
    "JPEG 2000": lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 200,
}


@pytest.mark.parametrize("source", FOREIGN.values(), ids=FOREIGN)
def test_f03_a_decoder_that_is_not_wanted_is_never_asked(member, media, source):
    answer = send(member, source())
    assert (answer.status_code, answer.json()["code"]) == (415, "picture_unreadable")
    assert files(media) == []


def test_f03_a_bomb_is_refused_by_a_page_in_words(member, media):
    answer = send(member, large_png())
    assert (answer.status_code, answer.json()["code"]) == (400, "picture_too_many_pixels")
    assert answer.json()["message"].startswith("This picture has more than 40 million pixels.")
    assert files(media) == []


# --- F05, F06, F07: how it is sent, and how it is named -------------------------------------------


def field(name: bytes, value: bytes = b"1") -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name, value)


def test_f05_ten_thousand_fields_are_refused(member, media):
    fields = b"".join(field(b"f%d" % n) for n in range(10_000))
    assert send(member, drawn(40, 30), before=fields).status_code == 400
    assert files(media) == []


def test_f05_a_hundred_files_cost_no_more_than_the_first_ten(member, media):
    part = b'--x\r\nContent-Disposition: form-data; name="other"; filename="a"\r\n\r\nx\r\n'
    assert send(member, drawn(40, 30), before=part * 9).status_code == 201
    assert send(member, drawn(40, 30), before=part * 10).status_code == 413
    assert send(member, drawn(40, 30), before=part * 100).status_code == 400


def test_f05_megabytes_of_words_are_refused(member, media):
    answer = send(member, drawn(40, 30), before=field(b"alt", b"x" * 3_000_000))
    assert answer.status_code in {400, 413}
    assert files(media) == []


NAMES = [
    "../../../evil.svg", "..\\..\\evil.exe", "/etc/passwd", "a\0.png", "x" * 300 + ".png",
    "\u202egnp.exe", "<svg onload=alert(1)>.png", "a.png\r\nX-Evil: 1", "", "CON", "\U0001f600.png",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_f06_the_name_of_a_file_is_ours_whatever_it_was(member, media, name):
    answer = send(member, drawn(40, 30), name)
    assert answer.status_code in {201, 400}  # a file without a name is none
    assert "X-Evil" not in answer.headers
    assert b"svg" not in answer.content
    assert all(OWN_NAME.fullmatch(one) for one in files(media))
    assert len(files(media)) == (answer.status_code == 201)
    assert not list(media.parent.rglob("*evil*"))


def test_f07_nobody_says_where_a_picture_is_kept(member, media):
    extra = [(b"code", b"mine00000000"), (b"name", b"../../x"), (b"path", b"/tmp/x"), (b"id", b"1")]
    before = b"".join(field(name, value) for name, value in extra)
    answer = send(member, drawn(40, 30), before=before)
    assert answer.status_code == 201
    assert answer.json()["code"] != "mine00000000"
    assert [bool(OWN_NAME.fullmatch(one)) for one in files(media)] == [True]
