"""The child process of images.py: somebody's picture in, WebP out, and nothing else.

A decoder is where a made-up file does its harm, so it runs here: without Django, database, secrets
or environment, with little memory and time. Started as a plain file,
`python -I -S decoder.py <packages> <width> <height> <shape> <smaller widths>`, it begins in 60 ms.
The shape is `fit`, `fill`, or the part to cut out, in pixels: `left,top,right,bottom`. It answers
with one WebP for each of the smaller widths that the picture exceeds and one for the box, smallest
first, each behind a HEAD: its width, height and length in bytes.
"""

import io
import resource
import struct
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

UNREADABLE, TOO_MANY_PIXELS = 3, 4  # what it exits with when it refuses

# 40 megapixels of an animated WebP keep four copies of the canvas; no other format needs as much.
MEMORY_BYTES = 896 * 2**20
CPU_SECONDS = 10
MOST_PIXELS = 40_000_000
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]
QUALITY = 84
HEAD = struct.Struct(">III")


def limit_itself() -> None:
    """From here on a bomb costs this process its life, and the machine nothing."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


Part = tuple[int, int, int, int]  # left, top, right, bottom


def opened(source: bytes, longest_side: int) -> "Image.Image":
    """The first frame, decoded. The size that its header tells is judged before. A JPEG may come
    out smaller than it is, but no smaller than `longest_side` needs; 0: as it is.
    """
    from PIL import (  # noqa: PLC0415 - images.py reads this file's constants without Pillow
        AvifImagePlugin,
        Image,
        WebPImagePlugin,
    )

    assert WebPImagePlugin.SUPPORTED  # noqa: S101 - imported here, Pillow need not look for it
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each would reserve memory that the limit counts
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    image = Image.open(io.BytesIO(source), formats=FORMATS)
    if longest_side:
        image.draft(None, (2 * longest_side, 2 * longest_side))  # decodes a large JPEG small
    image.load()
    return image


def cut(image: "Image.Image", part: Part) -> "Image.Image":
    """Upright, as somebody saw it who chose the part. Raises ValueError where it is not inside."""
    from PIL import ImageOps  # noqa: PLC0415 - as above

    image = ImageOps.exif_transpose(image)
    left, top, right, bottom = part
    if not (0 <= left < right <= image.width and 0 <= top < bottom <= image.height):
        raise ValueError("outside the picture")
    return image.crop(part)


def small(image: "Image.Image", width: int, height: int, *, fill: bool) -> "Image.Image":
    """Upright and no larger than the box. Shrunk first: turning 40 megapixels needs a second
    copy.
    """
    from PIL import ExifTags, Image, ImageOps  # noqa: PLC0415 - as above

    if image.getexif().get(ExifTags.Base.Orientation, 1) >= 5:  # lies on its side
        width, height = height, width
    if fill:
        image = ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    else:
        image.thumbnail((width, height), Image.Resampling.LANCZOS)
    return ImageOps.exif_transpose(image)


def resizable(image: "Image.Image") -> "Image.Image":
    """In a mode whose pixels can be averaged."""
    if image.mode.startswith("I"):  # 16 bits of grey; Pillow's own convert() cuts off instead
        return image.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    if image.mode in {"P", "PA", "LA", "1"} or "transparency" in image.info:
        has_alpha = "A" in image.mode or "transparency" in image.info
        return image.convert("RGBA" if has_alpha else "RGB")
    return image


def in_srgb(image: "Image.Image", profile: bytes | None) -> "Image.Image":
    """RGB or RGBA in the colours every screen knows; a profile that makes no sense is ignored."""
    from PIL import ImageCms  # noqa: PLC0415 - as above

    mode = "RGBA" if "A" in image.mode else "RGB"
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, own, srgb, outputMode=mode)
            return converted or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert(mode)


def in_sizes(
    source: bytes, width: int, height: int, widths: list[int], *, shape: str
) -> "list[Image.Image]":
    """Decoded once: the largest, and from it those of `widths` that are smaller, rising."""
    from PIL import Image  # noqa: PLC0415 - as above

    part, fill = part_in(shape), shape == "fill"
    image = opened(source, 0 if part else max(width, height))
    profile = image.info.get("icc_profile")
    image = cut(image, part) if part else image
    largest = in_srgb(small(resizable(image), width, height, fill=fill), profile)
    sizes = [(w, max(1, round(largest.height * w / largest.width))) for w in widths]
    lanczos = Image.Resampling.LANCZOS
    return [largest.resize(size, lanczos) for size in sizes if size[0] < largest.width] + [largest]


def part_in(shape: str) -> Part | None:
    if "," not in shape:
        return None
    left, top, right, bottom = map(int, shape.split(","))
    return left, top, right, bottom


def packed(image: "Image.Image") -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=4)
    return HEAD.pack(*image.size, len(out.getvalue())) + out.getvalue()


def main() -> int:
    limit_itself()
    packages, width, height, shape, *smaller = sys.argv[1:]
    sys.path.append(packages)
    from PIL import Image  # noqa: PLC0415 - found only now

    too_many = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    source = sys.stdin.buffer.read()
    try:
        widths = [int(one) for one in smaller]
        images = in_sizes(source, int(width), int(height), widths, shape=shape)
        answer = b"".join(packed(image) for image in images)
    except too_many:
        return TOO_MANY_PIXELS
    except Exception as error:  # noqa: BLE001 - whatever it is, this is no picture for us
        sys.stderr.write(f"{type(error).__name__}: {error}")
        return UNREADABLE
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
