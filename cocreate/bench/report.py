"""What a bench found, as tables for people and as JSON for programs."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from types import ModuleType
from typing import Any

from cocreate.bench import discover, embed, figures, lists, search, similar, vote
from cocreate.bench.figures import Rounds, Slot, Spread, Verdict
from cocreate.management import table

BENCHES: dict[str, ModuleType] = {
    "vote": vote, "list": lists, "discover": discover, "search": search, "similar": similar,
    "embed": embed,
}  # fmt: skip
PARTS = ("web", "postgres", "valkey", "workers")
HEAD = ("", "/s", "÷ pgbench", "p50 ms", "p99 ms", *(f"{part} µs" for part in PARTS), "lag p99 s")


def lines(name: str, found: Rounds) -> list[str]:
    """Middles over the rounds; ratios with the smallest and the largest."""
    rows = [_row(found, slot, BENCHES[name].yardstick_of(slot)) for slot in found.names]
    verdicts = BENCHES[name].verdicts(found)
    return [
        f"\n{name}",
        *table.lines(HEAD, rows, right=range(1, len(HEAD))),
        "",
        *table.lines(("target", "", "found", "", "verdict"), [_line(v) for v in verdicts]),
        "",
        BENCHES[name].NOTE,
        *_notes(found),
    ]


def as_json(found: dict[str, Rounds], about: dict[str, str]) -> dict[str, Any]:
    benches = {
        name: {
            "others": done.others,
            "rounds": [[asdict(slot) for slot in each.values()] for each in done.rounds],
            "verdicts": [verdict.as_json() for verdict in BENCHES[name].verdicts(done)],
        }
        for name, done in found.items()
    }
    return {"machine": about, "benches": benches}


def _row(found: Rounds, name: str, yardstick: str) -> tuple[str, ...]:
    own = found.rounds[0][name]
    is_road = own.p50_ms is not None
    ratio = str(found.ratio(name, yardstick, lambda slot: slot.per_second)) if is_road else ""
    costs = [f"{_cost(found, name, part):,.0f}" if part in own.cpu_us else "" for part in PARTS]
    lags = [lag for each in found.rounds for lag in each[name].lag_s]
    return (
        name,
        f"{found.spread(name, lambda slot: slot.per_second).mid:,.0f}",
        ratio,
        _milliseconds(found, name, lambda slot: slot.p50_ms) if is_road else "",
        _milliseconds(found, name, lambda slot: slot.p99_ms) if is_road else "",
        *costs,
        f"{figures.percentile(lags, 0.99):.2f}" if lags else "",
    )


def _cost(found: Rounds, name: str, part: str) -> float:
    return found.spread(name, lambda slot: slot.cpu_us[part]).mid


def _milliseconds(found: Rounds, name: str, of: Callable[[Slot], float | None]) -> str:
    return f"{found.spread(name, lambda slot: of(slot) or 0.0).mid:.1f}"


def _line(verdict: Verdict) -> tuple[str, ...]:
    target = f"{'≥' if verdict.at_least else '≤'} {verdict.target}"
    why = f": {verdict.refused}" if verdict.refused else ""
    return (str(verdict.number), verdict.what, str(verdict.found), target, verdict.word + why)


def _notes(found: Rounds) -> list[str]:
    slots = [slot for each in found.rounds for slot in each.values()]
    own = Spread.of([s.notes["own_cpu_us"] for s in slots if "own_cpu_us" in s.notes])
    said = [f"The load generator took {own.mid:.0f} µs CPU a request, on the same cores."]
    said.append(f"Processes that are none of ours used {found.others:.0%} of the machine.")
    votes = [slot.notes for slot in slots if "ledger_rows" in slot.notes]
    if votes:
        asked = sum(notes["requests"] for notes in votes)
        rows = sum(notes["ledger_rows"] for notes in votes)
        said.append(f"{asked:,} votes were asked for, and {rows:,} rows are in the ledger.")
    answers: Counter[str] = Counter()
    for slot in slots:
        answers.update(slot.notes.get("statuses", {}))
    said.append(f"Answers: {', '.join(f'{n:,} × {status}' for status, n in answers.items())}.")
    if any(slot.notes.get("ran_out") for slot in slots):
        said.append("Requests ran out before the time did: such a figure is too low.")
    return said
