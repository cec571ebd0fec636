"""The lines of docs/api.md work on the demo, from top to bottom, as a newcomer runs them."""

import re
import shutil
import subprocess

import pytest

from accounts.domain import keys, tokens
from accounts.enums import Scope
from accounts.models import Brand, User
from cocreate.domain import demo
from tests.pictures import drawn
from tests.source import ROOT

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="needs curl"),
]

BLOCK = re.compile(r"(?:^    (?!\{).*\n)+", re.MULTILINE)  # an answer begins with a brace
TELL = 'curl() { command curl "$@" -w "%{stderr}%{http_code} %{method} %{url_effective}\\n"; }\n'
GIVEN = "SITE", "TOKEN", "KEY"


def lines_of_the_paper():
    blocks = BLOCK.findall((ROOT / "docs" / "api.md").read_text(encoding="utf-8"))
    lines = [line[4:] for line in "".join(blocks).splitlines(keepends=True)]
    return "".join(line for line in lines if line.partition("=")[0] not in GIVEN)


@pytest.fixture
def given(settings, tmp_path):
    """What the first lines of the paper fetch by ./run manage, and the picture."""
    demo.load(folder=tmp_path)
    (tmp_path / "roof.jpg").write_bytes(drawn(80, 60, "JPEG"))
    token = tokens.create_token(user=User.objects.get(handle="member"))
    scopes = [Scope.READ, Scope.WRITE, Scope.VOTE]
    mio = Brand.objects.get(slug="mio")
    key = keys.create_key(brand=mio, scopes=scopes, origins=[], rate=0, actor=None)[1]
    return {"TOKEN": token, "KEY": key}


def test_every_line_of_the_paper_works_on_the_demo(live_server, given, tmp_path):
    ran = subprocess.run(
        ["bash", "-u", "-c", TELL + lines_of_the_paper()], cwd=tmp_path, text=True, timeout=120,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "SITE": live_server.url, **given},
        capture_output=True, check=False,
    )  # fmt: skip
    answers = ran.stderr.splitlines()
    assert [line for line in answers if not re.match("20[01] ", line)] == []
    assert len(answers) == lines_of_the_paper().count("curl -s")
    assert ran.stdout.count('{"results":[]') == 1  # the comments of an idea that is new
