"""What has to be true before the first page: schema, catalogues, static files, demo.

A process of its own (`python -m cocreate.embedded.prepare [--demo]`), because settings are read
once and the servers come first; one for all of it, because starting Django takes a second.
"""

import hashlib
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands

from cocreate.lib import locale


def main() -> None:
    locale.compile_catalogues(settings.BASE_DIR)
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    collect_static()
    if "--demo" in sys.argv and "seed_demo" in get_commands():
        call_command("seed_demo")


def collect_static() -> None:
    """Only when a file changed: hashing and compressing all of them takes seconds."""
    stamp, now = Path(settings.STATIC_ROOT) / ".collected", fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(now)


def fingerprint() -> str:
    digest = hashlib.sha256(repr(settings.STORAGES).encode())
    for finder in get_finders():
        for path, storage in finder.list(None):
            facts = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
