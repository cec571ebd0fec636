"""R03, R14: votes go on while the tally's worker and PostgreSQL are killed; nothing acknowledged
is lost or doubled.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parents[2]
VOTERS, DATABASE_KILLS, WORKER_KILLS = 8, 3, 8
SETTLES_WITHIN = 60
ACKNOWLEDGED = {"new", "changed", "unchanged"}

pytestmark = pytest.mark.faults


class Site:
    """The processes of a site on servers of its own, and people who vote without pause."""

    def __init__(self, stack):
        self.stack = stack
        self.environment = {
            **os.environ,
            **stack.environment,
            "COCREATE_VAR": str(stack.state / "var"),
        }
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.last_word, self.acknowledged, self.unanswered = {}, 0, 0
        self.processes = {}
        self.run("manage.py", "migrate", "-v0")
        self.board = json.loads(self.run("-m", "tests.faults.board"))

    def run(self, *arguments):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name, *arguments):
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "cocreate", "-q", *arguments],
            cwd=ROOT, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def start_tally(self):
        self.start(
            "tally", "worker", "-Q", "tally", "-c", "1", "--without-gossip", "--without-mingle"
        )

    def kill(self, name):
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def vote_forever(self, seed):
        """One thread, its own people: so the last acknowledged word of a person on an idea is
        known.
        """
        dice = random.Random(seed)
        mine = self.board["users"][seed::VOTERS]
        while not self.stop.is_set():
            try:
                with psycopg.connect(
                    self.stack.postgres.url, autocommit=True, connect_timeout=2
                ) as database:
                    while not self.stop.is_set():
                        self.vote_once(
                            database,
                            dice.choice(self.board["codes"]),
                            dice.choice(mine),
                            dice.choice([1, 1, -1, 0]),
                        )
            except psycopg.Error:
                time.sleep(0.05)

    def vote_once(self, database, code, user, value):
        try:
            row = database.execute(
                "SELECT outcome FROM cast_vote_as_user(%s, %s, %s::smallint)", (code, user, value)
            )
            outcome = row.fetchone()[0]
        except psycopg.Error:
            with self.lock:
                self.unanswered += 1
                self.last_word.pop(
                    (code, user), None
                )  # it may have been written or not: both are right
            raise
        if outcome in ACKNOWLEDGED:
            with self.lock:
                self.acknowledged += 1
                self.last_word[code, user] = value

    def query(self, sql):
        with psycopg.connect(self.stack.postgres.url, autocommit=True) as database:
            return database.execute(sql).fetchall()


@pytest.fixture
def site(private_stack):
    site = Site(private_stack)
    yield site
    site.stop.set()
    for process in site.processes.values():
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def test_kill_9_of_worker_and_postgresql_in_mid_vote_and_mid_fold_loses_and_doubles_nothing(site):
    site.start("beat", "beat", "-s", str(site.stack.state / "schedule"))
    site.start_tally()
    voters = [threading.Thread(target=site.vote_forever, args=(n,)) for n in range(VOTERS)]
    for voter in voters:
        voter.start()
    for n in range(WORKER_KILLS):
        time.sleep(1 + random.random())
        site.kill("tally")
        if n < DATABASE_KILLS:
            site.stack.postgres.kill()
            time.sleep(0.3)
            site.stack.postgres.start()
        site.start_tally()
    time.sleep(3)
    site.stop.set()
    for voter in voters:
        voter.join()
    wait_until_settled(site)

    rows = {(code, user): value for code, user, value in site.query(VOTES)}
    differing = {
        place: (word, rows.get(place))
        for place, word in site.last_word.items()
        if rows.get(place, 0) != word
    }
    assert differing == {}
    assert (
        site.query(
            "SELECT * FROM counter_differences(NULL) UNION ALL SELECT * FROM ledger_differences()"
        )
        == []
    )
    batches = site.query(
        "SELECT count(*), count(DISTINCT seq) FROM ideas_ledgerbatch, unnest(events) seq"
    )
    events = site.query("SELECT count(*) FROM ideas_voteevent")[0][0]
    assert batches == [(events, events)]
    assert site.acknowledged > 500
    report = f"{site.acknowledged} acknowledged, 0 lost, {site.unanswered} unanswered"
    print(f"{report}, {events} ledger rows")  # noqa: T201 - the figure is the point


def wait_until_settled(site):
    end = time.monotonic() + SETTLES_WITHIN
    while site.query("SELECT count(*) FROM unfolded_events()") != [(0,)]:
        assert time.monotonic() < end, "the tally did not come back by itself"
        time.sleep(0.2)


VOTES = """
    SELECT i.code, p.user_id, v.value FROM ideas_vote v
      JOIN ideas_idea i ON i.id = v.idea_id JOIN accounts_participant p ON p.id = v.participant_id
"""
