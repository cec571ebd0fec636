"""Compiles catalogues without gettext, so that a fresh machine speaks French too."""

import os
from pathlib import Path

import polib


def compile_catalogues(root: Path) -> list[Path]:
    """Compile each `locale/*/LC_MESSAGES/*.po` that is newer than its .mo; return those."""
    stale = [
        path
        for path in sorted(root.glob("locale/*/LC_MESSAGES/*.po"))
        if is_newer_than_compiled(path)
    ]
    for path in stale:
        compile_catalogue(path)
    return stale


def is_newer_than_compiled(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime


def compile_catalogue(path: Path) -> None:
    """Write beside and rename: a process that starts meanwhile reads the old one or the new one."""
    unfinished = path.with_suffix(f".mo.{os.getpid()}")
    polib.pofile(str(path)).save_as_mofile(str(unfinished))
    unfinished.replace(path.with_suffix(".mo"))
