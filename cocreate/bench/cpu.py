"""CPU seconds of whole trees of processes, from /proc."""

import os
from collections import defaultdict
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def parent_of(pid: int) -> int | None:
    """None where there is no such process on this machine."""
    found = _stat(pid)
    return found[0] if found else None


def name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def seconds(*roots: int) -> float:
    """User and system time of these processes, of all below them, and of children they outlived."""
    children, times = _tree()
    return sum(times.get(pid, 0.0) for pid in _with_all_below(children, *roots))


def below(*roots: int) -> list[int]:
    """These processes and all that they started."""
    return _with_all_below(_tree()[0], *roots)


def _tree() -> tuple[dict[int, list[int]], dict[int, float]]:
    """Whom each process started, and the time of each."""
    children: dict[int, list[int]] = defaultdict(list)
    times: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (found := _stat(int(entry.name))):
            children[found[0]].append(int(entry.name))
            times[int(entry.name)] = found[1]
    return children, times


def _with_all_below(children: dict[int, list[int]], *roots: int) -> list[int]:
    found, rest = [], list(roots)
    while rest:
        pid = rest.pop()
        found.append(pid)
        rest += children.get(pid, [])
    return found


def busy_seconds() -> float:
    """Of all cores together, whoever used them."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    ticks = [int(field) for field in fields]
    return (sum(ticks[:8]) - ticks[3] - ticks[4]) / TICKS  # without idle and waiting for a disk


def _stat(pid: int) -> tuple[int, float] | None:
    """Parent, and seconds of the process and of its children that have ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # a name may hold spaces and brackets
    return int(fields[1]), sum(int(ticks) for ticks in fields[11:15]) / TICKS
