"""Writing a brand's file: its rows are one snapshot, pictures only ever join."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Brand
from cocreate.backup import archive, making
from cocreate.backup.programs import Failed
from cocreate.move import people, plan
from cocreate.move.file import PEOPLE, ROWS, Manifest
from cocreate.move.plan import Table
from cocreate.version import VERSION
from ideas.domain import tally
from ideas.enums import ImportState
from ideas.models import ImportBatch

WORKING = [
    ImportState.CHECKING, ImportState.WAITING, ImportState.RUNNING, ImportState.UNDOING,
]  # fmt: skip
PLAIN = "SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'"


def export(brand: Brand, path: Path, *, with_passwords: bool, force: bool) -> Manifest:
    """Everything of the brand in `path`, readable by its owner alone. Raises Failed."""
    manifest = Manifest(
        made_at=timezone.now().isoformat(timespec="seconds"),
        version=VERSION,
        slug=brand.slug,
        name=brand.name,
        key_fingerprint=making.key_fingerprint(),
        with_passwords=with_passwords,
        migrations=making.applied_migrations(),
    )
    with (
        archive.new_file(path, force=force) as file,
        archive.Writer(file, manifest, compressed=True) as writer,
        tally.one_snapshot(),
    ):
        refuse_what_cannot_leave(brand)
        write(writer, manifest, brand)
    return manifest


def refuse_what_cannot_leave(brand: Brand) -> None:
    """Raises Failed."""
    if ImportBatch.objects.filter(brand=brand, state__in=WORKING).exists():
        raise Failed("An import of this brand is under way: wait until it is done.")
    owner = brand.memberships.filter(role=Role.OWNER, user__in=plan.travellers(brand))
    if not owner.exists():
        raise Failed("The brand's owner has not proved their address: hand the brand over first.")


def write(writer: archive.Writer, manifest: Manifest, brand: Brand) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
    manifest.deeds = plan.deeds_of(brand)
    for table in plan.TABLES:
        writer.add(ROWS + table.name, copied(table, brand, manifest))
    told = people.told(plan.travellers(brand), with_passwords=manifest.with_passwords)
    writer.add(PEOPLE, together(told))
    for name in sorted({*plan.files_of(brand), *plan.faces_of(brand)}):
        with suppress(FileNotFoundError), default_storage.open(name, "rb") as picture:
            writer.add(archive.MEDIA + name, picture.chunks(archive.CHUNK))


def copied(table: Table, brand: Brand, manifest: Manifest) -> Iterator[bytes]:
    sql, params = table.rows(brand).query.sql_with_params()
    with connection.connection.cursor() as cursor:
        with cursor.copy(f"COPY ({sql}) TO STDOUT", params) as rows:
            yield from together(map(bytes, rows))
        manifest.rows[table.name] = cursor.rowcount


def together(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The same in larger pieces."""
    some, size = [], 0
    for line in lines:
        some.append(line)
        size += len(line)
        if size >= archive.CHUNK:
            yield b"".join(some)
            some, size = [], 0
    yield b"".join(some)
