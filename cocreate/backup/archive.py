"""The file: a zip with a dump of the database, the pictures, and a manifest with checksums.

A zip because its end says whether all of it is there, its parts are read without unpacking the
rest, and every machine can open it.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from cocreate.backup.programs import Failed

FORMAT = 1
MANIFEST, DUMP, SECRET, MEDIA = "manifest.json", "database.dump", "secret_key", "media/"
CHUNK = 1 << 20
LONGEST_MANIFEST = 512 << 20  # bytes; a hundred for each picture


@dataclass
class Manifest:
    """What the file claims. `parts` are {name: [bytes, SHA-256]} of everything else in it."""

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


class Writer:
    """Parts go in one after the other, whatever their size; nothing is held in memory."""

    def __init__(self, file: IO[bytes], manifest: Manifest) -> None:
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)  # all of it is compressed already
        self.manifest = manifest

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        size, digest = 0, hashlib.sha256()
        with self.zip.open(name, "w", force_zip64=True) as part:
            for chunk in chunks:
                part.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.manifest.parts[name] = (size, digest.hexdigest())

    def close(self) -> None:
        self.zip.writestr(MANIFEST, self.manifest.text())
        self.zip.close()


class Reader:
    """A file that somebody says is a backup. Raises Failed in one line where it is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.zip = zipfile.ZipFile(path)
        except OSError as error:
            raise Failed(f"{path} cannot be read: {error.strerror}.") from error
        except zipfile.BadZipFile as error:
            raise Failed(f"{path} is no backup, or only the beginning of one.") from error
        self.manifest = self._read_manifest()

    def _read_manifest(self) -> Manifest:
        try:
            info = self.zip.getinfo(MANIFEST)
            if info.file_size > LONGEST_MANIFEST:
                raise ValueError(MANIFEST)
            facts: dict[str, Any] = json.loads(self.zip.read(info))
            manifest = Manifest(**facts)
            known = manifest.product == "cocreate" and isinstance(manifest.parts, dict)
        except (KeyError, ValueError, TypeError, zipfile.BadZipFile, OSError) as error:
            raise Failed(f"{self.path} is no backup of cocreate.") from error
        if not known or DUMP not in manifest.parts:
            raise Failed(f"{self.path} is no backup of cocreate.")
        if manifest.format != FORMAT:
            raise Failed(
                f"{self.path} has format {manifest.format}, and this version reads {FORMAT}."
            )
        return manifest

    def check(self) -> None:
        """Read all of it and compare. Raises Failed."""
        names = set(self.zip.namelist()) - {MANIFEST}
        if names != set(self.manifest.parts) or not all(map(is_ours, names)):
            raise Failed(f"{self.path} does not hold what its manifest says.")
        for name, (size, digest) in self.manifest.parts.items():
            seen, found = 0, hashlib.sha256()
            for chunk in self.chunks(name):
                seen += len(chunk)
                found.update(chunk)
            if (seen, found.hexdigest()) != (size, digest):
                raise Failed(f"{self.path} is damaged: {name} is not what was written.")

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self.zip.open(name) as part:
                while chunk := part.read(CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
            raise Failed(f"{self.path} is damaged: {name} cannot be read.") from error

    def media(self) -> list[str]:
        return sorted(name for name in self.manifest.parts if name.startswith(MEDIA))


def is_ours(name: str) -> bool:
    """Whether it is a part that belongs in a backup and, unpacked, stays where it is put."""
    if name in (DUMP, SECRET):
        return True
    path = PurePosixPath(name)
    inside = name.startswith(MEDIA) and len(path.parts) > 1 and str(path) == name
    return inside and ".." not in path.parts and "\\" not in name and "\0" not in name
