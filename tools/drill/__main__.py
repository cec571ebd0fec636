"""`python -m tools.drill [--asynchronous] [--ports 8400] [--only NAME …] [--from REVISION]`"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cocreate.embedded import places
from cocreate.embedded.processes import Refused
from tools.drill.machines import Machines, code_of
from tools.drill.people import AWAY, LONGEST, People, Phase
from tools.drill.truth import Truth, truth_of

Step = Callable[[Machines], None]
PROMOTED_AFTER = 3.0  # seconds that an operator, or what stands in for one, takes to decide
HEADINGS = (
    "what happened", "votes", "reads", "posts", "503", "5xx", "unanswered", "trouble s",
    "no vote s", "longest s", "lost", "copies", "wrong",
)  # fmt: skip


def all_well(machines: Machines) -> None:
    machines.pass_time(8)


def web_node_dies(machines: Machines) -> None:
    machines.pass_time(2)
    machines.nodes[1].kill("web")
    machines.pass_time(10)


def workers_die(machines: Machines) -> None:
    """In one moment the fold and the mails of one node."""
    machines.pass_time(2)
    for name in ("tally", "worker"):
        machines.nodes[0].kill(name)
    machines.pass_time(8)


def valkey_dies(machines: Machines) -> None:
    machines.pass_time(2)
    machines.store.kill()
    machines.pass_time(PROMOTED_AFTER)
    machines.replica.promote()
    machines.pass_time(10)
    machines.replica_anew()
    machines.pass_time(3)


def postgresql_dies(machines: Machines) -> None:
    machines.pass_time(2)
    machines.primary.kill()
    machines.pass_time(PROMOTED_AFTER)
    machines.standby.promote()
    machines.pass_time(10)
    machines.follow_anew()
    machines.pass_time(3)


def postgresql_dies_cut_off(machines: Machines) -> None:
    """What the standby has not heard is gone. A synchronous primary has promised none of it."""
    machines.standby.lose_sight()
    machines.pass_time(2)
    postgresql_dies(machines)


def rolling_deploy(machines: Machines) -> None:
    """Workers first: an old one takes news of a kind that it does not know for told."""
    for node in machines.nodes:
        background = [name for name in node.programs if name != "web"]
        node.stop(*background)
        node.start(*background)
    for node in machines.nodes:
        machines.proxy.take_out(node.port)
        machines.pass_time(2)  # what it had begun is answered
        node.stop("web")
        node.start("web")
        node.wait_until_it_answers()
        machines.proxy.take_out()
        machines.pass_time(2)


def another_version(machines: Machines) -> None:
    """From the version that runs to this one, schema and all."""
    machines.take_this_version()
    machines.pass_time(3)
    rolling_deploy(machines)


STEPS: dict[str, Step] = {
    "all well": all_well,
    "web node killed": web_node_dies,
    "workers killed": workers_die,
    "Valkey primary killed": valkey_dies,
    "PostgreSQL primary killed": postgresql_dies,
    "PostgreSQL killed again": postgresql_dies,
    "PostgreSQL killed, cut off": postgresql_dies_cut_off,
    "rolling deploy": rolling_deploy,
}
UPGRADE = "another version"
WITHOUT_5XX = {"all well", "workers killed", "Valkey primary killed", "rolling deploy", UPGRADE}


def drill(
    folder: Path, ports: int, *, synchronous: bool, only: list[str], code: Path = places.ROOT
) -> list[tuple[Phase, Truth]]:
    found = []
    steps = {UPGRADE: another_version} if code != places.ROOT else STEPS
    with Machines(folder, ports, synchronous=synchronous, code=code) as machines:
        people = People(machines.proxy.port, machines.board)
        try:
            for name in only or steps:
                phase = people.begin(name)
                steps[name](machines)
                people.rest()
                found.append((phase, truth_of(machines, people)))
                say(row_of(*found[-1]))
        finally:
            people.stop()
        for line in machines.proxy.slow_answers():
            sys.stdout.write(f"slow: {line}\n")
    return found


def row_of(phase: Phase, truth: Truth) -> list[str]:
    counted = phase.answers
    rest = {"vote", "read", "post", "503", "unanswered"}
    bad = {kind: n for kind, n in counted.items() if kind not in rest}
    shown = [counted["vote"], counted["read"], counted["post"], counted["503"]]
    others = ", ".join(f"{n} × {kind}" for kind, n in bad.items()) or "0"
    seconds = [f"{one:.1f}" for one in (phase.trouble, phase.standstill, phase.longest)]
    lost = f"{truth.lost} + {truth.lost_posts}"
    wrong = "; ".join(truth.wrong) or "-"
    return [
        phase.name, *map(str, shown), others, str(counted["unanswered"]), *seconds, lost,
        str(truth.copies), wrong,
    ]  # fmt: skip


def judged(found: list[tuple[Phase, Truth]], *, synchronous: bool) -> list[str]:
    """What is not as promised, in words."""
    said = []
    for phase, truth in found:
        said += [f"{phase.name}: {wrong}" for wrong in truth.wrong]
        if (truth.lost or truth.lost_posts) and (synchronous or "PostgreSQL" not in phase.name):
            said.append(f"{phase.name}: lost {truth.lost} votes, {truth.lost_posts} comments")
        bad = [kind for kind in phase.answers if kind.startswith("5") and kind != str(AWAY)]
        said += [f"{phase.name}: {phase.answers[kind]} answers were {kind}" for kind in bad]
        if phase.name in WITHOUT_5XX and phase.bad_at:
            said.append(f"{phase.name}: {len(phase.bad_at)} requests were refused or not answered")
        if phase.longest > LONGEST:
            said.append(f"{phase.name}: an answer took {phase.longest:.1f} s ({phase.longest_of})")
    return said


def say(cells: list[str] | tuple[str, ...]) -> None:
    widths = (26, 6, 6, 6, 5, 5, 11, 10, 10, 10, 7, 7, 5)
    line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    sys.stdout.write(f"{line.rstrip()}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.drill", description=__doc__)
    parser.add_argument("--asynchronous", action="store_true", help="the standby may lag behind")
    parser.add_argument("--ports", type=int, default=8400, help="the first of seven")
    parser.add_argument("--only", nargs="+", choices=STEPS, default=[], help="these steps alone")
    parser.add_argument("--from", dest="revision", help="begin with this version and upgrade")
    options = parser.parse_args()
    if options.revision and options.only:
        parser.error("--from is a drill of one step")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cocreate-drill-") as folder:
        say(HEADINGS)
        try:
            code = places.ROOT
            if options.revision:
                code = code_of(options.revision, Path(folder) / "before")
            found = drill(
                Path(folder), options.ports, synchronous=not options.asynchronous,
                only=options.only, code=code,
            )  # fmt: skip
        except Refused as refusal:
            sys.exit(str(refusal))
    said = judged(found, synchronous=not options.asynchronous)
    for sentence in said:
        sys.stdout.write(f"NOT AS PROMISED: {sentence}\n")
    sys.stdout.write(f"{time.monotonic() - began:.0f} s\n")
    return bool(said)


if __name__ == "__main__":
    sys.exit(main())
