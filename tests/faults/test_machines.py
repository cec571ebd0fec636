"""R37 and its like on several machines: python -m tools.drill, each step as a test of its own."""

import pytest

from tools.drill.__main__ import STEPS, judged
from tools.drill.machines import Machines
from tools.drill.people import People
from tools.drill.truth import truth_of

pytestmark = pytest.mark.faults

PORTS = 8450


@pytest.fixture(scope="module", params=["synchronous", "asynchronous"])
def site(request, tmp_path_factory):
    synchronous = request.param == "synchronous"
    folder = tmp_path_factory.mktemp(request.param)
    for above in (folder, folder.parent, folder.parent.parent):
        above.chmod(0o711)  # PostgreSQL may run as another user
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
