"""Servers and the launcher are killed in earnest.

Run by hand: `./run test -m faults tests/embedded`.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import psutil
import psycopg
import pytest
import redis

from cocreate.embedded.stack import remove

pytestmark = pytest.mark.faults

STARTS_WITHIN = 90  # seconds


class Launcher:
    """`./run up` in a state folder of its own, on a free port."""

    def __init__(self, state):
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
        command = [sys.executable, "-m", "cocreate.embedded", "--port", str(self.port), "--no-demo"]
        hidden = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
        environment = {k: v for k, v in os.environ.items() if k not in hidden}
        environment["COCREATE_VAR"] = str(state)
        self.said = []
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        threading.Thread(target=lambda: self.said.extend(self.process.stdout), daemon=True).start()

    def wait_until_it_answers(self):
        wait_for(lambda: "The site is at" in "".join(self.said), STARTS_WITHIN, self.said)
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz") as answer:
            assert answer.status == 200

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, pattern):
        """The oldest process with such a command line, None where there is none."""
        found = [process for process in self.family() if re.search(pattern, command_line(process))]
        return min(found, key=lambda process: process.create_time(), default=None)

    def has_another(self, pattern, killed):
        child = self.child(pattern)
        return child is not None and child.pid != killed.pid

    def end(self, number):
        """Send the signal; the family it had, and the seconds until all of them were gone."""
        family, began = self.family(), time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        wait_for(lambda: not any(alive(process) for process in family), 20, self.said)
        return time.monotonic() - began


@pytest.fixture
def launch(tmp_path):
    launchers = []

    def launch():
        launchers.append(Launcher(tmp_path / "var"))
        launchers[-1].wait_until_it_answers()
        return launchers[-1]

    yield launch
    for launcher in launchers:
        if launcher.process.poll() is None:
            launcher.end(signal.SIGTERM)
    remove(tmp_path / "var")


def test_a_killed_launcher_leaves_no_orphan_and_the_next_start_recovers(launch):
    first = launch()
    assert len(first.family()) >= 10
    assert first.end(signal.SIGKILL) < 15
    assert launch().end(signal.SIGTERM) < 15


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_end_takes_seconds_and_returns_zero(launch, number):
    launcher = launch()
    assert launcher.end(number) < 12
    assert launcher.process.returncode == 0


@pytest.mark.parametrize("victim", ["granian", "queues=tally", "queues=notify", "celery .*beat"])
def test_a_killed_process_starts_again(launch, victim):
    launcher = launch()
    killed = launcher.child(victim)
    killed.kill()
    wait_for(lambda: launcher.has_another(victim, killed), 10, launcher.said)
    wait_for(lambda: answers(launcher.port), 10, launcher.said)


@pytest.mark.parametrize("victim", ["bin/postgres", "valkey-server|redis-server"])
def test_a_killed_server_starts_again_and_the_site_goes_on(launch, victim):
    launcher = launch()
    killed = launcher.child(victim)
    killed.kill()
    wait_for(lambda: launcher.has_another(victim, killed), 20, launcher.said)
    wait_for(lambda: answers(launcher.port), 20, launcher.said)


def test_committed_rows_outlive_a_killed_postgres(private_stack):
    with psycopg.connect(private_stack.postgres.url, autocommit=True) as db:
        db.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    before = private_stack.postgres.pid
    private_stack.postgres.kill()
    private_stack.postgres.start()
    assert private_stack.postgres.pid != before
    with psycopg.connect(private_stack.postgres.url) as db:
        assert db.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_queued_tasks_outlive_a_killed_valkey(private_stack):
    queue = redis.Redis.from_url(private_stack.valkey.url)
    queue.rpush("tally", *range(100))
    time.sleep(1.2)  # the log reaches the disk every second
    private_stack.valkey.kill()
    private_stack.valkey.start()
    assert queue.llen("tally") == 100


def command_line(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return ""


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def alive(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def wait_for(condition, seconds, said):
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "".join(said)
        time.sleep(0.1)
