"""A whole site on servers of its own, every process as the launcher starts it, and people who vote
over HTTP without pause.
"""

import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.cookies import SimpleCookie
from statistics import quantiles
from urllib.parse import urlencode

import psycopg
import redis

from cocreate.embedded import environment
from cocreate.embedded.processes import kill_group, spawn
from cocreate.embedded.up import health_of, programs
from tests.mail import Server, free_port
from tests.source import ROOT

HOST = "127.0.0.1"
VOTERS, PEOPLE = 8, 400
SETTLES_WITHIN, PATIENCE, CLOSED_WHEN_IDLE = 60, 10, 5  # seconds
VOTES = """
    SELECT i.code, p.external_id, v.value FROM ideas_vote v
      JOIN ideas_idea i ON i.id = v.idea_id JOIN accounts_participant p ON p.id = v.participant_id
"""


class WholeSite:
    def __init__(self, stack):
        self.stack, self.port, self.mail = stack, free_port(), Server()
        self.processes, self.folder = {}, stack.state / "var"
        self.ended, self.stopping = [], threading.Event()
        self.environment = {}

    def start(self):
        self.mail.start()
        self.folder.mkdir(exist_ok=True)
        self.environment = environment.for_children(self.folder) | self.stack.environment
        self.environment |= {
            "PUBLIC_URL": f"http://{HOST}:{self.port}", "EMAIL_URL": self.mail.url,
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self.run("manage.py", "migrate", "-v0")
        self.run("manage.py", "collectstatic", "-v0", "--noinput")
        self.board = json.loads(self.run("-m", "tests.faults.community"))
        self.programs = {one.name: one for one in programs(self.environment, HOST, self.port)}
        for name in self.programs:
            self.launch(name)
        self.watching = threading.Thread(target=self.watch, daemon=True)
        self.watching.start()
        wait_until(lambda: health_of(HOST, self.port) == "200", "the site does not start")

    def launch(self, name):
        program = self.programs[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = spawn(
                program.argv, death_signal=program.death_signal, env=program.environment,
                stdout=log, stderr=subprocess.STDOUT, cwd=ROOT,
            )  # fmt: skip

    def watch(self):
        """Start again what ended, as `./run` and systemd do. kombu 5.7 ends a worker that has an
        acknowledgement in hand when the broker vanishes.
        """
        while not self.stopping.wait(1):
            for name, process in list(self.processes.items()):
                if process.poll() is not None and not self.stopping.is_set():
                    self.ended.append(name)
                    self.launch(name)

    def stop(self):
        self.stopping.set()
        self.watching.join()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                kill_group(process)
        self.mail.stop()

    def run(self, *arguments):
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def query(self, sql):
        with psycopg.connect(self.stack.postgres.url, autocommit=True) as database:
            return database.execute(sql).fetchall()

    # --- The faults -----------------------------------------------------------------------------

    def hang(self):
        os.kill(self.stack.valkey.pid, signal.SIGSTOP)

    def wake(self):
        os.kill(self.stack.valkey.pid, signal.SIGCONT)

    def valkey(self):
        return redis.Redis.from_url(self.stack.valkey.url)

    def empty_restart(self):
        self.stack.valkey.kill()
        for path in sorted(self.stack.valkey.data.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        self.stack.valkey.start()

    # --- What must be true in the end -----------------------------------------------------------

    def folded(self):
        return self.query("SELECT count(*) FROM unfolded_events()") == [(0,)]

    def words_that_differ(self, crowd):
        """Votes that were acknowledged and stand otherwise in the table."""
        rows = {(code, who): value for code, who, value in self.query(VOTES)}
        return {
            place: (word, rows.get(place))
            for place, word in crowd.last_word.items()
            if rows.get(place, 0) != word
        }


class Browser:
    """One keep-alive connection with cookies."""

    def __init__(self, site, **headers):
        self.site, self.headers, self.cookies = site, headers, SimpleCookie()
        self.connection = http.client.HTTPConnection(HOST, site.port, timeout=PATIENCE)
        self.asked = time.monotonic()

    def ask(self, method, path, body=None, **headers):
        """Status, headers and text."""
        if time.monotonic() - self.asked > CLOSED_WHEN_IDLE:
            self.connection.close()
        self.asked, sent = time.monotonic(), self.headers | headers
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())
        try:
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (http.client.HTTPException, OSError):
            self.connection.close()
            raise
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(line)
        return answer.status, answer.headers, text

    def fill(self, path, **fields):
        """Open a page and send its form."""
        _status, _headers, page = self.ask("GET", path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page
        body = urlencode(fields | {"csrfmiddlewaretoken": token[1]})
        return self.ask("POST", path, body, **{"Content-Type": "application/x-www-form-urlencoded"})


def program_of(site):
    """The brand's server."""
    credential = {"Authorization": f"Bearer {site.board['key']}"}
    return Browser(site, **credential, **{"Content-Type": "application/json"})


class Crowd:
    """Each thread votes for people of its own, so that their last acknowledged word is known."""

    def __init__(self, site):
        self.site, self.stop, self.lock = site, threading.Event(), threading.Lock()
        self.last_word, self.unanswered = {}, 0
        self.phase, self.phases = "", {}
        self.threads = [threading.Thread(target=self.vote, args=(n,)) for n in range(VOTERS)]

    def __enter__(self):
        self.enter("begin")
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def enter(self, phase):
        """What is answered from here on belongs to this phase."""
        with self.lock:
            self.phase = phase
            self.phases[phase] = {"began": time.monotonic(), "seconds": [], "answers": Counter()}

    def spend(self, phase, seconds):
        self.enter(phase)
        time.sleep(seconds)
        with self.lock:
            self.phases[phase]["lasted"] = time.monotonic() - self.phases[phase]["began"]

    def vote(self, seed):
        dice, server = random.Random(seed), program_of(self.site)
        mine = [f"person-{n}" for n in range(seed, PEOPLE, VOTERS)]
        while not self.stop.is_set():
            code, who = dice.choice(self.site.board["codes"]), dice.choice(mine)
            try:
                self.vote_once(server, code, who, dice.choice([1, 1, -1, None]))
            except (http.client.HTTPException, OSError):
                with self.lock:
                    self.unanswered += 1
                    self.last_word.pop((code, who), None)  # written or not: both are right

    def vote_once(self, server, code, who, value):
        body = {"voter": {"external_id": who}} | ({"value": value} if value else {})
        began, phase = time.monotonic(), self.phase
        status, _headers, _text = server.ask(
            "PUT" if value else "DELETE", f"/api/v1/ideas/{code}/vote/", json.dumps(body)
        )
        with self.lock:
            self.phases[phase]["seconds"].append(time.monotonic() - began)
            self.phases[phase]["answers"][status] += 1
            if status in {200, 201}:
                self.last_word[code, who] = value or 0

    def figures(self, phase):
        """Votes a second, p50, p95 and the longest in milliseconds, and the answers."""
        found = self.phases[phase]
        cuts = quantiles(found["seconds"], n=100)
        milliseconds = [round(1000 * one, 1) for one in (cuts[49], cuts[94], max(found["seconds"]))]
        rate = round(len(found["seconds"]) / found["lasted"], 1)
        return {"votes/s": rate, "p50 p95 max ms": milliseconds, "answers": found["answers"]}

    def report(self):
        for phase, found in self.phases.items():
            if "lasted" in found:
                print(f"{phase}: {self.figures(phase)}")  # noqa: T201 - the figures are the point


def wait_until(is_true, otherwise, within=SETTLES_WITHIN):
    end = time.monotonic() + within
    while not is_true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.1)
