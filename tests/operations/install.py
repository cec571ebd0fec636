"""An install of its own for a test: throw-away servers, a state folder, and its commands."""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import psycopg

from cocreate.embedded.stack import Stack, ThrowAwayStack
from tests.source import ROOT

CAST = "SELECT outcome FROM cast_vote_as_user(%s, %s, 1::smallint)"
COUNTS = """
    SELECT (SELECT count(*) FROM ideas_vote), (SELECT count(*) FROM ideas_voteevent),
           (SELECT count(*) FROM accounts_user), (SELECT count(*) FROM ideas_idea)
"""
DIFFERENCES = """
    SELECT * FROM counter_differences(NULL) UNION ALL SELECT * FROM ledger_differences()
"""


class Install:
    def __init__(self, stack: Stack, var: Path, key: str = "of-this-install-" + "abcdefghij" * 4):
        self.stack = stack
        self.var = var
        self.var.mkdir(parents=True, exist_ok=True)
        self.environment = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
        self.environment |= stack.environment
        self.environment |= {"COCREATE_VAR": str(var), "SECRET_KEY": key}

    def python(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *map(str, arguments)], cwd=ROOT, env=self.environment | more,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def manage(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        return self.python("manage.py", *arguments, **more)

    def fill(self) -> dict[str, list]:
        """Schema and a board with ideas and people; {"codes": …, "users": …}."""
        assert self.manage("migrate", "-v0").returncode == 0
        made = self.python("-m", "tests.faults.board")
        assert made.returncode == 0, made.stderr
        return json.loads(made.stdout)

    def query(self, sql: str, *values: object) -> list[tuple]:
        with psycopg.connect(self.stack.postgres.url, autocommit=True) as database:
            return database.execute(sql, values).fetchall()


class Voters:
    """All but the last of a board's people vote one after the other, each once on each idea, until
    told to stop. On a slow machine they may have spent all before that.
    """

    def __init__(self, install: Install, board: dict[str, list]):
        self.install, self.board = install, board
        self.acknowledged: list[tuple[str, int]] = []
        self.enough = threading.Event()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.vote)

    def vote(self) -> None:
        wishes = ((code, user) for user in self.board["users"][:-1] for code in self.board["codes"])
        with psycopg.connect(self.install.stack.postgres.url, autocommit=True) as database:
            for code, user in wishes:
                if self.stop.is_set():
                    return
                with suppress(psycopg.errors.RaiseException):  # a spent budget
                    if database.execute(CAST, (code, user)).fetchone()[0] == "new":
                        self.acknowledged.append((code, user))
                if len(self.acknowledged) == 100:
                    self.enough.set()

    def __enter__(self) -> "Voters":
        self.thread.start()
        assert self.enough.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()


def throw_away() -> ThrowAwayStack:
    return ThrowAwayStack(only=("postgres",))
