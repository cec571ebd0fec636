"""No sent file is kept beyond what any of our pages takes: the rest of it is read and dropped."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from cocreate.lib.images import MOST_BYTES, PictureRefused


class Bounded(FileUploadHandler):
    """The first of settings.FILE_UPLOAD_HANDLERS. A file that is larger is not among
    `request.FILES`; `picture_in` knows that it was.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > MOST_BYTES:
            too_large: set[str] = self.request.__dict__.setdefault("_too_large", set())
            too_large.add(self.field_name or "")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers behind this one keep the file."""


def picture_in(request: HttpRequest, field: str) -> bytes | None:
    """What was sent as this field of a form, or None. Raises PictureRefused where it is too large
    to have been kept.
    """
    file: Any = request.FILES.get(field)
    if field in request.__dict__.get("_too_large", ()):
        raise PictureRefused("picture_too_large")
    return file.read() if file else None
