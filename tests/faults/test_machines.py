"""R37 and its like on several machines: python -m tools.drill, each step as a test of its own."""

import subprocess

import pytest

from tests.source import ROOT
from tools.drill.__main__ import STEPS, UPGRADE, another_version, judged
from tools.drill.machines import Machines, code_of
from tools.drill.people import People
from tools.drill.truth import truth_of

pytestmark = pytest.mark.faults

PORTS = 8450  # those of the others are taken until the last test here is over
LAST_MIGRATION = ["git", "log", "-1", "--format=%H", "--", "*/migrations/*.py"]


def opened(folder):
    for above in (folder, folder.parent, folder.parent.parent):
        above.chmod(0o711)  # PostgreSQL may run as another user
    return folder


@pytest.fixture(scope="module", params=["synchronous", "asynchronous"])
def site(request, tmp_path_factory):
    synchronous = request.param == "synchronous"
    folder = opened(tmp_path_factory.mktemp(request.param))
    with Machines(folder, PORTS, synchronous=synchronous) as machines:
        people = People(machines.proxy.port, machines.board)
        yield machines, people
        people.stop()


@pytest.mark.parametrize("name", STEPS)
def test_r37_what_was_acknowledged_stands_whatever_dies(site, name):
    machines, people = site
    phase = people.begin(name)
    STEPS[name](machines)
    people.rest()
    truth = truth_of(machines, people)
    assert phase.answers["vote"] > 50
    assert judged([(phase, truth)], synchronous=machines.synchronous) == []


@pytest.fixture
def before():
    """The version before the last migration."""
    done = subprocess.run(LAST_MIGRATION, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode or not done.stdout.strip():
        pytest.skip("there is no history of git here")
    return f"{done.stdout.strip()}^"


def test_a_rolling_deploy_from_the_version_before_the_last_migration_misses_no_answer(
    before, tmp_path_factory
):
    folder = opened(tmp_path_factory.mktemp("upgrade"))
    code = code_of(before, folder / "before")
    (folder / "now").mkdir()
    with Machines(folder / "now", PORTS + 10, synchronous=True, code=code) as machines:
        people = People(machines.proxy.port, machines.board)
        try:
            phase = people.begin(UPGRADE)
            another_version(machines)
            people.rest()
            assert phase.answers["vote"] > 50
            assert judged([(phase, truth_of(machines, people))], synchronous=True) == []
        finally:
            people.stop()
