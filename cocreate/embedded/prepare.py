"""What has to be true before the first page: schema and demo, and the static files.

Processes of their own (`python -m cocreate.embedded.prepare PART …`), because settings are read
once and the servers come first; two at once, because static files take as long as the rest.
"""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command, get_commands


def main(parts: list[str]) -> None:
    try:
        django.setup()
        for part in parts:
            PARTS[part]()
    except (CommandError, ImproperlyConfigured) as error:  # a system check that says what to do
        sys.exit(str(error))


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0, skip_checks=False)


def load_demo() -> None:
    if "seed_demo" in get_commands():
        call_command("seed_demo", verbosity=0)  # silent where there is nothing to do


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


PARTS: dict[str, Callable[[], None]] = {
    "static": collect_static,
    "schema": migrate,
    "demo": load_demo,
}

if __name__ == "__main__":
    main(sys.argv[1:])
