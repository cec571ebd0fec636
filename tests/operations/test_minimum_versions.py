"""O01: nothing older than the first release without a known hole."""

import re
from importlib.metadata import version

import pytest
from packaging.version import Version

from cocreate.version import VERSION
from tests.source import ROOT

OLDEST = {
    "django": "5.2.19",
    "pillow": "12.3.0",
    "djangorestframework": "3.15.2",
    "django-allauth": "65.16.1",
}


@pytest.mark.parametrize(("name", "oldest"), OLDEST.items())
def test_o01_what_is_installed_is_no_older_than_the_last_hole(name, oldest):
    assert Version(version(name)) >= Version(oldest)


@pytest.mark.parametrize(("name", "oldest"), OLDEST.items())
def test_o01_what_is_pinned_is_no_older_than_the_last_hole(name, oldest):
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = re.search(rf"^{re.escape(name)}==(\S+)$", pins, re.MULTILINE)
    assert pinned, f"{name} is not pinned"
    assert Version(pinned[1]) >= Version(oldest)


def test_the_version_is_said_once():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    said = re.search(r'^version = "(.+)"$', project, re.MULTILINE)
    assert said
    assert said[1] == VERSION
