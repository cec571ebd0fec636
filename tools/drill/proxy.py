"""nginx with the files of deploy/nginx: what an operator copies, with our ports in it."""

import shutil
import signal
import subprocess
from pathlib import Path

from cocreate.embedded import places
from cocreate.embedded.processes import spawn

FILES = places.ROOT / "deploy" / "nginx"
HERE = "127.0.0.1"
MAIN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 2048; }}
http {{
    log_format of_nodes '$time_iso8601 $request_method $request_uri $status $request_time'
        ' at $upstream_addr $upstream_status $upstream_connect_time $upstream_response_time';
    access_log {folder}/access.log of_nodes;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/cocreate.conf;
}}
"""


SLOW = 5.0  # seconds


class Proxy:
    """On `port`, in front of web nodes on other ports."""

    def __init__(self, folder: Path, port: int, nodes: list[int]) -> None:
        self.folder, self.port, self.nodes = folder, port, nodes
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def program(self) -> str:
        found = shutil.which("nginx") or "/usr/sbin/nginx"
        if not Path(found).exists():
            raise SystemExit("There is no nginx here: apt-get install nginx-light")
        return found

    @property
    def command(self) -> list[str]:
        return [self.program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    def start(self) -> None:
        self.write_files()
        self.process = spawn(self.command, death_signal=signal.SIGTERM)

    def write_files(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o711)  # its worker is another user
        self.write("nginx.conf", MAIN.format(folder=self.folder))
        self.write("cocreate.conf", self.without_tls((FILES / "cocreate.conf").read_text()))
        for name in ("site", "headers"):
            self.write(name, (FILES / name).read_text())
        self.write_nodes(set())

    def write(self, name: str, text: str) -> None:
        ours = text.replace("/etc/nginx/cocreate", str(self.folder))
        (self.folder / name).write_text(ours.replace("/var/cache/nginx", str(self.folder)))

    def without_tls(self, text: str) -> str:
        """The site's server block on our port; the one that redirects from http is left out."""
        text = text[: text.rindex("server {")]
        kept = [line for line in text.splitlines() if "ssl_certificate" not in line]
        plain = "\n".join(kept).replace("listen 443 ssl http2;", f"listen {HERE}:{self.port};")
        return plain.replace("server_name ideas.example;", "server_name _;")

    def write_nodes(self, out: set[int]) -> None:
        """As deploy/nginx/nodes, with `down` behind those that are taken out."""
        options = (FILES / "nodes").read_text().splitlines()[-1].partition(" max_fails")[2][:-1]
        lines = [
            f"server {HERE}:{port} max_fails{options}{' down' if port in out else ''};\n"
            for port in self.nodes
        ]
        (self.folder / "nodes").write_text("".join(lines))

    def take_out(self, *ports: int) -> None:
        self.write_nodes(set(ports))
        command = [*self.command, "-s", "reload"]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - nginx's own

    def slow_answers(self) -> list[str]:
        """Lines of the log: which node was asked, in what order, and how long each took."""
        lines = (self.folder / "access.log").read_text().splitlines()
        return [line for line in lines if float(line.partition(" at ")[0].split()[-1]) > SLOW]

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
