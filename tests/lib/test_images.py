"""Somebody's file becomes pixels of our own, whatever it was."""

import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

from cocreate.lib import images
from cocreate.lib.errors import Unavailable
from cocreate.lib.images import PictureRefused, in_sizes, reencoded

RED, GREEN, BLUE = (220, 30, 30), (30, 160, 60), (30, 60, 200)


def written(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo(width: int = 600, height: int = 400) -> Image.Image:
    """Red on the left, blue on the right, green at the top."""
    image = Image.new("RGB", (width, height), RED)
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height), fill=BLUE)
    draw.rectangle((0, 0, width, height // 4), fill=GREEN)
    return image


def read(webp: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(webp), formats=["WEBP"])
    image.load()
    return image


def is_near(pixel, colour, slack: int = 24) -> bool:
    return all(abs(a - b) <= slack for a, b in zip(pixel[:3], colour, strict=True))


def code_of_refusal(source: bytes) -> str:
    with pytest.raises(PictureRefused) as refusal:
        reencoded(source, width=256, height=256, fill=True)
    assert str(refusal.value.message)
    return refusal.value.code


def header_only_png(width: int, height: int) -> bytes:
    """A PNG that promises much and holds nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def child_of(folder: Path, code: str) -> list[str]:
    program = folder / "child.py"
    program.write_text(code)
    return [*images.CHILD[:3], str(program), images.CHILD[4]]


def child_with(folder: Path, memory: str) -> list[str]:
    code = Path(images.decoder.__file__).read_text()
    assert "896 * 2**20" in code
    return child_of(folder, code.replace("896 * 2**20", memory))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_each_named_format_becomes_a_webp_that_fits_the_box(kind):
    picture = read(reencoded(written(photo(), kind), width=300, height=300, fill=False))
    assert (picture.format, picture.size) == ("WEBP", (300, 200))
    assert is_near(picture.getpixel((40, 150)), RED, slack=40)


def test_a_part_is_cut_out_of_the_upright_picture_and_nothing_else_is_left():
    exif = Image.Exif()
    exif[Base.Orientation] = 6  # lies on its left side: 400 wide and 600 high once upright
    turned = written(photo(), "JPEG", quality=95, exif=exif)
    (made,) = in_sizes(turned, width=1600, height=3200, fill=False, part=(0, 400, 300, 600))
    assert (made.width, made.height) == (300, 200)
    assert is_near(read(made.content).convert("RGB").getpixel((100, 100)), BLUE)


@pytest.mark.parametrize("part", [(0, 0, 601, 5), (-1, 0, 5, 5), (5, 5, 5, 9), (0, 9, 5, 3)])
def test_a_part_outside_the_picture_is_cut_from_none(part):
    with pytest.raises(PictureRefused):
        in_sizes(written(photo(), "PNG"), width=99, height=99, fill=False, part=part)


def test_a_box_is_filled_around_the_middle():
    picture = read(reencoded(written(photo(600, 200), "PNG"), width=64, height=64, fill=True))
    assert picture.size == (64, 64)
    assert is_near(picture.getpixel((8, 50)), RED)
    assert is_near(picture.getpixel((56, 50)), BLUE)


def test_what_fits_is_not_enlarged():
    small = reencoded(written(photo(30, 20), "PNG"), width=300, height=300, fill=False)
    assert read(small).size == (30, 20)


def test_one_decode_gives_the_sizes_that_a_picture_reaches_and_its_own():
    source = written(photo(1000, 500), "JPEG")
    made = in_sizes(source, width=1600, height=3200, fill=False, smaller=(320, 800, 1000))
    assert [(one.width, one.height) for one in made] == [(320, 160), (800, 400), (1000, 500)]
    for one in made:
        picture = read(one.content)
        assert picture.size == (one.width, one.height)
        assert is_near(picture.getpixel((one.width // 8, one.height // 2)), RED, slack=40)
        assert is_near(picture.getpixel((one.width * 7 // 8, one.height // 2)), BLUE, slack=40)


def test_the_largest_size_is_that_of_the_box_and_the_thinnest_picture_has_a_pixel():
    wide = in_sizes(
        written(photo(5000, 20), "PNG"), width=1600, height=3200, fill=False, smaller=(40,)
    )
    assert [(one.width, one.height) for one in wide] == [(40, 1), (1600, 6)]
    tall = in_sizes(written(photo(20, 5000), "PNG"), width=1600, height=3200, fill=False)
    assert [(one.width, one.height) for one in tall] == [(13, 3200)]


@pytest.mark.parametrize(
    "answer",
    [b"", b"short", b"\0" * 12, b"\0\0\0\1" * 3 + b"<script>alert(1)</script>"],
    ids=["nothing", "short", "empty", "script"],
)
def test_a_decoder_that_was_taken_over_gets_nothing_but_webp_out(monkeypatch, tmp_path, answer):
    code = f"import sys\nsys.stdin.buffer.read()\nsys.stdout.buffer.write({answer!r})\n"
    monkeypatch.setattr(images, "CHILD", child_of(tmp_path, code))
    assert code_of_refusal(written(photo(), "PNG")) == "picture_unreadable"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_f04_a_picture_stands_upright_and_says_nothing_of_its_maker(kind):
    exif = Image.Exif()
    exif[Base.Orientation] = 6  # a telephone held upright: the left side is the top
    exif[Base.Make] = "CAMERA-OF-A-STRANGER"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (48.0, 51.0, 24.0)
    extra = {} if kind == "PNG" else {"xmp": b"<x:xmpmeta>HOME-ADDRESS</x:xmpmeta>"}
    if kind == "JPEG":
        extra["comment"] = b"REMARK-OF-A-STRANGER"
    source = written(photo(), kind, exif=exif, **extra)
    assert b"CAMERA-OF-A-STRANGER" in source
    webp = reencoded(source, width=200, height=300, fill=False)
    picture = read(webp)
    assert picture.size == (200, 300)
    assert is_near(picture.getpixel((20, 40)), RED, slack=40)
    assert is_near(picture.getpixel((20, 260)), BLUE, slack=40)
    assert is_near(picture.getpixel((190, 150)), GREEN, slack=40)
    assert not picture.getexif()
    assert not {"exif", "xmp", "icc_profile"} & set(picture.info)
    for word in (b"STRANGER", b"HOME-ADDRESS", b"EXIF", b"XMP", b"ICCP"):
        assert word not in webp


def test_f02_what_hides_behind_a_picture_does_not_come_through():
    for kind in ("JPEG", "GIF", "PNG"):
        source = written(photo(), kind) + b"<script>alert(1)</script>PK\x03\x04"
        webp = reencoded(source, width=256, height=256, fill=True)
        assert b"script" not in webp
        assert len(webp) == struct.unpack("<I", webp[4:8])[0] + 8  # no tail


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 64,
        os.urandom(2048),
        written(photo(), "BMP"),
        written(photo(), "TIFF"),
        written(photo(), "ICO"),
        written(photo(), "EPS"),
    ],
    ids=["nothing", "gif", "svg", "html", "png", "noise", "bmp", "tiff", "ico", "eps"],
)
def test_f01_what_is_not_one_of_the_named_formats_is_refused(source):
    assert code_of_refusal(source) == "picture_unreadable"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_that_ends_too_soon_is_refused(kind):
    source = written(photo(), kind)
    assert code_of_refusal(source[: len(source) // 2]) == "picture_unreadable"


def test_the_first_frame_of_an_animation_is_kept():
    frames = [Image.new("RGB", (80, 80), colour) for colour in (GREEN, RED, BLUE)]
    source = written(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=40)
    picture = read(reencoded(source, width=80, height=80, fill=True))
    assert (getattr(picture, "n_frames", 1), is_near(picture.getpixel((40, 40)), GREEN)) == (
        1,
        True,
    )


def test_a_picture_for_print_is_shown_in_the_colours_of_a_screen():
    source = written(photo().convert("CMYK"), "JPEG", quality=95)
    picture = read(reencoded(source, width=300, height=200, fill=False))
    assert picture.mode == "RGB"
    assert is_near(picture.getpixel((40, 150)), RED, slack=40)


def test_sixteen_bits_of_grey_keep_their_lights_and_darks():
    greys = Image.new("I;16", (90, 30))
    for x in range(90):
        for y in range(30):
            greys.putpixel((x, y), (0, 32768, 65535)[x // 30])
    picture = read(reencoded(written(greys, "PNG"), width=90, height=30, fill=False)).convert("L")
    found = [picture.getpixel((x, 15)) for x in (10, 45, 80)]
    assert all(abs(grey - wanted) <= 6 for grey, wanted in zip(found, (0, 128, 255), strict=True))


def test_a_palette_keeps_its_transparent_colour():
    image = Image.new("P", (80, 80), 0)
    image.putpalette([255, 255, 255, *RED])
    image.paste(1, (0, 40, 80, 80))
    source = written(image, "PNG", transparency=0)
    picture = read(reencoded(source, width=80, height=80, fill=False))
    assert picture.mode == "RGBA"
    assert picture.getpixel((40, 10))[3] == 0
    assert picture.getpixel((40, 70))[3] == 255
    assert is_near(picture.getpixel((40, 70)), RED)


def test_a_profile_is_applied_and_one_that_makes_no_sense_is_ignored():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (lab, b"no profile at all"):
        source = written(photo(), "PNG", icc_profile=profile)
        picture = read(reencoded(source, width=300, height=200, fill=False))
        assert "icc_profile" not in picture.info
        assert is_near(picture.getpixel((40, 150)), RED)


def test_more_than_ten_megabytes_are_refused_before_anything_else():
    assert code_of_refusal(b"x" * (images.MOST_BYTES + 1)) == "picture_too_large"


def test_f03_the_size_in_the_header_is_judged_before_a_pixel_is_read():
    assert code_of_refusal(header_only_png(13_000, 13_000)) == "picture_too_many_pixels"
    assert code_of_refusal(header_only_png(6_400, 6_400)) == "picture_too_many_pixels"
    assert code_of_refusal(header_only_png(100, 100)) == "picture_unreadable"


def test_f03_a_bomb_is_refused_with_little_memory(monkeypatch, tmp_path):
    bomb = written(Image.new("1", (13_000, 13_000)), "PNG")
    assert len(bomb) < 40_000
    # Too little to hold it: whoever decodes it first dies, and is not this sure of the reason.
    monkeypatch.setattr(images, "CHILD", child_with(tmp_path, memory="128 * 2**20"))
    assert code_of_refusal(bomb) == "picture_too_many_pixels"


def test_f03_a_frame_that_is_larger_than_its_header_says_is_refused():
    source = bytearray(written(Image.new("P", (8, 8)), "GIF"))
    place = source.index(b",", 13)
    source[place + 5 : place + 9] = struct.pack("<HH", 60_000, 60_000)
    assert code_of_refusal(bytes(source)) == "picture_too_many_pixels"


def test_f12_a_decoder_that_needs_more_than_its_limit_dies_alone(monkeypatch, tmp_path):
    large = written(Image.new("RGB", (6_000, 6_000)), "PNG")
    assert read(reencoded(large, width=64, height=64, fill=True)).size == (64, 64)
    monkeypatch.setattr(images, "CHILD", child_with(tmp_path, memory="128 * 2**20"))
    assert code_of_refusal(large) == "picture_unreadable"


def test_f12_a_decoder_that_computes_for_ever_dies_alone(monkeypatch, tmp_path):
    code = Path(images.decoder.__file__).read_text().replace("CPU_SECONDS = 10", "CPU_SECONDS = 1")
    endless = code.replace("    source = sys.stdin.buffer.read()", "    while True:\n        pass")
    assert endless.count("while True") == 1
    monkeypatch.setattr(images, "CHILD", child_of(tmp_path, endless))
    assert code_of_refusal(written(photo(), "PNG")) == "picture_unreadable"


def test_f12_a_decoder_that_a_busy_machine_starves_is_ended(monkeypatch, tmp_path):
    monkeypatch.setattr(images, "CHILD", child_of(tmp_path, "import time\ntime.sleep(600)\n"))
    monkeypatch.setattr(images, "SECONDS", 0.2)
    with pytest.raises(Unavailable):
        reencoded(written(photo(), "PNG"), width=8, height=8, fill=True)


def test_f12_pictures_that_wait_too_long_for_their_turn_are_asked_to_come_back(monkeypatch):
    monkeypatch.setattr(images, "SECONDS_TO_WAIT", 0.01)
    with images.TURN, pytest.raises(Unavailable):
        reencoded(written(photo(), "PNG"), width=8, height=8, fill=True)
    assert reencoded(written(photo(), "PNG"), width=8, height=8, fill=True)


def test_the_decoder_knows_nothing_of_the_site(monkeypatch, tmp_path, caplog):
    code = "import os, sys\nsys.stderr.write(repr([*os.environ, *sys.modules]))\nsys.exit(3)\n"
    monkeypatch.setattr(images, "CHILD", child_of(tmp_path, code))
    monkeypatch.setenv("SECRET_KEY", "a secret")
    with caplog.at_level("INFO", logger=images.log.name), pytest.raises(PictureRefused):
        reencoded(written(photo(), "PNG"), width=8, height=8, fill=True)
    told = caplog.text
    assert "zipimport" in told
    assert "SECRET_KEY" not in told
    assert "django" not in told
