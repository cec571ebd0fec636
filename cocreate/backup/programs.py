"""PostgreSQL's own programs, and how they reach the database of the settings."""

import contextlib
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg.conninfo import make_conninfo

from cocreate.embedded import postgres, processes
from cocreate.lib.errors import DomainError

INSTALLED = "/usr/lib/postgresql/*/bin"


class Failed(DomainError):
    """A file or a program that cannot do what was asked; the message says why."""

    code = "backup_failed"


def program(name: str, *, newest: bool = False) -> str:
    """The oldest `name` that is no older than the server: a newer one writes what it cannot read.
    The newest one reads the files of all others. Raises Failed.
    """
    wanted = server_version() // 10_000
    found = {major_of(folder / name): folder / name for folder in folders_with(name)}
    fitting = {major: path for major, path in found.items() if major >= wanted}
    if not fitting:
        raise Failed(
            f"The server is PostgreSQL {wanted}, and there is no {name} {wanted} or newer here: "
            f"install postgresql-client-{wanted}, or name its folder by COCREATE_PG_BIN."
        )
    return str(fitting[max(fitting) if newest else min(fitting)])


def folders_with(name: str) -> list[Path]:
    folders = sorted(Path("/").glob(INSTALLED.lstrip("/")))
    with contextlib.suppress(processes.Refused):
        folders.append(postgres.find_binaries())
    return [folder for folder in folders if (folder / name).exists()]


def major_of(path: Path) -> int:
    says = subprocess.run(  # noqa: S603 - a program of PostgreSQL's
        [str(path), "--version"], capture_output=True, text=True, check=False
    ).stdout
    number = re.search(r"\s(\d+)", says)
    return int(number[1]) if number else 0


def server_version() -> int:
    """Such as 180003."""
    connection.ensure_connection()
    return int(connection.pg_version)


def target() -> str:
    """A connection string without the password, which no list of processes shall show."""
    kept = {k: v for k, v in _parameters().items() if k != "password"}
    return make_conninfo(**kept)


def environment() -> dict[str, str]:
    password = _parameters().get("password")
    return os.environ | ({"PGPASSWORD": str(password)} if password else {})


def _parameters() -> dict[str, Any]:
    """Of libpq's: Django adds some of its own for psycopg."""
    every = connection.get_connection_params()
    plain = {k: v for k, v in every.items() if isinstance(v, str | int) and v != ""}
    for of_psycopg in ("prepare_threshold", "client_encoding", "context", "cursor_factory"):
        plain.pop(of_psycopg, None)
    return plain


def last_words(said: bytes) -> str:
    """What a program complained of, in one line."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()]
    return (errors or lines or ["it said nothing"])[0]
