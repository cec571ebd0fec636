"""An upgrade under load: the new version migrates and starts beside the old one, which then stops.

Twice in a row, from the last version whose people had no profiles. Nobody is answered 5xx, and what
was acknowledged is counted.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from itertools import count
from pathlib import Path

import psycopg
import pytest

from cocreate.embedded.stack import Stack
from tests.mail import free_port
from tests.source import ROOT

BEFORE_PROFILES = "6f58979^"
READERS, VOTERS, EACH_PER_SECOND = 5, 5, 2  # 20 requests a second
STARTS_WITHIN, SETTLES_WITHIN = 120, 60
ALONE_SECONDS = 5  # under load before and after each change
CONTENT = """
import json, django
django.setup()
from accounts.domain.keys import create_key, create_token
from accounts.enums import Scope
from ideas.domain.votes import cast_on_behalf
from ideas.enums import Mode
from tests.factories import make_brand, make_challenge, make_idea, make_user
challenge = make_challenge(make_brand("mio", owner=make_user("Owner")), slug="c", mode=Mode.UP_DOWN)
codes = [make_idea(challenge).code for _n in range(20)]
key = create_key(
    brand=challenge.brand, scopes=[Scope.VOTE], origins=[], rate=0, actor=None
)[0]
named = make_user("Named")
cast_on_behalf(code=codes[0], key=key, value=1, external_id=None, email=named.email)
print(json.dumps({"codes": codes, "tokens": [create_token(user=make_user()) for _n in range(20)]}))
"""
VOTES = """
    SELECT i.code, u.handle, v.value FROM ideas_vote v JOIN ideas_idea i ON i.id = v.idea_id
      JOIN accounts_participant p ON p.id = v.participant_id
      JOIN accounts_user u ON u.id = p.user_id
"""
DIFFERENCES = """
    SELECT * FROM counter_differences(NULL) UNION ALL SELECT * FROM ledger_differences()
"""

pytestmark = pytest.mark.faults


class Version:
    """The processes of one version, on servers it shares with the others."""

    def __init__(self, tree: Path, var: Path, stack: Stack):
        self.tree, self.port = tree, free_port()
        var.mkdir()
        self.environment = {**os.environ, **stack.environment, "COCREATE_VAR": str(var)}
        self.environment |= {"PYTHONPATH": str(tree), "DJANGO_SETTINGS_MODULE": "cocreate.settings"}
        self.environment |= {"SECRET_KEY": "of-all-versions-" + "abcdefghij" * 4}
        self.environment["PUBLIC_URL"] = f"http://127.0.0.1:{self.port}"
        self.log = (var / "log").open("wb")
        self.processes: list[subprocess.Popen[bytes]] = []

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.tree, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """What an operator does: schema, static files, then the processes."""
        self.run("manage.py", "migrate", "-v0")
        self.run("manage.py", "collectstatic", "--noinput", "-v0")
        celery = ("celery", "-A", "cocreate", "-q", "worker", "--without-gossip")
        celery = (*celery, "--without-mingle", "-c1")
        self.spawn("worker", *celery, "-Qtally", f"-ntally{self.port}@%h")
        self.spawn("worker", *celery, "-Qnotify,bulk", f"-nworker{self.port}@%h")
        schedule = f"{self.environment['COCREATE_VAR']}/schedule"
        self.spawn("beat", "celery", "-A", "cocreate", "-q", "beat", "-s", schedule)
        options = ("--interface=wsgi", "--host=127.0.0.1", f"--port={self.port}", "--http=1")
        self.spawn("web", "granian", "cocreate.wsgi:application", *options, "--blocking-threads=2")
        self.wait_until_it_answers()

    def spawn(self, kind: str, *module: str) -> None:
        self.processes.append(
            subprocess.Popen(
                [sys.executable, "-m", *module],
                cwd=self.tree,
                start_new_session=True,
                env=self.environment | {"COCREATE_PROCESS": kind},
                stdout=self.log,
                stderr=self.log,
            )  # fmt: skip
        )

    def wait_until_it_answers(self) -> None:
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end:
            try:
                if ask(self.port, "GET", "/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError(Path(self.log.name).read_text())

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.processes = []


def ask(port: int, method: str, path: str, token: str = "", body: object = None):
    headers = {"Content-Type": "application/json"} if body else {}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Load:
    """People behind a proxy: every request goes to the version that the proxy points to."""

    def __init__(self, content: dict[str, list[str]]):
        self.content, self.version, self.turn = content, None, count()
        self.answers: Counter[tuple[str, int]] = Counter()
        self.failures: list[str] = []
        self.last_word: dict[tuple[str, str], int] = {}
        self.stopped = threading.Event()
        work = [self.read] * READERS + [self.vote] * VOTERS
        self.threads = [threading.Thread(target=self.go_on, args=each) for each in enumerate(work)]

    def go_on(self, number: int, work) -> None:
        while not self.stopped.wait(1 / EACH_PER_SECOND):
            try:
                status, what = work(number)
            except OSError as error:
                self.failures.append(f"{type(error).__name__}: {error}")
                continue
            self.answers[what, status] += 1
            if status >= 400:
                self.failures.append(f"{what} {status}")

    def read(self, _number: int) -> tuple[int, str]:
        paths = ["/", "/b/mio/", "/b/mio/c/c/", "/api/v1/brands/mio/ideas/?sort=hot"]
        path = paths[next(self.turn) % len(paths)]
        return ask(self.version.port, "GET", path)[0], "read"

    def vote(self, number: int) -> tuple[int, str]:
        """Each thread has its own people, so the last acknowledged word is known."""
        mine = self.content["tokens"][number - READERS :: VOTERS]
        turn = next(self.turn)
        token, code = mine[turn % len(mine)], self.content["codes"][turn // 3 % 20]
        value = 1 if turn % 7 else -1
        path = f"/api/v1/ideas/{code}/vote/"
        status, _answer = ask(self.version.port, "PUT", path, token, {"value": value})
        if status in (200, 201):
            self.last_word[code, token] = value
        return status, "vote"

    def stop(self) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join()


def old_tree(folder: Path) -> Path:
    """The old version's files; no history is touched."""
    known = ["git", "-C", str(ROOT), "cat-file", "-e", f"{BEFORE_PROFILES}:manage.py"]
    try:
        if subprocess.run(known, capture_output=True, check=False).returncode:
            pytest.skip(f"this copy of the code has no history back to {BEFORE_PROFILES}")
    except FileNotFoundError:
        pytest.skip("there is no git here")
    folder.mkdir()
    made = subprocess.run(
        ["git", "-C", str(ROOT), "archive", BEFORE_PROFILES], capture_output=True, check=True
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], input=made.stdout, check=True)
    return folder


