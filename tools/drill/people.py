"""People who vote, read and post through nginx without pause, and remember what they were told."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tools.drill.servers import HOST

VOTERS, READERS, VOTERS_PEOPLE = 6, 2, 300
PATIENCE, PAUSE, POST_EVERY = 20.0, 0.02, 2.0  # seconds
LONGEST = 10.0  # seconds that an answer may take
READ = ("/b/mio/", "/b/mio/c/street/", "/api/v1/brands/mio/ideas/")
TAKEN, AWAY = {200, 201, 204}, 503

Headers = dict[str, str]


@dataclass
class Phase:
    """What was answered while something was done to the machines."""

    name: str
    answers: Counter[str] = field(default_factory=Counter)
    bad_at: list[float] = field(default_factory=list)
    longest: float = 0.0  # seconds that one answer took
    longest_of: str = ""  # which, and when it came: nginx's log has the same line
    votes_at: list[float] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0

    @property
    def trouble(self) -> float:
        """Seconds from the first answer that was none to the last."""
        return self.bad_at[-1] - self.bad_at[0] if self.bad_at else 0.0

    @property
    def standstill(self) -> float:
        """The longest time in which nobody's vote was taken."""
        times = [self.began, *self.votes_at, self.ended]
        return max(after - before for before, after in zip(times, times[1:], strict=False))


def kind_of(what: str, status: int, headers: Any) -> str:
    if status in TAKEN or status in {301, 302, 304}:
        return what
    if status == AWAY:
        return "503" if headers.get("Retry-After") else "503 without Retry-After"
    return "5xx" if status >= 500 else f"{status}"


class People:
    """Each voter thread votes for people of its own: so the last acknowledged word of a person on
    an idea is known, and compared with the table afterwards.
    """

    def __init__(self, port: int, board: dict[str, Any]) -> None:
        self.port, self.board = port, board
        self.lock, self.go, self.over = threading.Lock(), threading.Event(), threading.Event()
        self.resting = threading.Barrier(VOTERS + READERS + 2)  # everybody, and who watches them
        self.last_word: dict[tuple[str, str], int] = {}
        self.posted: list[str] = []
        self.phase = Phase("")
        work = [self.vote] * VOTERS + [self.read] * READERS + [self.post]
        self.threads = [
            threading.Thread(target=self.live, args=(one, n), daemon=True)
            for n, one in enumerate(work)
        ]
        for thread in self.threads:
            thread.start()
        self.rest()  # which is how they begin

    def begin(self, name: str) -> Phase:
        self.phase = Phase(name)
        self.go.set()
        return self.phase

    def rest(self) -> None:
        """Returns when every answer that was on its way is in."""
        self.go.clear()
        self.resting.wait(60)
        self.phase.ended = time.monotonic()

    def live(self, work: Any, seed: int) -> None:
        browser, dice = Browser(self.port, self.board["key"]), random.Random(seed)  # noqa: S311
        while not self.over.is_set():
            if not self.go.is_set():
                self.resting.wait()
                self.go.wait()
                browser.close()  # nobody keeps a connection through a rest
                continue
            work(browser, dice, seed)
            time.sleep(PAUSE)

    def ask(self, what: str, browser: "Browser", method: str, path: str, body: Any = None) -> Any:
        """(status, text), or None where there was no answer. Counted in either case."""
        phase, began = self.phase, time.monotonic()
        try:
            status, headers, text = browser.ask(method, path, body)
            kind = kind_of(what, status, headers)
        except (http.client.HTTPException, OSError):
            status, text, kind = 0, b"", "unanswered"
        now = time.monotonic()
        with self.lock:
            phase.answers[kind] += 1
            if now - began > phase.longest:
                at = datetime.now(UTC).isoformat(timespec="seconds")
                phase.longest, phase.longest_of = now - began, f"{method} {path}, {kind}, {at}"
            if kind.startswith(("5", "unanswered")):
                phase.bad_at.append(now)
            elif kind == "vote":
                phase.votes_at.append(now)
        return (status, text) if status else None

    def vote(self, browser: "Browser", dice: random.Random, seed: int) -> None:
        person = f"person-{dice.randrange(seed, VOTERS_PEOPLE, VOTERS)}"
        code, value = dice.choice(self.board["codes"]), dice.choice([1, 1, -1, 0])
        body = {"voter": {"external_id": person}} | ({"value": value} if value else {})
        path = f"/api/v1/ideas/{code}/vote/"
        answer = self.ask("vote", browser, "PUT" if value else "DELETE", path, body)
        with self.lock:
            if answer and answer[0] in TAKEN:
                self.last_word[code, person] = value
            else:  # written or not: both are right
                self.last_word.pop((code, person), None)

    def read(self, browser: "Browser", dice: random.Random, _seed: int) -> None:
        self.ask("read", browser, "GET", dice.choice(READ))

    def post(self, browser: "Browser", dice: random.Random, _seed: int) -> None:
        """A comment, each by somebody else: of those that were taken one person hears."""
        number = dice.randrange(10**9)
        body = {"body": f"Word number {number}.", "author": {"external_id": f"talker-{number}"}}
        path = f"/api/v1/ideas/{self.board['codes'][0]}/comments/"
        answer = self.ask("post", browser, "POST", path, body)
        if answer and answer[0] == 201:
            with self.lock:
                self.posted.append(json.loads(answer[1])["code"])
        browser.close()
        time.sleep(POST_EVERY)

    def stop(self) -> None:
        self.over.set()
        self.go.set()


class Browser:
    """A connection to nginx that is kept, and opened anew after trouble."""

    def __init__(self, port: int, key: str) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: Any) -> tuple[int, Any, bytes]:
        """A connection that was closed while nobody asked is opened anew, as every browser does:
        nginx closes those when it reads its files again.
        """
        is_kept = self.connection.sock is not None
        try:
            return self.ask_once(method, path, body)
        except (ConnectionResetError, BrokenPipeError):  # with http.client.RemoteDisconnected
            if not is_kept or method == "POST":
                raise
            return self.ask_once(method, path, body)

    def ask_once(self, method: str, path: str, body: Any) -> tuple[int, Any, bytes]:
        sent = self.headers if path.startswith("/api/") else {}
        try:
            self.connection.request(method, path, json.dumps(body) if body else None, sent)
            answer = self.connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            raise

    def close(self) -> None:
        self.connection.close()
