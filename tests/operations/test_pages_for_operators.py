"""What docs/operations.md tells an operator to type exists; the units start what ./run starts."""

import re
import shutil
import subprocess

import pytest
from django.core.management import get_commands, load_command_class

from cocreate.embedded import up
from tests.source import ROOT

PAGES = ["docs/operations.md", "docs/settings.md", "README.md", "CONTRIBUTING.md", "SECURITY.md"]
COMMAND = re.compile(
    r"(?:\./run manage|bootstrap\.py manage|manage\.py) ([a-z_]+)((?: +[^\s`|;]+)*)"
)
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))


def commands() -> list[tuple[str, str, list[str]]]:
    found = []
    for page in [*PAGES, *(str(unit.relative_to(ROOT)) for unit in UNITS)]:
        for name, rest in COMMAND.findall((ROOT / page).read_text(encoding="utf-8")):
            found.append((page, name, re.findall(r"--[a-z-]+", rest)))
    return found


def test_every_command_that_a_page_names_exists_with_its_options():
    known = get_commands()
    assert {name for _page, name, _options in commands()} - set(known) - {"help"} == set()
    for page, name, options in commands():
        if name == "help":
            continue
        parser = load_command_class(known[name], name).create_parser("manage.py", name)
        taken = {option for action in parser._actions for option in action.option_strings}
        assert set(options) <= taken, f"{page}: {name}"


def test_every_page_that_is_linked_exists():
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", text):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"


def exec_of(name: str) -> list[str]:
    unit = (ROOT / f"deploy/systemd/cocreate-{name}.service").read_text(encoding="utf-8")
    (line,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    words = line.replace("${COCREATE_LISTEN}", "127.0.0.1").split()
    return words[1:]  # without the interpreter


def test_the_units_start_what_the_launcher_starts(monkeypatch):
    here = {"COCREATE_VAR": "/var/lib/cocreate"}
    ours = {p.name: list(p.argv)[1:] for p in up.programs(here, "127.0.0.1", 8000)}
    units = {name: exec_of(name) for name in ours}
    units["beat"] = [word for word in units["beat"] if word != "--pidfile="]
    assert {name: sorted(words) for name, words in units.items()} == {
        name: sorted(words) for name, words in ours.items()
    }


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_units(unit):
    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    # The one thing it may miss is the install itself, which is not on this machine.
    complaints = [
        line
        for line in done.stderr.splitlines()
        if "cocreate" in line and "/opt/cocreate" not in line
    ]
    assert complaints == []
