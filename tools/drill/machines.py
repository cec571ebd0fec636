"""All machines of the drill, and what is done to them."""

import json
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from cocreate.embedded import environment, places
from cocreate.embedded.processes import Refused, kill_group, spawn
from cocreate.embedded.supervisor import Program
from cocreate.embedded.up import check_port, health_of, programs
from tests.mail import Server as MailServer
from tools.drill.proxy import Proxy
from tools.drill.servers import HOST, Primary, Standby, Store, wait_for

STOPS_WITHIN, RESTARTS_AFTER = 20.0, 2.0  # seconds
PORTS = 7
BEAT_ON = "node1"


def check_ports(ports: range) -> None:
    """Before anything is started. Raises Refused: what answers on a taken one is not ours to kill,
    and the drill would take it for its own.
    """
    for port in ports:
        try:
            check_port(HOST, port)
        except Refused as error:
            message = f"The drill needs the ports {ports[0]} to {ports[-1]}, and {port} is taken"
            raise Refused(f"{message}: give it others with --ports.") from error


class Node:
    """A machine of ours: the processes of `./run`, on servers that are elsewhere."""

    def __init__(
        self, name: str, folder: Path, port: int, shared: dict[str, str], code: Path
    ) -> None:
        self.name, self.folder, self.port, self.code = name, folder, port, code
        folder.mkdir()
        self.environment = environment.for_children(folder) | shared
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.ended: dict[str, float] = {}

    def share(self, pictures: Path, static: Path) -> None:
        """Pictures are one folder for all, which real machines mount. Static files are the same
        everywhere, and here they are made once.
        """
        (self.folder / "media").symlink_to(pictures)
        (self.folder / "static").symlink_to(static)

    @property
    def programs(self) -> dict[str, Program]:
        found = programs(self.environment, HOST, self.port)
        return {one.name: one for one in found if one.name != "beat" or self.name == BEAT_ON}

    def start(self, *names: str) -> None:
        for name in names or self.programs:
            program = self.programs[name]
            argv = [str(word).replace("@%h", f"@{self.name}") for word in program.argv]
            with (self.folder / f"{name}.log").open("ab") as log:
                self.running[name] = spawn(
                    argv, death_signal=program.death_signal, stdout=log, stderr=subprocess.STDOUT,
                    env=program.environment | self.of_its_code, cwd=self.code,
                )  # fmt: skip

    @property
    def of_its_code(self) -> dict[str, str]:
        return {"PYTHONPATH": str(self.code)}

    def wait_until_it_answers(self) -> None:
        """Five times in a row: of two web workers one is there before the other."""
        wait_for(lambda: {health_of(HOST, self.port) for _n in range(5)} == {"200"}, self.name)

    def kill(self, name: str) -> None:
        """With its children, as a machine that loses its power does."""
        kill_group(self.running[name])
        self.running[name].wait()

    def stop(self, *names: str) -> None:
        stopping = [self.running.pop(name) for name in names or list(self.running)]
        for process in stopping:
            process.terminate()
        for process in stopping:
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOPS_WITHIN)
            kill_group(process)
            process.wait()

    def restart_what_ended(self) -> None:
        """As systemd does with RestartSec=2."""
        for name, process in list(self.running.items()):
            if process.poll() is None:
                continue
            if time.monotonic() - self.ended.setdefault(name, time.monotonic()) > RESTARTS_AFTER:
                del self.ended[name]
                self.start(name)

    def command(self, *arguments: str, **over: str) -> str:
        done = subprocess.run(  # noqa: S603 - our own arguments
            [sys.executable, *arguments], cwd=self.code,
            env=self.environment | self.of_its_code | over, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout


def code_of(revision: str, folder: Path) -> Path:
    """The site as it was, from git. Raises Refused."""
    folder.mkdir()
    packed = folder.with_suffix(".tar")
    command = ["git", "archive", f"--output={packed}", revision]
    done = subprocess.run(  # noqa: S603 - git's own
        command, cwd=places.ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refused(f"git knows no {revision} here: {done.stderr.strip()}")
    shutil.unpack_archive(packed, folder, filter="data")
    return folder


class Machines:
    """`ports` is the first of seven: nginx, two web nodes, two PostgreSQL, two Valkey. `code`: of
    the version that the nodes begin with.
    """

    def __init__(
        self, folder: Path, ports: int, *, synchronous: bool, code: Path = places.ROOT
    ) -> None:
        folder.chmod(0o711)  # PostgreSQL and nginx may have to reach it as other users
        self.folder, self.synchronous = folder, synchronous
        self.ports = range(ports, ports + PORTS)
        self.mail = MailServer()
        self.primary = Primary(folder / "pg1", ports + 3, synchronous=synchronous)
        self.standby = Standby(folder / "pg2", ports + 4, self.primary)
        self.store = Store(folder / "kv1", ports + 5)
        self.replica = Store(folder / "kv2", ports + 6, following=ports + 5)
        self.nodes = [
            Node(f"node{n}", folder / f"node{n}", ports + n, self.shared(ports), code)
            for n in (1, 2)
        ]
        self.proxy = Proxy(folder / "nginx", ports, [node.port for node in self.nodes])
        self.board: dict[str, Any] = {}
        self.ends = ExitStack()

    def shared(self, ports: int) -> dict[str, str]:
        """What all nodes have in common, /etc/cocreate/environment on real machines."""
        databases = f"{HOST}:{ports + 3},{HOST}:{ports + 4}"
        return {
            "DATABASE_URL": f"postgresql://cocreate@{databases}/cocreate",
            "REDIS_URL": f"redis://{HOST}:{ports + 5},{HOST}:{ports + 6}/0",
            "PUBLIC_URL": f"http://{HOST}:{ports}",
            "EMAIL_URL": self.mail.url,
            "TRUSTED_PROXIES": "1",
            "UNDO_SECONDS": "0",
            "SECRET_KEY": "of-all-machines-of-the-drill-" + "abcdefghij" * 3,
        }

    def __enter__(self) -> "Machines":
        try:
            self.start()
        except BaseException:
            self.ends.close()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.ends.close()

    def start(self) -> None:
        check_ports(self.ports)
        self.mail.start()
        self.ends.callback(self.mail.stop)
        for server in (self.primary, self.standby, self.store, self.replica):
            self.ends.callback(shutil.rmtree, server.sockets, ignore_errors=True)
            self.ends.callback(server.stop)
            server.start()
        self.standby.wait_until_it_follows()
        self.replica.wait_until_it_follows()
        self.primary.make_database()
        for name in ("pictures", "all"):
            (self.folder / name).mkdir()
        for node in self.nodes:
            node.share(self.folder / "pictures", self.folder / "all" / "static")
        self.prepare()
        self.board = json.loads(self.first.command("-m", "tools.drill.board"))
        for node in self.nodes:
            self.ends.callback(node.stop)
            node.start()
            node.wait_until_it_answers()
        self.ends.callback(self.proxy.stop)
        self.proxy.start()
        wait_for(lambda: health_of(HOST, self.proxy.port) == "200", "nginx")

    def prepare(self) -> None:
        """What comes before any process of a version: static files everywhere, and the schema."""
        state = {"COCREATE_VAR": str(self.folder / "all")}
        self.first.command("-m", "cocreate.embedded.prepare", "static", **state)
        self.first.command("manage.py", "migrate", "-v0")

    def take_this_version(self) -> None:
        """What runs goes on as it is, on the new schema, until it is restarted."""
        for node in self.nodes:
            node.code = places.ROOT
        self.prepare()

    @property
    def first(self) -> Node:
        return self.nodes[0]

    def follow_anew(self) -> None:
        """The machine of the dead primary comes back, empty, as the new primary's standby.

        Never as it was: two primaries would each take votes.
        """
        old, new = self.primary, self.standby
        shutil.rmtree(old.state)
        self.primary, self.standby = new, Standby(old.state, old.port, new)
        self.ends.callback(self.standby.stop)
        self.standby.start()
        self.standby.wait_until_it_follows()
        if self.synchronous:
            with new.connected("postgres") as database:
                database.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
                database.execute("SELECT pg_reload_conf()")

    def replica_anew(self) -> None:
        """The machine of the dead Valkey comes back as the new primary's replica."""
        old, new = self.store, self.replica
        shutil.rmtree(old.state)
        self.store, self.replica = new, Store(old.state, old.port, following=new.port)
        self.ends.callback(self.replica.stop)
        self.replica.start()
        self.replica.wait_until_it_follows()

    def pass_time(self, seconds: float) -> None:
        """Meanwhile the supervisors of the nodes do their work. From the main thread: whoever
        starts a process takes it along.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.2)
            for node in self.nodes:
                node.restart_what_ended()
