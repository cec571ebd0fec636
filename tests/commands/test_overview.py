"""What `./run manage` says of its commands."""

import subprocess
import sys

import pytest
from django.core.management import get_commands

from cocreate.management.overview import CommandLine, line_of
from tests.source import ROOT


def said(*arguments):
    command = [sys.executable, ROOT / "manage.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ours():
    found = ROOT.glob("*/management/commands/[!_]*.py")
    return sorted(path.stem for path in found)


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"]])
def test_the_commands_of_the_site_come_first_and_each_says_what_it_does(arguments):
    text = said(*arguments)
    first, _heading, rest = text.partition("\nOf Django and its libraries:\n")
    listed = dict(line.split(maxsplit=1) for line in first.splitlines() if line.startswith("    "))
    assert list(listed) == ours()
    assert listed["backup"] == (
        "The whole install in one file, database and pictures, while people vote"
    )
    others = rest.replace(",", " ").split()
    assert others == sorted(get_commands().keys() - set(ours()))
    assert "migrate" in others


def test_each_says_it_in_a_line():
    for name in ours():
        assert 10 < len(line_of(name)) < 100, name
        assert "\n" not in line_of(name)


def test_the_help_of_one_command_is_djangos():
    text = said("help", "create_brand")
    assert text.startswith("usage: manage.py create_brand ")
    assert "A brand with its permanent challenge `open`." in text


def test_a_shell_that_completes_names_gets_them_alone():
    assert said("help", "--commands").split() == sorted(get_commands())


def test_broken_settings_are_said_and_nothing_is_loaded():
    line = CommandLine(["manage.py"])
    line.settings_exception = ImportError("there is no such module")
    assert "there is no such module" in line.main_help_text()
