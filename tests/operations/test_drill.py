"""What the drill (python -m tools.drill) calls a broken promise. The drill is run by hand."""

import socket
from collections import Counter

import pytest

from cocreate.embedded.processes import Refused
from tools.drill.__main__ import HEADINGS, STEPS, UPGRADE, WITHOUT_5XX, judged, row_of
from tools.drill.machines import Machines
from tools.drill.people import Phase, kind_of
from tools.drill.proxy import Proxy
from tools.drill.truth import Truth

DIED = "PostgreSQL primary killed"


def phase_of(name, **over):
    phase = Phase(name, answers=Counter({"vote": 100, "read": 9}), began=10.0, ended=20.0)
    for field, value in over.items():
        setattr(phase, field, value)
    return phase


def said_of(phase, truth=None, *, synchronous=True):
    return judged([(phase, truth or Truth())], synchronous=synchronous)


def test_a_phase_in_which_everything_was_answered_breaks_no_promise():
    assert said_of(phase_of(DIED)) == []


@pytest.mark.parametrize("truth", [Truth(lost=1), Truth(lost_posts=1)])
def test_what_was_acknowledged_may_be_lost_where_nobody_waits_for_the_standby_and_nowhere_else(
    truth,
):
    assert len(said_of(phase_of(DIED), truth)) == 1
    assert said_of(phase_of(DIED), truth, synchronous=False) == []
    assert len(said_of(phase_of("workers killed"), truth, synchronous=False)) == 1


def test_invariants_hold_whatever_the_standby_has_heard():
    truth = Truth(wrong=["I2: 3 doubled votes"])
    assert said_of(phase_of(DIED), truth, synchronous=False) == [f"{DIED}: I2: 3 doubled votes"]


@pytest.mark.parametrize("kind", ["5xx", "503 without Retry-After"])
def test_trouble_that_does_not_say_when_to_come_back_is_one(kind):
    assert len(said_of(phase_of(DIED, answers=Counter({kind: 2})))) == 1


def test_a_503_with_its_time_is_none_where_a_primary_died_and_one_in_a_rolling_deploy():
    answers = {"answers": Counter({"503": 2}), "bad_at": [12.0, 13.0]}
    assert said_of(phase_of(DIED, **answers)) == []
    assert len(said_of(phase_of("rolling deploy", **answers))) == 1
    assert {*STEPS, UPGRADE} >= WITHOUT_5XX


def test_an_answer_that_took_longer_than_ten_seconds_is_one():
    (said,) = said_of(phase_of(DIED, longest=10.5, longest_of="PUT /there"))
    assert "10.5 s (PUT /there)" in said


def test_ports_that_somebody_else_has_are_refused_before_anything_is_started(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        machines = Machines(tmp_path, taken - 6, synchronous=False)
        # which of them is named depends on who else has one of these just now
        with pytest.raises(Refused, match=rf"{taken}, and \d+ is taken"), machines:
            pass
    assert not list(tmp_path.glob("pg1/*"))


def test_nginx_tells_which_node_was_slow(tmp_path):
    proxy = Proxy(tmp_path, 1, [2])
    ends = "200 {} at 127.0.0.1:8401, 127.0.0.1:8402 504, 200 0.0, 0.0 8.0, 0.1\n"
    lines = [
        f"2026-01-01T00:00:00+00:00 GET /{name} {ends.format(took)}"
        for name, took in (("quick", 0.1), ("slow", 8.1))
    ]
    (tmp_path / "access.log").write_text("".join(lines))
    (line,) = proxy.slow_answers()
    assert "GET /slow" in line


def test_an_answer_is_counted_by_what_its_reader_can_do_with_it():
    assert kind_of("vote", 200, {}) == "vote"
    assert kind_of("vote", 503, {"Retry-After": "5"}) == "503"
    assert kind_of("vote", 503, {}) == "503 without Retry-After"
    assert kind_of("read", 502, {"Retry-After": "5"}) == "5xx"
    assert kind_of("post", 429, {}) == "429"


def test_a_row_has_a_cell_for_each_heading_and_tells_the_longest_time_without_a_vote():
    phase = phase_of(DIED, votes_at=[11.0, 14.5, 19.0])
    row = dict(zip(HEADINGS, row_of(phase, Truth()), strict=True))
    assert (row["votes"], row["no vote s"], row["5xx"], row["lost"]) == ("100", "4.5", "0", "0 + 0")
