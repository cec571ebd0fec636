"""The launcher as a person meets it, in a state folder of its own."""

import os
import socket
import subprocess
import sys

import pytest

from cocreate.embedded.claim import Claim


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def launch(tmp_path):
    def launch(*arguments, **variables):
        command = [sys.executable, "-m", "cocreate.embedded", *map(str, arguments)]
        environment = {**os.environ, "COCREATE_VAR": str(tmp_path / "var"), **variables}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return launch


def test_a_taken_port_is_said_in_one_line_before_anything_starts(launch, taken_port, tmp_path):
    done = launch("--port", taken_port)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"127.0.0.1:{taken_port}" in done.stderr
    assert "--port" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "var" / "pg").exists()


def test_a_second_run_is_refused_in_one_line(launch, tmp_path):
    claim = Claim(tmp_path / "var")
    claim.take()
    done = launch()
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "already works in this folder" in done.stderr


@pytest.mark.parametrize("arguments", [["--nonsense"], ["sideways"], ["--port", "eighty"]])
def test_wrong_arguments_are_exit_code_two(launch, arguments):
    assert launch(*arguments).returncode == 2


@pytest.mark.parametrize("arguments", [[], ["help"], ["verify_tallies", "--help"]])
def test_whoever_asks_what_commands_there_are_waits_for_no_server(launch, tmp_path, arguments):
    done = launch("manage", *arguments, DATABASE_URL="", REDIS_URL="")
    assert (done.returncode, "verify_tallies" in done.stdout) == (0, True), done.stderr
    assert not (tmp_path / "var" / "pg").exists()


def test_a_command_gets_the_servers_of_the_running_launcher(launch, tmp_path):
    claim = Claim(tmp_path / "var")
    claim.take()
    claim.write(
        {"DATABASE_URL": os.environ["DATABASE_URL"], "REDIS_URL": "redis://of.the.launcher"}
    )
    program = "import os; print(os.environ['REDIS_URL'])"
    done = launch("manage", "shell", "--no-imports", "-c", program, REDIS_URL="")
    assert done.stdout.splitlines()[-1:] == ["redis://of.the.launcher"], done.stderr


def test_a_command_returns_its_exit_code(launch):
    assert launch("manage", "shell", "--no-imports", "-c", "raise SystemExit(7)").returncode == 7


def test_a_folder_without_postgres_is_refused_in_one_line(launch, tmp_path):
    done = launch("manage", "check", DATABASE_URL="", COCREATE_PG_BIN=str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "COCREATE_PG_BIN" in done.stderr
