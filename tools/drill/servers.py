"""PostgreSQL and Valkey on ports, each with one that follows it."""

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
import redis

from cocreate.embedded import places
from cocreate.embedded.postgres import COMMON, DURABLE, NAME, Postgres
from cocreate.embedded.valkey import Valkey

HOST = "127.0.0.1"
# What is no setting of streaming is what ./run starts with. Standby and primary need the same
# max_connections.
STREAMING = ("listen_addresses=127.0.0.1", "wal_level=replica", "hot_standby=on")
SYNCHRONOUS = "synchronous_standby_names=*"
WAITS = 60.0  # seconds for any one change


class Primary(Postgres):
    """A PostgreSQL that listens on a port, and gives its log to whoever asks from this machine."""

    def __init__(self, state: Path, port: int, *, synchronous: bool) -> None:
        state.mkdir()
        super().__init__(state, places.socket_dir(state))
        self.port = port
        self.extra = [f"port={port}", *STREAMING, *([SYNCHRONOUS] if synchronous else [])]

    def command(self) -> Sequence[str | Path]:
        settings = [*COMMON, *DURABLE, *self.extra]
        options = [word for setting in settings for word in ("-c", setting)]
        return [self.binaries / "postgres", "-D", self.data, "-k", self.socket_dir, *options]

    def answers(self) -> bool:
        """Without a database: a synchronous primary makes none before its standby is there."""
        try:
            self.ask("SELECT 1", "postgres")
        except psycopg.OperationalError:
            return False
        return True

    def make_database(self) -> None:
        with self.connected("postgres") as database:
            database.execute("SET synchronous_commit = local")
            database.execute(f"CREATE DATABASE {NAME}")

    def ask(self, sql: str, database: str = NAME) -> list[tuple[object, ...]]:
        with self.connected(database) as connection:
            return list(connection.execute(sql).fetchall())

    def connected(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=HOST, port=self.port, user=NAME, dbname=database, autocommit=True,
            connect_timeout=2,
        )  # fmt: skip

    def promote(self) -> None:
        """What an operator types, once the old primary is dead and cannot return."""
        self.ask("SELECT pg_promote(true, 60)", "postgres")


class Standby(Primary):
    """Follows the primary; its own followers are not waited for."""

    def __init__(self, state: Path, port: int, primary: Primary) -> None:
        super().__init__(state, port, synchronous=False)
        self.primary = primary

    def init_data(self) -> None:
        """A copy of the primary while it runs, which goes on with its log."""
        name = f"host={HOST} port={self.primary.port} user={NAME} application_name=standby"
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
            [
                *(self.binaries / "pg_basebackup", "--pgdata", self.data, "--dbname", name),
                *("--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream"),
            ],
            capture_output=True, text=True, cwd="/", check=False, **self.options,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"pg_basebackup: {done.stderr.strip()}")

    def lose_sight(self) -> None:
        """As where the net between the two is cut: from here on the standby hears nothing."""
        with self.connected("postgres") as database:
            database.execute("ALTER SYSTEM SET primary_conninfo = ''")
            database.execute("SELECT pg_reload_conf()")

    def wait_until_it_follows(self) -> None:
        wanted = "SELECT state FROM pg_stat_replication"
        wait_for(lambda: ("streaming",) in self.primary.ask(wanted, "postgres"), "the standby")


class Store(Valkey):
    """A Valkey that listens on a port, and may follow another."""

    def __init__(self, state: Path, port: int, following: int | None = None) -> None:
        state.mkdir()
        super().__init__(state, places.socket_dir(state))
        self.port, self.following = port, following

    def command(self) -> Sequence[str | Path]:
        command = [*super().command()]
        command[command.index("--port") + 1] = str(self.port)
        command += ["--bind", HOST, "--repl-diskless-sync-delay", "0"]
        if self.following:
            command += ["--replicaof", HOST, str(self.following)]
        return command

    @property
    def client(self) -> redis.Redis:
        return redis.Redis(HOST, self.port, socket_timeout=5)

    def wait_until_it_follows(self) -> None:
        def follows() -> bool:
            return self.client.info("replication")["master_link_status"] == "up"

        wait_for(follows, "the replica")

    def promote(self) -> None:
        self.client.replicaof("NO", "ONE")

    def demote(self, to: int) -> None:
        """While clients are connected: they have to notice by themselves."""
        self.client.replicaof(HOST, str(to))


def wait_for(is_so: Callable[[], bool], what: str, within: float = WAITS) -> float:
    """Seconds it took."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > within:
            raise TimeoutError(f"{what}: not within {within:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - began
