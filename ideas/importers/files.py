"""The file of a batch, in pieces in the database, read as any other file."""

import io
from collections.abc import Iterator
from typing import BinaryIO

from ideas.models import ImportBatch, ImportPart

PART_BYTES = 2**20


def keep(batch: ImportBatch, file: BinaryIO) -> None:
    """Inside the caller's transaction."""
    file.seek(0)
    place = 0
    while data := file.read(PART_BYTES):
        ImportPart.objects.create(batch=batch, place=place, data=data)
        place += 1


def opened(batch: ImportBatch) -> BinaryIO:
    """To be read from its beginning, as often as one likes; a piece of it in memory."""
    return io.BufferedReader(_Parts(batch), buffer_size=2**16)


def is_kept(batch: ImportBatch) -> bool:
    return batch.parts.exists()


def forget(batch: ImportBatch) -> None:
    batch.parts.all().delete()


class _Parts(io.RawIOBase):
    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.pieces: Iterator[bytes] = self._from_beginning()
        self.rest = memoryview(b"")
        self.position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """To the beginning; what stands elsewhere is asked only where we are."""
        if (offset, whence) == (0, io.SEEK_CUR):
            return self.position
        if offset or whence:
            raise io.UnsupportedOperation
        self.pieces, self.rest, self.position = self._from_beginning(), memoryview(b""), 0
        return 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self.rest:
            self.rest = memoryview(next(self.pieces, b""))
        length = min(len(buffer), len(self.rest))
        buffer[:length], self.rest = self.rest[:length], self.rest[length:]
        self.position += length
        return length

    def _from_beginning(self) -> Iterator[bytes]:
        place = 0
        while data := self._part(place):
            yield data
            place += 1

    def _part(self, place: int) -> bytes:
        found = ImportPart.objects.filter(batch=self.batch, place=place)
        return bytes(found.values_list("data", flat=True).first() or b"")
