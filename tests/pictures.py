"""Pictures as people send them, and what the site keeps of them."""

import io
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from accounts.models import Brand, Participant
from ideas.domain import images
from ideas.models import Image

RED, BLUE = (220, 30, 30), (30, 60, 200)


def drawn(width: int = 900, height: int = 600, kind: str = "PNG", colour: Any = RED) -> bytes:
    """Red with a blue right half."""
    image = Pillow.new("RGB", (width, height), colour)
    image.paste(BLUE, (width // 2, 0, width, height))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def uploaded(brand: Brand, uploader: Participant | None, **over: Any) -> Image:
    size = over.pop("size", (40, 30))
    return images.upload(brand=brand, uploader=uploader, source=drawn(*size), **over)


def files(media: Path) -> list[str]:
    """Names of all stored files, from the folder of the storage."""
    return sorted(str(one.relative_to(media)) for one in media.rglob("*") if one.is_file())
