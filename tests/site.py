"""A whole site of its own: the launcher with web, workers and beat, a mail server, and content."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import redis

from tests.mail import Server, free_port
from tests.source import ROOT

STARTS_WITHIN, STOPS_WITHIN, MAIL_WITHIN = 120, 30, 30  # seconds
UNDO_SECONDS = 10  # time for a press, and none to wait for
OWN = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL"}
CODE = re.compile(r"^ {4}(\S+)$", re.MULTILINE)


class Site:
    """`content` is a module of the tests that fills the empty site and prints JSON."""

    def __init__(self, state: Path, content: str) -> None:
        self.state, self.mail, self.said = state, Server(), list[str]()
        self.url = f"http://127.0.0.1:{free_port()}"
        self.content = content
        self.facts: dict[str, str] = {}

    def start(self) -> None:
        self.mail.start()
        environment = {k: v for k, v in os.environ.items() if k not in OWN}
        environment |= {"COCREATE_VAR": str(self.state), "EMAIL_URL": self.mail.url}
        environment |= {"UNDO_SECONDS": str(UNDO_SECONDS)}
        port = self.url.rpartition(":")[2]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cocreate.embedded", "up", "--port", port, "--no-demo"],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()
        self._wait_until_it_answers()
        self.facts = json.loads(self.python("-m", self.content))

    def python(self, *arguments: str) -> str:
        """A process of the product, on this site's servers."""
        addresses = json.loads((self.state / "run.json").read_text())["environment"]
        secret = {"SECRET_KEY_FILE": str(self.state / "secret_key")}
        environment = {k: v for k, v in os.environ.items() if k not in OWN} | addresses | secret
        environment |= {"COCREATE_VAR": str(self.state), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, *arguments], env=environment, capture_output=True, text=True, cwd=ROOT
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def forget_limits(self) -> None:
        """Of all that happened so far: the same few people sign in for every journey."""
        addresses = json.loads((self.state / "run.json").read_text())["environment"]
        with redis.Redis.from_url(addresses["REDIS_URL"]) as store:
            for key in store.scan_iter("limit:*"):
                store.delete(key)

    def code_sent_to(self, address: str) -> str:
        """From the newest mail; waits for one that has a code, another may have come before."""
        end = time.monotonic() + MAIL_WITHIN
        while time.monotonic() < end:
            letters = self.mail.to(address)
            if letters and (found := CODE.search(letters[-1].text)):
                return found[1]
            time.sleep(0.1)
        raise AssertionError(f"no code to {address} within {MAIL_WITHIN} s")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOPS_WITHIN)
        finally:
            self.process.kill()
            self.mail.stop()

    def _listen(self) -> None:
        assert self.process.stdout
        self.said.extend(self.process.stdout)

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):  # noqa: S310
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise AssertionError("the site did not start:\n" + "".join(self.said))


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


# What a browser would otherwise send or fetch by itself, and a /dev/shm too small for it.
QUIET = [
    "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
