"""A database of the bench's own in the server of the running environment; dropped afterwards."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection
from psycopg import sql

from cocreate.bench import cpu
from cocreate.lib.errors import DomainError

PREFIX = "bench_cocreate_"
_ours: set[str] = set()  # that this process is at work with


class CannotBench(DomainError):
    pass


@contextmanager
def own_database(template: str = "") -> Iterator[str]:
    """Django's connection points there meanwhile. Yields its URL, for other processes. `template`:
    a database of this server that is copied, of the schema of this code.
    """
    name = PREFIX + secrets.token_hex(4)
    _drop_leftovers()
    _ours.add(name)
    try:
        _create(name, template)
        with pointing_at(name):
            call_command("migrate", interactive=False, verbosity=0)
            yield url_of(name)
    finally:
        connection.close()
        _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _ours.discard(name)
        connection.close()


@contextmanager
def pointing_at(name: str) -> Iterator[None]:
    """Django's connection, for as long as the `with` lasts."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def url_of(name: str) -> str:
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()


def _create(name: str, template: str) -> None:
    """Copied file by file: through the log it would be written twice. What was copied waits in the
    kernel, and every commit would wait behind it: so it is written out before anything is measured.
    """
    try:
        if template:
            _run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
            os.sync()
        else:
            _run("CREATE DATABASE {}", name)
    except (OperationalError, ProgrammingError) as error:
        raise CannotBench(f"No database for the bench can be made: {error}") from error


def connect() -> "psycopg.Connection[tuple[object, ...]]":
    """A second connection to the bench's database."""
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(
        **{name: parameters[name] for name in names if parameters.get(name)}, autocommit=True
    )


def server_pid() -> int | None:
    """PostgreSQL's first process, where it runs on this machine and may be looked at."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), coalesce(host(inet_server_addr()), '')")
        backend, address = cursor.fetchone()
    parent = cpu.parent_of(backend) if address in {"", "127.0.0.1", "::1"} else None
    return parent if parent and "postgres" in cpu.name_of(parent) else None


def facts() -> dict[str, str]:
    """What decides how fast a commit is."""
    names = ["server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", [names]
        )
        return dict(cursor.fetchall())


def vacuum() -> None:
    """A table that was just filled has no statistics, and plans would be guesses."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _drop_leftovers() -> None:
    """Of a bench that was killed. One that still runs keeps its own: it is connected to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        names = {name for (name,) in cursor.fetchall()} - _ours
    for name in names:
        with suppress(OperationalError, ProgrammingError):
            _run("DROP DATABASE {}", name)


def _run(statement: str, *names: str) -> None:
    with connection.cursor() as cursor:
        composed = sql.SQL(statement).format(*map(sql.Identifier, names))
        cursor.execute(composed.as_string(cursor.connection))
