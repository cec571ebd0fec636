"""nginx with the files of deploy/nginx before the site, where there is an nginx on this machine."""

import http.client
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from cocreate.bench import cpu
from cocreate.bench.database import CannotBench
from cocreate.bench.figures import Slot
from cocreate.bench.roads import notes_of
from cocreate.bench.site import CLIENTS, HOST, Site, free_port, send
from cocreate.embedded import places
from cocreate.embedded.processes import kill_group, spawn

FILES = places.ROOT / "deploy" / "nginx"
NO_PROXY = "there is no nginx here"
READY_WITHIN = 10.0
MOST_PER_SECOND = 40_000
YARDSTICK = "yardstick.html"
MAIN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 10000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {settings}
    upstream cocreate {{ server {host}:{node}; keepalive 32; keepalive_timeout 5s; }}
    server {{ listen {host}:{port}; include {folder}/site; }}
    server {{ listen {host}:{files}; default_type text/html; root {folder}/files; }}
}}
"""


@dataclass
class Proxy:
    """Answers for the site on `port`, and its folder's files on the port `files`."""

    folder: Path
    port: int
    files: int
    process: "subprocess.Popen[bytes]"

    def road(self, name: str, request: bytes, seconds: float, *, file: bool = False) -> Slot:
        """nginx is faster than whoever asks it here, so what counts is its own CPU time."""
        port = self.files if file else self.port
        before = cpu.seconds(self.process.pid)
        done = send(
            self.folder, port, repeat(request, int(seconds * MOST_PER_SECOND)), seconds, CLIENTS
        )
        good = done["statuses"].get("200", 0)
        if not good:
            raise CannotBench(f"nginx answers {name} with {done['statuses']}")
        spent = (cpu.seconds(self.process.pid) - before) / good
        return Slot(
            name, good / done["seconds"], done["requests"] / done["seconds"], done["p50_ms"],
            done["p99_ms"], cpu_us={"nginx": spent * 1e6}, notes=notes_of(done),
        )  # fmt: skip

    def keep_as_file(self, path: str, headers: dict[str, str]) -> str:
        """What the site answers, as a file beside it. Returns its path there."""
        asked = http.client.HTTPConnection(HOST, self.port, timeout=READY_WITHIN)
        asked.request("GET", path, headers=headers)
        body = asked.getresponse().read()
        asked.close()
        kept = self.folder / "files" / YARDSTICK
        kept.write_bytes(body)
        return f"/{YARDSTICK}"


@contextmanager
def proxy_before(site: Site) -> Iterator[Proxy | None]:
    """None: there is no nginx here."""
    program = shutil.which("nginx")
    if program is None:
        yield None
        return
    folder = site.folder / "nginx"
    ports = free_port(), free_port()
    _write_files(folder, site.port, *ports)
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    process = spawn(command, death_signal=signal.SIGTERM)
    try:
        _wait_for(ports[1], process)
        yield Proxy(folder, *ports, process)
    finally:
        kill_group(process)
        process.wait()


def _write_files(folder: Path, node: int, port: int, files: int) -> None:
    (folder / "files").mkdir(parents=True)
    for path in (folder.parent, folder, folder / "files"):
        path.chmod(0o711)  # nginx's worker may be another user
    main = MAIN.format(
        folder=folder, host=HOST, node=node, port=port, files=files, settings=_settings()
    )
    for name, said in {"nginx.conf": main, **_shared()}.items():
        ours = said.replace("/etc/nginx/cocreate", str(folder))
        (folder / name).write_text(ours.replace("/var/cache/nginx", str(folder)))


def _settings() -> str:
    """What deploy/nginx says before its servers, but where its nodes are."""
    before_servers = (FILES / "cocreate.conf").read_text().split("\nserver {")[0]
    return re.sub(r"^upstream .*?^}", "", before_servers, flags=re.DOTALL | re.MULTILINE)


def _shared() -> dict[str, str]:
    return {name: (FILES / name).read_text() for name in ("site", "headers")}


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + READY_WITHIN
    while True:
        try:
            http.client.HTTPConnection(HOST, port, timeout=1).connect()
        except OSError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise CannotBench("nginx does not start with the files of deploy/nginx.") from None
            time.sleep(0.05)
        else:
            return
