"""The file: a zip with a dump of the database, the pictures, and a manifest with checksums.

A zip because its end says whether all of it is there, its parts are read without unpacking the
rest, and every machine can open it.
"""

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

from cocreate.backup.programs import Failed

FORMAT = 1
MANIFEST, DUMP, SECRET, MEDIA = "manifest.json", "database.dump", "secret_key", "media/"
CHUNK = 1 << 20
# Read in pieces, these stay small; zipfile unpacks what the others made of a piece all at once.
WAYS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
LONGEST_MANIFEST = 512 << 20  # bytes; a hundred for each picture


class Claims(Protocol):
    """A manifest of ours. `parts` are {name: [bytes, SHA-256]} of everything else in the file."""

    parts: dict[str, tuple[int, str]]

    def text(self) -> str: ...


@dataclass
class Manifest:
    """What a backup claims."""

    made_at: str
    version: str
    postgresql: int
    system_identifier: str
    key_fingerprint: str
    migrations: dict[str, list[str]]
    parts: dict[str, tuple[int, str]] = field(default_factory=dict)
    product: str = "cocreate"
    format: int = FORMAT

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


@contextmanager
def new_file(path: Path, *, force: bool) -> Iterator[IO[bytes]]:
    """A file for its owner alone; there is no half-written one of that name at any moment. Raises
    Failed.
    """
    if path.exists() and not force:
        raise Failed(f"{path} exists; --force writes over it.")
    try:
        number, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}.") from error
    unfinished = Path(beside)
    try:
        with os.fdopen(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


class Writer:
    """Parts go in one after the other, whatever their size; nothing is held in memory."""

    def __init__(self, file: IO[bytes], manifest: Claims, *, compressed: bool = False) -> None:
        how = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        self.zip = zipfile.ZipFile(file, "w", how)
        self.manifest = manifest

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        if kind is None:
            self.zip.writestr(MANIFEST, self.manifest.text())
        self.zip.close()

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        size, digest = 0, hashlib.sha256()
        with self.zip.open(name, "w", force_zip64=True) as part:
            for chunk in chunks:
                part.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.manifest.parts[name] = (size, digest.hexdigest())


class Parts:
    """A file that somebody says we wrote. Raises Failed in one line where we did not."""

    kind = "backup"
    manifest: Claims

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.zip = zipfile.ZipFile(path)
        except OSError as error:
            raise Failed(f"{path} cannot be read: {error.strerror}.") from error
        except zipfile.BadZipFile as error:
            raise Failed(f"{path} is no {self.kind}, or only the beginning of one.") from error
        if any(part.compress_type not in WAYS for part in self.zip.infolist()):
            raise Failed(f"{path} is packed in a way that we never write.")

    def read_manifest(self) -> dict[str, Any]:
        try:
            info = self.zip.getinfo(MANIFEST)
            if info.file_size > LONGEST_MANIFEST:
                raise ValueError(MANIFEST)
            facts: dict[str, Any] = json.loads(self.zip.read(info))
            if not isinstance(facts["parts"], dict):
                raise TypeError(MANIFEST)
        except (KeyError, ValueError, TypeError, zipfile.BadZipFile, OSError) as error:
            raise self.is_none() from error
        return facts

    def manifest_as(self, kind: Any, *, product: str, format: int) -> Any:
        """The manifest as a `kind`. Raises Failed where it is another product's, or another
        format.
        """
        try:
            found = kind(**self.read_manifest())
        except TypeError as error:
            raise self.is_none() from error
        if found.product != product:
            raise self.is_none()
        if found.format != format:
            raise Failed(f"{self.path} has format {found.format}, and this version reads {format}.")
        return found

    def is_none(self) -> Failed:
        return Failed(f"{self.path} is no {self.kind} of cocreate.")

    def check(self) -> None:
        """Read all of it and compare. Raises Failed."""
        names = set(self.zip.namelist()) - {MANIFEST}
        if names != set(self.manifest.parts) or not all(map(self.is_ours, names)):
            raise Failed(f"{self.path} does not hold what its manifest says.")
        for name, (size, digest) in self.manifest.parts.items():
            seen, found = 0, hashlib.sha256()
            for chunk in self.chunks(name):
                seen += len(chunk)
                found.update(chunk)
            if (seen, found.hexdigest()) != (size, digest):
                raise Failed(f"{self.path} is damaged: {name} is not what was written.")

    def is_ours(self, name: str) -> bool:
        """Whether it is a part that belongs in the file and, unpacked, stays where it is put."""
        return stays_inside(name, MEDIA)

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self.zip.open(name) as part:
                while chunk := part.read(CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, zlib.error) as error:
            raise Failed(f"{self.path} is damaged: {name} cannot be read.") from error

    def unpacked(self) -> int:
        """How many bytes it says that it holds; no part is read beyond what it says."""
        return sum(part.file_size for part in self.zip.infolist())

    def media(self) -> list[str]:
        return sorted(name for name in self.manifest.parts if name.startswith(MEDIA))


class Reader(Parts):
    """A backup."""

    manifest: Manifest

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.manifest = self.manifest_as(Manifest, product="cocreate", format=FORMAT)
        if DUMP not in self.manifest.parts:
            raise self.is_none()

    def is_ours(self, name: str) -> bool:
        return name in (DUMP, SECRET) or super().is_ours(name)


def stays_inside(name: str, folder: str) -> bool:
    """Whether a part is a file in the folder, spelt in the one way that leads nowhere else."""
    path = PurePosixPath(name)
    inside = name.startswith(folder) and len(path.parts) > 1 and str(path) == name
    return inside and ".." not in path.parts and "\\" not in name and "\0" not in name
