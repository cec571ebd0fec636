"""No sent file is kept beyond what any of our pages takes: the rest of it is read and dropped."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from cocreate.lib.images import MOST_BYTES, PictureTooLarge

MOST_FILES = 10  # of one request; further ones are told apart by name alone

Read = Callable[[], bytes]


class Bounded(FileUploadHandler):
    """The first of settings.FILE_UPLOAD_HANDLERS. A file that is larger, or one too many, is not
    among `request.FILES`; `picture_in` and `pictures_in` know that it was there.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.files = getattr(self, "files", 0) + 1
        if self.files > MOST_FILES:
            self._drop()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > MOST_BYTES:
            self._drop()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers behind this one keep the file."""

    def _drop(self) -> None:
        too_large: dict[str, list[str]] = self.request.__dict__.setdefault("_too_large", {})
        too_large.setdefault(self.field_name or "", []).append(self.file_name or "")
        raise SkipFile


def picture_in(request: HttpRequest, field: str) -> bytes | None:
    """What was sent as this field of a form, or None. Raises PictureRefused where it is too large
    to have been kept.
    """
    file: Any = request.FILES.get(field)
    if field in request.__dict__.get("_too_large", ()):
        raise PictureTooLarge
    return file.read() if file else None


def pictures_in(request: HttpRequest, field: str) -> Iterator[tuple[str, Read]]:
    """All that was sent as this field: the name of each and what reads it. That raises
    PictureRefused where it was too large to be kept; those come last.
    """
    for file in request.FILES.getlist(field):
        yield str(file.name), file.read
    for name in request.__dict__.get("_too_large", {}).get(field, []):
        yield name, _too_large


def _too_large() -> bytes:
    raise PictureTooLarge
