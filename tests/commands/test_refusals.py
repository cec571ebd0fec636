"""Whatever ends a command early ends it in one line; a bug keeps its traceback."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.db import OperationalError, ProgrammingError, connection

from cocreate.lib.errors import Invalid, NotFound
from cocreate.management import base
from tests.commands.terminal import Terminal
from tests.source import ROOT


class Fails(base.Command):
    requires_system_checks = []

    def handle(self, **options):
        options["with_"]()


def failing(error):
    def fail():
        raise error

    return fail


FIELDS = {"title": [("required", "Say it.")], "body": [("too_long", "Shorter.")]}


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (NotFound(), "There is nothing here, or it is not for you."),
        (Invalid("Wrong.", fields=FIELDS), "Wrong. title: Say it. body: Shorter."),
        (ValidationError("Too short."), "Too short."),
        (ValidationError({"slug": ["Taken."], "__all__": ["No."]}), "slug: Taken. No."),
        (OperationalError("no route\nHINT: walk"), "The database does not answer: no route"),
    ],
)
def test_an_error_that_a_reader_understands_is_one_line(error, line):
    with pytest.raises(base.Refused) as refusal:
        Fails().execute(with_=failing(error), force_color=False, no_color=True, skip_checks=True)
    assert (str(refusal.value), refusal.value.returncode) == (line, 1)


@pytest.mark.django_db
def test_what_a_database_function_raises_is_one_line():
    def ask():
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'Run reset_tally first.'; END $$")

    with pytest.raises(base.Refused, match=r"^Run reset_tally first\.$"):
        Fails().execute(with_=ask, force_color=False, no_color=True, skip_checks=True)


@pytest.mark.parametrize("error", [KeyError("bug"), ProgrammingError("no such table")])
def test_a_bug_keeps_its_traceback(error):
    with pytest.raises(type(error)) as raised:
        Fails().execute(with_=failing(error), force_color=False, no_color=True, skip_checks=True)
    assert not isinstance(raised.value, CommandError)


def test_wrong_arguments_that_argparse_cannot_see_are_exit_code_2():
    assert base.WrongArguments("no").returncode == 2


TALKS = """
import django
django.setup()
from cocreate.management import base

class Talks(base.Command):
    requires_system_checks = []

    def handle(self, **options):
        for number in range({lines}):
            self.say(f"line {{number}}")

Talks().execute(force_color=False, no_color=True, skip_checks=True)
"""


@pytest.mark.parametrize("lines", [100_000, 2])  # the second is written when all is done
def test_a_reader_who_goes_ends_a_command_quietly(lines):
    talking = subprocess.Popen(
        [sys.executable, "-c", TALKS.format(lines=lines)], cwd=ROOT, text=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "cocreate.settings"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    talking.stdout.close()
    assert (talking.stderr.read(), talking.wait()) == ("", 141)
    talking.stderr.close()


def test_wrong_arguments_are_told_without_the_name_of_a_class(capsys):
    run = Terminal(capsys)("send_test_mail", "nonsense")
    assert (run.code, run.out) == (2, "")
    assert "WrongArguments" not in run.err
    assert run.err.endswith("to: This is not one e-mail address.\n")
