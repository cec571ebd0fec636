"""Where the state lives, where the sockets live, and what PostgreSQL may reach when we are root."""

import contextlib
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from cocreate.embedded.processes import Refused

ROOT = Path(__file__).resolve().parents[2]
SOCKET_PATH_LIMIT = (
    107  # bytes, the kernel's sun_path; the longest name below our folder is pg/.s.PGSQL.5432.lock
)
LONGEST_SOCKET_NAME = len("/pg/.s.PGSQL.5432.lock")
FOR_NOBODY = Path("/var/lib/cocreate")


def var_dir() -> Path:
    return Path(os.environ.get("COCREATE_VAR") or ROOT / "var").absolute()


def is_root() -> bool:
    return os.geteuid() == 0


def nobody() -> tuple[int, int]:
    """User and group that run PostgreSQL when we are root, which it refuses to be."""
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def digest_of(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:10]


def socket_dir(var: Path) -> Path:
    """A short private folder in the system's temporary one, the same at every start."""
    name = f"cocreate-{os.geteuid()}-{digest_of(var)}"
    path = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(path)) + LONGEST_SOCKET_NAME > SOCKET_PATH_LIMIT:
        path = Path("/tmp") / name  # noqa: S108 - owner and type are checked below
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
        raise Refused(f"{path} belongs to somebody else; set TMPDIR to a folder of your own.")
    path.chmod(0o711 if is_root() else 0o700)  # as root, `nobody` must reach its own folder below
    return path


def nobody_can_enter(path: Path) -> bool:
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents))


def make_private(path: Path, owner: tuple[int, int] | None) -> None:
    """Make the folder, and close it to others at every start: PostgreSQL refuses an open one."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    if owner:
        os.chown(path, *owner)


def public_folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o755)  # whatever root's umask is
    return path


def reachable_data_dir(wanted: Path) -> Path:
    """`wanted`, or where `nobody` cannot go (/root is 0700) a folder it can reach, and a link."""
    if wanted.is_symlink():
        return follow_link(wanted)
    if wanted.exists() or not is_root() or nobody_can_enter(wanted.parent):
        return wanted
    return link_to_reachable(wanted)


def link_to_reachable(wanted: Path) -> Path:
    target = public_folder(FOR_NOBODY) / f"{digest_of(wanted.parent)}-{os.urandom(3).hex()}"
    public_folder(target)
    (target / "belongs-to").write_text(f"{wanted}\n")
    wanted.symlink_to(target / wanted.name)
    return target / wanted.name


def follow_link(wanted: Path) -> Path:
    """The linked folder, unless this checkout is a copy: two servers never share a folder."""
    target = Path(os.readlink(wanted))
    note = target.parent / "belongs-to"
    owner = Path(note.read_text().strip()) if note.exists() else wanted
    if owner != wanted and owner.is_symlink() and os.readlink(owner) == str(target):
        wanted.unlink()
        return link_to_reachable(wanted)
    if owner != wanted:  # the checkout was moved
        note.write_text(f"{wanted}\n")
    return target


def reachable_binaries(site: Path, folders: tuple[str, ...], version: str) -> Path:
    """`site`, or a copy of `folders` that `nobody` can reach.

    The layout is kept: the binaries find their libraries by a relative path.
    """
    if not is_root() or nobody_can_enter(site):
        return site
    copy = FOR_NOBODY / f"postgres-{version}-{digest_of(site)}"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(dir=public_folder(FOR_NOBODY)))
        for folder in folders:
            shutil.copytree(site / folder, unfinished / folder, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", unfinished], check=True)
        with contextlib.suppress(OSError):  # somebody else finished the same copy first
            unfinished.rename(copy)
    return copy