@pytest.fixture
def versions(private_stack, tmp_path):
    trees = [old_tree(tmp_path / "old"), ROOT, ROOT]
    made = [Version(t, tmp_path / f"var{n}", private_stack) for n, t in enumerate(trees)]
    yield made
    for version in made:
        version.stop()


def test_two_upgrades_in_a_row_under_load_answer_nobody_5xx(versions, private_stack):
    old, *newer = versions
    old.start()
    load = Load(json.loads(old.run("-c", CONTENT)))
    load.version = old
    for thread in load.threads:
        thread.start()
    try:
        time.sleep(ALONE_SECONDS)
        for new in newer:
            new.start()  # migrates under the old one's feet, then both are there
            time.sleep(ALONE_SECONDS)
            load.version, before = new, load.version
            time.sleep(ALONE_SECONDS)  # the proxy lets go of the old one
            before.stop()
            time.sleep(ALONE_SECONDS)
    finally:
        load.stop()

    assert load.failures == []
    assert load.answers["vote", 200] + load.answers["vote", 201] > 100
    assert_everything_counts(private_stack, load, versions[-1])
    print(dict(load.answers))  # noqa: T201 - the figure is the point


JOINED = "SELECT count(*) FROM accounts_participant WHERE joined_into_id IS NOT NULL"


def assert_everything_counts(stack: Stack, load: Load, version: Version) -> None:
    with psycopg.connect(stack.postgres.url, autocommit=True) as database:
        assert database.execute(JOINED).fetchone() == (1,)  # what a key did before the upgrade
        end = time.monotonic() + SETTLES_WITHIN
        while database.execute("SELECT count(*) FROM unfolded_events()").fetchone() != (0,):
            assert time.monotonic() < end, "the new version's tally does not fold"
            time.sleep(0.2)
        assert database.execute(DIFFERENCES).fetchall() == []
        stored = {(code, handle): value for code, handle, value in database.execute(VOTES)}
    handles = {
        token: json.loads(ask(version.port, "GET", "/api/v1/me/", token)[1])["handle"]
        for token in load.content["tokens"]
    }
    said = {(code, handles[token]): value for (code, token), value in load.last_word.items()}
    assert stored.pop((load.content["codes"][0], "named")) == 1
    assert stored == said
