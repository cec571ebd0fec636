"""The drawings of the demo, encoded already, because that takes seconds.

Each stands in pictures/ as NAME.svg, drawn for this demo by hand in SVG, and as the WebP files that
`python -m tools.draw_demo` makes of it, in the sizes in which the site keeps pictures.
"""

from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as Pillow

from accounts.models import Brand
from cocreate.lib.tokens import random_code
from ideas.domain import images
from ideas.domain.images import COVER, COVER_NAME_LENGTH, COVER_SMALL, COVERS
from ideas.models import Challenge, Idea, Image

FOLDER = Path(__file__).with_name("pictures")
LOGO = 256

Picture = dict[str, str]  # "file" and "alt"


@dataclass
class Shelf:
    """Puts pictures in their places, and knows the files it has stored."""

    stored: list[str] = field(default_factory=list)

    def put_on(self, idea: Idea, found: list[Picture]) -> None:
        """The first is the one of the lists."""
        codes = [self._image(idea, one).code for one in found]
        if codes:
            images.attach(idea=idea, codes=codes, uploader=idea.author)

    def set_cover(self, challenge: Challenge, picture: Picture) -> None:
        stem, large = f"{COVERS}/{random_code(COVER_NAME_LENGTH)}", COVER["width"]
        self._store(f"{stem}-{COVER_SMALL}.webp", picture["file"], COVER_SMALL)
        name = self._store(f"{stem}.webp", picture["file"], large)
        Challenge.objects.filter(pk=challenge.pk).update(cover=name, cover_alt=picture["alt"])

    def set_logo(self, brand: Brand, file: str) -> None:
        name = self._store(f"logos/{random_code(COVER_NAME_LENGTH)}.webp", file, LOGO)
        Brand.objects.filter(pk=brand.pk).update(logo=name)

    def clear(self) -> None:
        """Where the rows are rolled back nobody would ever find the files."""
        for name in self.stored:
            default_storage.delete(name)

    def _image(self, idea: Idea, picture: Picture) -> Image:
        width, height = largest_of(picture["file"])
        image = Image.objects.create(
            brand=idea.brand, uploader=idea.author, alt=picture["alt"], width=width,
            height=height, at=idea.created_at,
        )  # fmt: skip
        for one in image.widths:
            self._store(image.file_of(one), picture["file"], one)
        return image

    def _store(self, name: str, file: str, width: int) -> str:
        content = ContentFile((FOLDER / f"{file}-{width}.webp").read_bytes())
        self.stored.append(default_storage.save(name, content))
        return self.stored[-1]


def largest_of(file: str) -> tuple[int, int]:
    """The size of its largest file, in pixels."""
    widths = [int(path.stem.rpartition("-")[2]) for path in FOLDER.glob(f"{file}-*.webp")]
    with Pillow.open(FOLDER / f"{file}-{max(widths)}.webp") as picture:
        return picture.size
