import os
import signal
import sys
import threading
import time

import psutil
import pytest

from cocreate.embedded import supervisor
from cocreate.embedded.processes import Refused
from cocreate.embedded.supervisor import Health, Program, Supervisor


def python(name, text):
    return Program(name, [sys.executable, "-u", "-c", text], dict(os.environ))


def stop_after(seconds, number=signal.SIGTERM):
    threading.Timer(seconds, os.kill, [os.getpid(), number]).start()


class Flaky:
    """A server that refuses to start the first time."""

    name = "flaky"
    attempts = 0
    is_running = False

    def start(self):
        self.attempts += 1
        if self.attempts == 1:
            raise Refused("not yet")
        self.is_running = True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_program(number):
    programs = [python("one", "import time; time.sleep(60)"), python("two", "input = print('hi')")]
    stop_after(0.5, number)
    assert Supervisor(programs).run() == 0
    assert not any(program.is_running for program in programs)


def test_lines_carry_the_name_of_their_program(capsys):
    programs = [python("web", "print('hello'); print('world', end='')")]
    stop_after(0.6)
    Supervisor(programs).run()
    assert capsys.readouterr().out.splitlines()[:2] == ["web     | hello", "web     | world"]


def test_a_line_of_json_stays_one(capsys):
    programs = [python("web", 'print(\'{"level": "INFO"}\')')]
    stop_after(0.6)
    Supervisor(programs).run()
    assert capsys.readouterr().out.splitlines()[0] == '{"level": "INFO"}'


def test_a_crashed_program_starts_again(tmp_path, capsys):
    trace = tmp_path / "starts"
    stop_after(1.8)
    Supervisor([python("worker", f"open({str(trace)!r}, 'a').write('x')")]).run()
    assert trace.read_text() == "xx"
    assert "worker  | ended by itself; it starts again in 1 s" in capsys.readouterr().out


def test_the_pause_doubles_up_to_half_a_minute_and_a_steady_life_forgives():
    health = Health(started=0.0)
    assert [health.fail(now=1.0) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    health.begin(now=100.0)
    assert health.fail(now=100.0 + supervisor.STEADY_AFTER + 1) == 1


def test_a_server_that_refuses_is_tried_again(monkeypatch):
    monkeypatch.setattr(Health, "fail", lambda self, now: setattr(self, "not_before", now) or 0)
    server = Flaky()
    stop_after(1.0)
    Supervisor([python("web", "import time; time.sleep(60)")], [server]).run()
    assert server.attempts == 2


def test_a_program_that_ignores_the_polite_signal_is_killed(monkeypatch):
    monkeypatch.setattr(supervisor, "STOP_WITHIN", 0.5)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    programs = [python("deaf", deaf)]
    stop_after(0.5)
    Supervisor(programs).run()
    assert programs[0].process.returncode == -signal.SIGKILL


def test_the_workers_of_a_killed_program_go_with_it():
    parent = python("web", "import os, time; os.fork(); time.sleep(60)")
    parent.start()
    children = wait_for(lambda: psutil.Process(parent.process.pid).children())
    parent.process.kill()
    parent.clean_up()
    assert wait_for(lambda: not any(alive(child) for child in children))


def test_a_tick_may_end_the_run(capsys):
    programs = [python("web", "import time; time.sleep(60)")]
    assert Supervisor(programs, on_tick=lambda: "it never answered").run() == 1
    assert "run     | it never answered" in capsys.readouterr().out


def alive(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def wait_for(condition, seconds=5):
    give_up = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < give_up:
        time.sleep(0.05)
    return value
