"""Pictures as people send them."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base


def jpeg(
    colour: tuple[int, int, int] = (220, 30, 30), width: int = 900, height: int = 600
) -> bytes:
    """A photograph of a telephone held upright, which tells where it was taken."""
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.Make] = "CAMERA-OF-A-STRANGER"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (48.0, 51.0, 24.0)
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def upload(source: bytes | None = None, name: str = "me.jpg") -> SimpleUploadedFile:
    content = jpeg() if source is None else source
    return SimpleUploadedFile(name, content, "image/jpeg")
