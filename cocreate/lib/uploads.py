"""No sent file is kept beyond what any of our pages takes: the rest of it is read and dropped."""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cocreate.lib.errors import DomainError
from cocreate.lib.images import MOST_BYTES, PictureTooLarge

MOST_FILES = 10  # of one request; further ones are told apart by name alone
TABLE = "table"  # the field of a form that takes rows, of which there is one
MOST_TABLE_BYTES = 20 * 2**20

Read = Callable[[], bytes]


class TableTooLarge(DomainError):
    code, status = "table_too_large", 413
    message = _("This file is larger than 20 MB. Cut it into several.")


class Bounded(FileUploadHandler):
    """The first of settings.FILE_UPLOAD_HANDLERS. A file that is larger, or one too many, is not
    among `request.FILES`; `picture_in`, `pictures_in` and `table_in` know that it was there.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.files = getattr(self, "files", 0) + 1
        if self.files > MOST_FILES:
            self._drop()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        is_table = self.field_name == TABLE and self.files == 1
        if start + len(raw_data) > (MOST_TABLE_BYTES if is_table else MOST_BYTES):
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


def table_in(request: HttpRequest) -> tuple[str, BinaryIO] | None:
    """The name of the sent table and the file, or None. Raises TableTooLarge."""
    if TABLE in request.__dict__.get("_too_large", ()):
        raise TableTooLarge
    file: Any = request.FILES.get(TABLE)
    return (str(file.name), file.file) if file else None


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
