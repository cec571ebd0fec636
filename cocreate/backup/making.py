"""Writing a backup while people vote: the dump is one snapshot, pictures only ever join."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from cocreate.backup import archive, programs
from cocreate.backup.programs import Failed
from cocreate.lib.tokens import keyed_hash
from cocreate.version import VERSION


@dataclass(frozen=True)
class Made:
    bytes: int
    pictures: int


def make(path: Path, *, with_secrets: bool, force: bool) -> Made:
    """The whole install in `path`, readable by its owner alone. Raises Failed."""
    with (
        archive.new_file(path, force=force) as file,
        archive.Writer(file, manifest()) as writer,
    ):
        writer.add(archive.DUMP, dump())
        pictures = add_media(writer)
        if with_secrets:
            writer.add(archive.SECRET, [settings.SECRET_KEY.encode()])
    return Made(path.stat().st_size, pictures)


def manifest() -> archive.Manifest:
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
        (identifier,) = cursor.fetchone()
    return archive.Manifest(
        made_at=timezone.now().isoformat(timespec="seconds"),
        version=VERSION,
        postgresql=programs.server_version(),
        system_identifier=identifier,
        key_fingerprint=key_fingerprint(),
        migrations=applied_migrations(),
    )


def applied_migrations() -> dict[str, list[str]]:
    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        applied.setdefault(app, []).append(name)
    return applied


def key_fingerprint() -> str:
    """Tells at a restore whether it is the same SECRET_KEY, and nothing else of it."""
    return keyed_hash("which key is this", purpose="backup")


def dump() -> Iterator[bytes]:
    """pg_dump's own compressed form, as it comes. Raises Failed."""
    command = [programs.program("pg_dump"), "--format=custom", "--no-owner", "--no-acl"]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(  # noqa: S603 - a program of PostgreSQL's
            [*command, f"--dbname={programs.target()}"],
            env=programs.environment(), stdout=subprocess.PIPE, stderr=complaints,
        ) as process,
    ):  # fmt: skip
        assert process.stdout  # noqa: S101 - for the type checker
        try:
            while chunk := process.stdout.read(archive.CHUNK):
                yield chunk
        finally:
            process.stdout.close()
            if process.wait():
                complaints.seek(0)
                raise Failed(f"pg_dump: {programs.last_words(complaints.read())}")


def add_media(writer: archive.Writer) -> int:
    """After the dump, so that every picture it names is there. Returns how many."""
    root, number = Path(settings.MEDIA_ROOT), 0
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink() or not path.is_file() or name.startswith("."):
            continue
        with suppress(FileNotFoundError):  # its owner has just taken it away
            with path.open("rb") as picture:
                writer.add(archive.MEDIA + name, iter(lambda f=picture: f.read(archive.CHUNK), b""))
            number += 1
    return number
