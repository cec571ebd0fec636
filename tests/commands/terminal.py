"""Runs a command as the command line does: what it printed, and its exit code."""

from dataclasses import dataclass
from unittest import mock

from django.core.management import get_commands, load_command_class


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Terminal:
    """`terminal("create_user", "a@example.org", "--handle", "a")`"""

    def __init__(self, capsys):
        self.capsys = capsys

    def __call__(self, name: str, *arguments: object) -> Run:
        self.capsys.readouterr()
        code = self.exit_code(name, [str(argument) for argument in arguments])
        return Run(code, *self.capsys.readouterr())

    @staticmethod
    def exit_code(name: str, arguments: list[str]) -> int:
        command = load_command_class(get_commands()[name], name)
        # A command closes its connections at the end, and the test's transaction lives in one.
        with mock.patch("django.core.management.base.connections.close_all"):
            try:
                command.run_from_argv(["manage.py", name, *arguments])
            except SystemExit as end:
                return int(end.code or 0)
        return 0
