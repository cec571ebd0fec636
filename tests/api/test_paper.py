"""The lines of docs/api.md work on the demo, from top to bottom, as a newcomer runs them."""

import re
import shutil
import subprocess

import pytest

from accounts import limits
from accounts.domain import keys, tokens
from accounts.enums import Scope
from accounts.models import Brand, User
from cocreate.domain import demo
from tests.api.conforming import schema
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
    """What the first lines of the paper fetch by ./run manage."""
    demo.load(folder=tmp_path)
    token = tokens.create_token(user=User.objects.get(handle="member"))
    scopes = [Scope.READ, Scope.WRITE, Scope.VOTE]
    mio = Brand.objects.get(slug="mio")
    key = keys.create_key(brand=mio, scopes=scopes, origins=[], rate=0, actor=None)[1]
    return {"TOKEN": token, "KEY": key}


def test_every_line_of_the_paper_works_on_the_demo(live_server, given, tmp_path):
    ran = subprocess.run(
        ["bash", "-eu", "-c", TELL + lines_of_the_paper()], cwd=tmp_path, text=True, timeout=120,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "SITE": live_server.url, **given},
        capture_output=True, check=False,
    )  # fmt: skip
    answers = ran.stderr.splitlines()
    others = [line for line in answers if not re.match("20[01] ", line)]
    assert [line.partition("/api/")[0] for line in others] == [f"304 GET {live_server.url}"]
    assert len(answers) == lines_of_the_paper().count("curl -s")
    assert ran.stdout.count('{"results":[]') == 1  # the comments of an idea that is new
    assert ran.returncode == 0
    assert 'RateLimit: "vote";r=' in ran.stdout


PAPER = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_paper_names_every_code_that_the_schema_names():
    codes = {
        code
        for methods in schema()["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if int(status) >= 305
        for code in answer["description"].split(", ")
    }
    assert {code for code in codes if f"`{code}`" not in PAPER} == set()


def test_the_paper_has_the_limits_that_hold():
    told = {name: figures for name, figures in rows_of("Limits") if name != "key"}
    of_programs = [
        limits.VOTES_OF_PERSON, limits.IDEAS_OF_PERSON, limits.IDEAS_OF_PERSON_A_DAY,
        limits.COMMENTS_OF_PERSON, limits.COMMENTS_OF_PERSON_A_DAY, limits.IMAGES_OF_PERSON,
        limits.IMAGES_OF_PERSON_A_DAY, limits.EDITS_OF_PERSON, limits.DELETIONS_OF_PERSON,
        limits.FOLLOWS_OF_PERSON, limits.SIMILAR_OF_PERSON, limits.SIMILAR_FROM_NETWORK,
        limits.WIDGET_SESSIONS_OF_PERSON,
    ]  # fmt: skip
    assert told == {limit.name: f"{limit.amount} {WORDS[limit.seconds]}" for limit in of_programs}


WORDS = {60: "a minute", 600: "in ten minutes", 3600: "an hour", 86_400: "a day"}


def rows_of(title):
    """(name, how often) of the table below a title; two names to a line are two rows."""
    part = PAPER.partition(f"## {title}\n")[2].partition("\n## ")[0]
    for line in part.splitlines():
        if line.startswith("| `"):
            names, figures, _of = [cell.strip() for cell in line.strip("|").split("|")]
            names = re.findall("`(.+?)`", names)
            yield from zip(names, figures.split(", "), strict=False)
