"""`./run up`: servers, schema, demo, then the site's own processes until somebody says stop."""

import http.client
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cocreate.embedded import environment, places
from cocreate.embedded.claim import Claim
from cocreate.embedded.host import LOOPBACK, widget_beside
from cocreate.embedded.processes import Refused, spawn
from cocreate.embedded.stack import Stack, servers_to_start
from cocreate.embedded.supervisor import Program, Supervisor
from cocreate.lib import locale

FIRST_PAGE_WITHIN = 60.0  # seconds
WEB_WORKERS = 2
WEB_THREADS = 8  # of a worker; whoever sends a picture slowly holds one until it is there
BACKLOG = 2048  # connections that wait in the kernel for a web worker to take them
CONNECTIONS = 4096  # that one web worker holds; idle ones count, so this is not the work it does
DEMO_ACCOUNTS = "demo-accounts.txt"  # seed_demo writes it
IDLE_MILLISECONDS = 10_000  # an idle or dribbling connection is closed; browsers open another
OPEN_FILES = 65_536


def up(host: str, port: int, *, demo: bool) -> int:
    state = places.var_dir()
    claim = Claim(state)
    claim.take()
    check_port(host, port)
    allow_open_files()
    children = environment.for_children(state)
    children.setdefault("PUBLIC_URL", environment.public_url(host, port))
    with Stack(state, only=servers_to_start()) as stack:
        children |= stack.environment
        prepare(children, demo=demo)
        published = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL")
        claim.write({name: children[name] for name in published if name in children})
        beside = other_site(children) if demo else None
        running = programs(children, host, port) + ([beside.program] if beside else [])
        greeting = Greeting(host, port, beside.url if beside else "")
        return Supervisor(running, stack.servers, greeting.look).run()


def check_port(host: str, port: int) -> None:
    """Refuse a taken port before anything is started."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise Refused(
            f"{host}:{port} cannot be used ({error.strerror}); choose another with --port."
        ) from error


def allow_open_files() -> None:
    """A shell often allows 1,024, fewer than a busy page has connections."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def prepare(children: dict[str, str], *, demo: bool) -> None:
    """Everything before the first page, on two cores: static files beside schema and demo."""
    locale.compile_catalogues(places.ROOT)
    shutil.rmtree(Path(children["COCREATE_VAR"]) / "metrics", ignore_errors=True)  # counts anew
    work = [["static"], ["schema", *(["demo"] if demo else [])]]
    running = [start_preparing(parts, children) for parts in work]
    try:
        codes = [process.wait() for process in running]
    finally:
        for process in running:
            process.terminate()
            process.wait()
    if any(codes):
        raise Refused("the site could not be prepared; the lines above say why.")


def start_preparing(parts: list[str], children: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cocreate.embedded.prepare", *parts]
    return spawn(command, death_signal=signal.SIGTERM, env=children, cwd=places.ROOT)


def programs(children: dict[str, str], host: str, port: int) -> list[Program]:
    """Folding votes has a worker of its own: an import of an hour must not delay it."""
    celery = [sys.executable, "-m", "celery", "-A", "cocreate", "--quiet"]
    worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--loglevel=WARNING"]
    schedule = str(Path(children["COCREATE_VAR"]) / "beat-schedule")
    argv = {
        "web": web(host, port),
        "tally": [*worker, "--queues=tally", "--concurrency=2", "--hostname=tally@%h"],
        "worker": [*worker, "--queues=notify,bulk", "--concurrency=2", "--hostname=worker@%h"],
        "beat": [*celery, "beat", "--loglevel=WARNING", f"--schedule={schedule}"],
    }
    return [program(name, line, children) for name, line in argv.items()]


def program(name: str, argv: list[str], children: dict[str, str]) -> Program:
    """A worker whose launcher was killed drops its task at once; the queue gives it out again."""
    kind = "worker" if name == "tally" else name
    warning = "ignore:You're running the worker with superuser"  # as root in a container: known
    return Program(
        name,
        argv,
        {"PYTHONWARNINGS": warning, **children, "COCREATE_PROCESS": kind},
        signal.SIGQUIT if kind == "worker" else signal.SIGTERM,
    )


@dataclass(frozen=True)
class OtherSite:
    """A page elsewhere that embeds the demo."""

    url: str
    program: Program


def other_site(children: dict[str, str]) -> OtherSite | None:
    """None where there is no demo, others reach the site, or the next port is taken."""
    ours, state = children["PUBLIC_URL"], children["COCREATE_VAR"]
    widget = widget_beside(ours, Path(state))
    if widget is None:
        return None
    try:
        check_port(LOOPBACK, urlsplit(widget.origin).port or 0)
    except Refused as refusal:
        print(f"No page beside the demo: {refusal}", file=sys.stderr)
        return None
    argv = [sys.executable, "-m", "cocreate.embedded.host", ours, state]
    return OtherSite(f"{widget.origin}/", program("beside", argv, children))


def web(host: str, port: int) -> list[str]:
    """A burst waits in the backlog until a thread is free; none of it is refused."""
    return [
        *(sys.executable, "-m", "granian", "cocreate.wsgi:application", "--interface=wsgi"),
        *(f"--host={host}", f"--port={port}", "--http=1", "--no-ws"),
        *(f"--workers={WEB_WORKERS}", f"--blocking-threads={WEB_THREADS}"),
        # A thread that ends takes its connection and all prepared statements along.
        "--blocking-threads-idle-timeout=600",
        *(f"--backlog={BACKLOG}", f"--backpressure={CONNECTIONS}"),
        f"--http1-header-read-timeout={IDLE_MILLISECONDS}",
        *("--respawn-failed-workers", "--respawn-interval=0.5", "--workers-kill-timeout=8"),
        "--log-level=error",  # its warnings are of more threads than cores, which wait for bodies
        "--no-access-log",
    ]


@dataclass
class Greeting:
    """Says the address when the first page really answers, or what it answers instead."""

    host: str
    port: int
    other_site: str = ""  # its address
    since: float = field(default_factory=time.monotonic)
    next_look: float = 0.0
    done: bool = False

    def look(self) -> str | None:
        now = time.monotonic()
        if self.done or now < self.next_look:
            return None
        self.next_look = now + 0.2
        answer = health_of(self.host, self.port)
        if answer == "200":
            self.done = True
            url = environment.public_url(self.host, self.port)
            print(f"\n    The site is at {url}/    (Ctrl-C ends it)", flush=True)
            if (accounts := places.var_dir() / DEMO_ACCOUNTS).exists():
                print(f"    Accounts to sign in with are in {accounts}", flush=True)
            if self.other_site:
                print(f"    Another site shows its ideas at {self.other_site}", flush=True)
            print(flush=True)
        elif now - self.since > FIRST_PAGE_WITHIN:
            answer = answer or "no answer"
            return f"/healthz gives {answer} after {FIRST_PAGE_WITHIN:.0f} s; see the lines above."
        return None


def health_of(host: str, port: int) -> str | None:
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    connection = http.client.HTTPConnection(name, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
