"""Putting a backup back: everything that can be refused is refused before anything changes.

The database changes in one transaction, so a restore that fails leaves what was there.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from cocreate.backup import archive, making, programs
from cocreate.backup.archive import Reader
from cocreate.backup.programs import Failed
from ideas.domain import tally
from ideas.domain.tally import Difference

STAGE = ".restoring"
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
PEOPLE = "SELECT EXISTS (SELECT FROM accounts_user) OR EXISTS (SELECT FROM accounts_brand)"
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND backend_type = 'client backend'
"""
WRITES = ["--file=-", "--no-owner", "--no-acl", "--no-comments"]
RUNS = ["--no-psqlrc", "--quiet", "--single-transaction", "--file=-", "--set=ON_ERROR_STOP=1"]
RUNS += ["--output=/dev/null"]
EMPTY = b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
# pg_dump 17 and newer set this at the top, and older servers do not know it.
NEW_TIMEOUT, KNOWS_TIMEOUT = b"SET transaction_timeout = 0;\n", 170_000


def restore(path: Path, *, force: bool, say: Callable[[str], None]) -> list[Difference]:
    """Replace database and pictures by those of the file. Returns what `verify_tallies` finds.

    Raises Failed, with everything as it was.
    """
    backup = Reader(path)
    backup.check()
    refuse_unknown_migrations(backup.manifest)
    if not force:
        refuse_to_overwrite()
    stage = unpack_media(backup)
    try:
        load(backup)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    say("The database is back; bringing it to this version.")
    call_command("migrate", interactive=False, verbosity=0)
    move_media(stage)
    say(words_on_secrets(backup))
    tally.reset()
    return tally.verify()


def refuse_unknown_migrations(manifest: archive.Manifest) -> None:
    known = MigrationLoader(None).disk_migrations
    for app, names in manifest.migrations.items():
        for name in names:
            if (app, name) not in known:
                raise Failed(
                    f"The backup is of version {manifest.version}, which knows {app}.{name}; this "
                    "one does not. Restore it with that version or a newer one."
                )


def refuse_to_overwrite() -> None:
    with connection.cursor() as cursor:
        if tables_in(cursor) and is_in_use(cursor):
            raise Failed("There are people or brands in this database; --force replaces them.")
        cursor.execute(OTHERS)
        (others,) = cursor.fetchone()
    if others:
        raise Failed(f"Others use this database ({others} connections): stop the site, or --force.")
    root = Path(settings.MEDIA_ROOT)
    if root.exists() and any(each.name != STAGE for each in root.iterdir()):
        raise Failed(f"There are pictures in {root}; --force replaces them.")


def tables_in(cursor: "connection.cursor") -> int:
    cursor.execute(TABLES)
    return int(cursor.fetchone()[0])


def is_in_use(cursor: "connection.cursor") -> bool:
    """A database with tables that are not ours is in somebody else's use."""
    if "accounts_user" not in connection.introspection.table_names(cursor):
        return True
    cursor.execute(PEOPLE)
    return bool(cursor.fetchone()[0])


def unpack_media(backup: Reader) -> Path:
    """Beside the old pictures, on their own file system, so that the exchange is a rename."""
    stage = Path(settings.MEDIA_ROOT) / STAGE
    try:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        for name in backup.media():
            target = stage / name.removeprefix(archive.MEDIA)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                for chunk in backup.chunks(name):
                    file.write(chunk)
    except OSError as error:
        shutil.rmtree(stage, ignore_errors=True)
        raise Failed(f"The pictures cannot be unpacked in {stage}: {error.strerror}.") from error
    return stage


def move_media(stage: Path) -> None:
    for old in stage.parent.iterdir():
        if old.is_dir() and not old.is_symlink() and old != stage:
            shutil.rmtree(old)
        elif old != stage:
            old.unlink()
    for new in stage.iterdir():
        new.replace(stage.parent / new.name)
    stage.rmdir()


def load(backup: Reader) -> None:
    """pg_restore writes SQL, psql runs it in one transaction. Raises Failed."""
    with connection.cursor() as cursor:
        is_empty = not tables_in(cursor)
    version = programs.server_version()
    writes = [
        programs.program("pg_restore", newest=True),
        "--file=-",
        "--no-owner",
        "--no-acl",
        "--no-comments",
    ]
    runs = [programs.program("psql"), "--no-psqlrc", "--quiet", "--single-transaction"]
    runs += [
        "--file=-",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
        f"--dbname={programs.target()}",
    ]
    connection.close()  # it would hold what the other wants to drop
    with tempfile.TemporaryFile() as first, tempfile.TemporaryFile() as second:
        writer = start(writes, first, stdout=subprocess.PIPE)
        runner = start(runs, second)
        feeding = Thread(target=feed, args=(writer.stdin, backup.chunks(archive.DUMP)))
        feeding.start()
        try:
            feed(runner.stdin, script(writer.stdout, version, is_empty=is_empty), close=False)
            if writer.wait() == 0 and runner.stdin:
                with suppress(BrokenPipeError):  # it ended over an error, and says which
                    runner.stdin.close()
            else:
                runner.kill()  # a broken script is not committed
        finally:
            codes = writer.wait(), runner.wait()
            feeding.join()
        complain("pg_restore", codes[0], first)
        complain("psql", codes[1], second)


def start(command: list[str], complaints: IO[bytes], **more: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - a program of PostgreSQL's
        command, env=programs.environment(), stdin=subprocess.PIPE, stderr=complaints, **more
    )


def feed(pipe: IO[bytes] | None, chunks: Iterator[bytes], *, close: bool = True) -> None:
    """A program that gave up reads no more; what it complained of is said elsewhere."""
    assert pipe  # noqa: S101 - for the type checker
    try:
        for chunk in chunks:
            pipe.write(chunk)
        pipe.flush()
        if close:
            pipe.close()
    except (BrokenPipeError, Failed):
        pass


def script(sql: IO[bytes] | None, version: int, *, is_empty: bool) -> Iterator[bytes]:
    assert sql  # noqa: S101 - for the type checker
    if not is_empty:
        yield EMPTY
    head = sql.read(64 * 1024)
    yield head if version >= KNOWS_TIMEOUT else head.replace(NEW_TIMEOUT, b"", 1)
    while chunk := sql.read(archive.CHUNK):
        yield chunk


def complain(name: str, code: int, complaints: IO[bytes]) -> None:
    if code:
        complaints.seek(0)
        raise Failed(f"{name}: {programs.last_words(complaints.read())}")


def words_on_secrets(backup: Reader) -> str:
    """Whether keys, tokens and mailboxes of the backup can be used here, and what to do."""
    if backup.manifest.key_fingerprint == making.key_fingerprint():
        return "The SECRET_KEY is the one it was made with: keys and sessions go on."
    if archive.SECRET not in backup.manifest.parts:
        return (
            "This SECRET_KEY is another than the backup's: keys, tokens, sessions and mailboxes "
            "of it are void until you set that one."
        )
    kept = Path(settings.VAR) / "secret_key.restored"
    number = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(number, "wb") as file:
        file.writelines(backup.chunks(archive.SECRET))
    return f"The backup's SECRET_KEY is in {kept}: use it as SECRET_KEY, or as var/secret_key."
