"""docs/embed.md: its lines work on the demo, from top to bottom, and it names all that there is."""

import re
import shutil
import subprocess
import sys

import pytest

from accounts.domain import keys
from accounts.enums import Scope
from accounts.models import Brand
from cocreate.domain import demo
from cocreate.lib import scripts
from tests.source import ROOT

PAPER = (ROOT / "docs" / "embed.md").read_text(encoding="utf-8")
ELEMENTS, CARD, LAUNCHER = (
    (ROOT / "static" / "embed" / f"{name}.js").read_text(encoding="utf-8") for name in scripts.ALL
)
SCRIPTS = ELEMENTS + CARD + LAUNCHER
BLOCK = re.compile(r"(?:^    .*\n|^\n(?=    ))+", re.MULTILINE)
TELL = 'curl() { command curl "$@" -w "%{stderr}%{http_code} %{method} %{url_effective}\\n"; }\n'
GIVEN = "SITE", "MADE", "KEY", "SECRET"


def lines_of_the_paper():
    blocks = [block for block in BLOCK.findall(PAPER) if block.strip()]
    lines = [line[4:] or "\n" for block in blocks for line in block.splitlines(keepends=True)]
    return "".join(line for line in lines if line.partition("=")[0] not in GIVEN)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="needs curl")
def test_every_line_of_the_paper_works_on_the_demo(live_server, settings, tmp_path):
    settings.PUBLIC_URL = live_server.url
    demo.load(folder=tmp_path)
    mio = Brand.objects.get(slug="mio")
    _row, key, secret = keys.create_key(
        brand=mio, scopes=[Scope.WIDGET], origins=["https://shop.example"], rate=0, actor=None
    )
    given = {"SITE": live_server.url, "KEY": key, "SECRET": secret}
    ran = subprocess.run(
        ["bash", "-eu", "-c", TELL + lines_of_the_paper()], cwd=tmp_path, text=True, timeout=120,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **given}, capture_output=True, check=False,
    )  # fmt: skip
    answers = ran.stderr.splitlines()
    assert [line for line in answers if not re.match("20[01] ", line)] == []
    assert len(answers) == lines_of_the_paper().count("curl -s")
    assert ran.stdout.count('"my_vote":1') == 1
    assert ran.returncode == 0


def test_no_file_that_it_writes_takes_a_name_of_the_standard_library():
    """It would stand in that one's place for every Python that starts in the folder."""
    written = re.findall(r"> ([\w-]+)\.py\b", lines_of_the_paper())
    assert written
    assert not set(written) & sys.stdlib_module_names


def named(pattern, text):
    return set(re.findall(pattern, text, re.MULTILINE))


def test_it_names_every_attribute_and_no_other():
    known = re.search(r"const ATTRIBUTES = \[(.*?)\]", ELEMENTS)[1]
    rows = named(r"^\| (`[^|]+`) \| (?:both|vote|board) \|", PAPER)
    listed = {name for row in rows for name in named(r"`([^`]+)`", row)}
    assert listed == named(r'"([^"]+)"', known) | {"theme"}  # that one is read by the style alone


def test_it_names_every_attribute_of_a_launcher_and_no_other():
    passed_on = named(r'"([^"]+)"', re.search(r"const PASSED_ON = \[(.*?)\]", LAUNCHER)[1])
    own = named(r'"([^"]+)"', re.search(r"const ATTRIBUTES = \[(.*?)\]", LAUNCHER)[1])
    as_board = re.search(r"^It takes (.*?) as a board does", PAPER, re.MULTILINE | re.DOTALL)[1]
    listed = named(r"`([^`]+)`", as_board) | named(r"^\| `([^`]+)` \| launcher \|", PAPER)
    assert listed == passed_on | own | {"theme", "side"}  # these are read by the style alone


def test_it_names_every_property_and_event_and_no_other():
    assert named(r"--cocreate-[a-z-]+", PAPER) == named(r"--cocreate-[a-z-]+", SCRIPTS)
    events = {f"cocreate:{name}" for name in named(r'emit\("(\w+)"', SCRIPTS)}
    assert named(r"cocreate:[a-z]+", PAPER) == events


def test_it_names_every_part_and_no_other():
    parts = {name for text in named(r'part: ["`]([a-z ]+)', SCRIPTS) for name in text.split()}
    listed = re.search(r"^Parts: (.*?)\n\n", PAPER, re.MULTILINE | re.DOTALL)[1]
    assert named(r"`([a-z]+)`", listed) == parts | {"up", "against", "point"}
