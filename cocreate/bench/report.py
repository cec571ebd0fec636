"""What a bench found, as tables for people and as JSON for programs."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from types import ModuleType
from typing import Any

from cocreate.bench import (
    data,
    discover,
    embed,
    figures,
    growth,
    lists,
    memory,
    pages,
    search,
    servers,
    similar,
    sorts,
    vote,
)
from cocreate.bench.figures import Rounds, Slot, Spread, Verdict
from cocreate.management import table

# On one site, in this order: `memory` looks at what all others have left.
ON_A_SITE: dict[str, ModuleType] = {
    "vote": vote, "list": lists, "sorts": sorts, "discover": discover, "search": search,
    "similar": similar, "embed": embed, "pages": pages, "memory": memory,
}  # fmt: skip
ON_THEIR_OWN: dict[str, ModuleType] = {"data": data, "growth": growth, "servers": servers}
BENCHES = ON_A_SITE | ON_THEIR_OWN
USUAL = [*ON_A_SITE, "data"]  # where no names are given
PARTS = ("web", "postgres", "valkey", "workers", "nginx")
ROUND_FROM = 10
HEAD = ("", "/s", "÷ yardstick", "p50 ms", "p95 ms", "p99 ms")


def lines(name: str, found: Rounds) -> list[str]:
    """Middles over the rounds; ratios with the smallest and the largest."""
    bench = BENCHES[name]
    parts = [p for p in PARTS if any(p in s.cpu_us for s in found.rounds[0].values())]
    head = (*HEAD, *(f"{part} µs" for part in parts), "lag p99 s")
    rows = [_row(found, slot, bench.yardstick_of(slot), parts) for slot in found.names]
    return [
        f"\n{name}",
        *table.lines(head, rows, right=range(1, len(head))),
        "",
        *verdict_lines(list(bench.verdicts(found))),
        "",
        bench.NOTE,
        *_notes(found),
    ]


def verdict_lines(verdicts: list[Verdict]) -> list[str]:
    return table.lines(("target", "", "found", "", "verdict"), [_line(v) for v in verdicts])


def as_lines(found: dict[str, Rounds]) -> list[dict[str, Any]]:
    """One for each target, in the order of their numbers."""
    return [verdict.as_line() for verdict in in_order(found)]


def in_order(found: dict[str, Rounds]) -> list[Verdict]:
    verdicts = [v for name, done in found.items() for v in BENCHES[name].verdicts(done)]
    return sorted(verdicts, key=lambda verdict: verdict.number)


def as_json(found: dict[str, Rounds], about: dict[str, str]) -> dict[str, Any]:
    benches = {
        name: {
            "others": done.others,
            "rounds": [[asdict(slot) for slot in each.values()] for each in done.rounds],
            "verdicts": [verdict.as_json() for verdict in BENCHES[name].verdicts(done)],
        }
        for name, done in found.items()
    }
    return {"machine": about, "targets": as_lines(found), "benches": benches}


def _row(found: Rounds, name: str, yardstick: str, parts: list[str]) -> tuple[str, ...]:
    own = found.rounds[0][name]
    is_road = own.p50_ms is not None
    ratio = str(found.ratio(name, yardstick, figures.rate)) if is_road else ""
    costs = [f"{_cost(found, name, part):,.0f}" if part in own.cpu_us else "" for part in parts]
    lags = [lag for each in found.rounds for lag in each[name].lag_s]
    return (
        name,
        _number(found.spread(name, figures.rate).mid),
        ratio,
        _milliseconds(found, name, figures.p50) if is_road else "",
        _milliseconds(found, name, figures.p95) if is_road and "p95_ms" in own.notes else "",
        _milliseconds(found, name, figures.p99) if is_road else "",
        *costs,
        f"{figures.percentile(lags, 0.99):.2f}" if lags else "",
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= ROUND_FROM else f"{value:.3g}"


def _cost(found: Rounds, name: str, part: str) -> float:
    return found.spread(name, lambda slot: slot.cpu_us[part]).mid


def _milliseconds(found: Rounds, name: str, of: Callable[[Slot], float]) -> str:
    return f"{found.spread(name, of).mid:.1f}"


def _line(verdict: Verdict) -> tuple[str, ...]:
    target = f"{'≥' if verdict.at_least else '≤'} {verdict.target:.3g}"
    why = f": {verdict.refused}" if verdict.refused else ""
    return (str(verdict.number), verdict.what, str(verdict.found or ""), target, verdict.word + why)


def _notes(found: Rounds) -> list[str]:
    slots = [slot for each in found.rounds for slot in each.values()]
    said = [f"Processes that are none of ours used {found.others:.0%} of the machine."]
    asked = [s.notes["own_cpu_us"] for s in slots if "own_cpu_us" in s.notes]
    if asked:
        own = Spread.of(asked)
        said.append(f"The load generator took {own.mid:.0f} µs CPU a request, on the same cores.")
        said.append(_answers(slots))
    votes = [slot.notes for slot in slots if "ledger_rows" in slot.notes]
    if votes:
        sent = sum(notes["requests"] for notes in votes)
        rows = sum(notes["ledger_rows"] for notes in votes)
        said.append(f"{sent:,} votes were asked for, and {rows:,} rows are in the ledger.")
    said += found.differences
    if any(slot.notes.get("ran_out") for slot in slots):
        said.append("Requests ran out before the time did: such a figure is too low.")
    return said


def _answers(slots: list[Slot]) -> str:
    answers: Counter[str] = Counter()
    for slot in slots:
        answers.update(slot.notes.get("statuses", {}))
    return f"Answers: {', '.join(f'{n:,} × {status}' for status, n in answers.items())}."
