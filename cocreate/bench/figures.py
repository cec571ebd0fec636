"""Rounds, what is taken from them, and when a verdict may be given."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

STEADY = 2.0  # a yardstick that varies more than this judges nothing
FEWEST_ROUNDS = 2
MOST_FOR_OTHERS = 0.2


@dataclass(frozen=True)
class Slot:
    """One measurement: something loaded for a few seconds.

    `per_second` counts what has been achieved (new ledger rows for votes, answers for lists), for a
    yardstick as for a road. CPU is microseconds for each of those.
    """

    name: str
    per_second: float
    requests_per_second: float = 0.0
    p50_ms: float | None = None
    p99_ms: float | None = None
    cpu_us: dict[str, float] = field(default_factory=dict)
    lag_s: list[float] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Spread:
    """Smallest, middle and largest over the rounds."""

    low: float
    mid: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(min(values), median(values), max(values))

    def __str__(self) -> str:
        return f"{self.mid:.3g} ({self.low:.3g}–{self.high:.3g})"


@dataclass(frozen=True)
class Verdict:
    """A target, by its number: `what` must be at least or at most `target`.

    `found` is `ours` in terms of the yardstick, or `ours` itself where there is none; None: nothing
    was measured. `peer`: the yardstick is a constant, measured on another machine at another hour.
    """

    number: int
    what: str
    found: Spread | None
    target: float
    at_least: bool
    refused: str = ""
    ours: float | None = None
    yardstick: float | None = None
    peer: bool = False

    @property
    def word(self) -> str:
        if self.found is None:
            return "not measured"
        if self.refused:
            return "refused"
        return "met" if self._is_met else "missed"

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"verdict": self.word}

    def as_line(self) -> dict[str, Any]:
        """`ok` is null where no verdict may be given, and `reason` says why."""
        line = {
            "target": self.number, "name": self.what, "ours": self.ours,
            "yardstick": self.yardstick, "ratio": self.found.mid if self.found else None,
            "goal": self.target, "at_least": self.at_least,
            "ok": None if self.refused else self._is_met,
        }  # fmt: skip
        return line | ({"peer": True} if self.peer else {}) | self._reason

    @property
    def _is_met(self) -> bool:
        if self.found is None:
            return False
        return self.found.mid >= self.target if self.at_least else self.found.mid <= self.target

    @property
    def _reason(self) -> dict[str, str]:
        return {"reason": self.refused} if self.refused else {}


@dataclass
class Rounds:
    """Slots of the same names in every round, so that each ratio is taken within a round."""

    rounds: list[dict[str, Slot]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)  # what was not true at the end
    others: float = 0.0  # the share of the machine that other processes used meanwhile

    @property
    def names(self) -> list[str]:
        return list(self.rounds[0]) if self.rounds else []

    def values(self, name: str, of: Callable[[Slot], float]) -> list[float]:
        return [of(found[name]) for found in self.rounds]

    def spread(self, name: str, of: Callable[[Slot], float]) -> Spread:
        return Spread.of(self.values(name, of))

    def ratio(self, name: str, to: str, of: Callable[[Slot], float]) -> Spread:
        pairs = zip(self.values(name, of), self.values(to, of), strict=True)
        return Spread.of([ours / theirs if theirs else 0.0 for ours, theirs in pairs])

    def against(
        self,
        number: int,
        what: str,
        name: str,
        yardstick: str,
        of: Callable[[Slot], float],
        *,
        least: float | None = None,
        most: float | None = None,
        refused: str = "",
    ) -> Verdict:
        """A figure of one slot in terms of the same figure of another."""
        target, at_least = _goal(least, most)
        return Verdict(
            number, what, self.ratio(name, yardstick, of), target, at_least, refused,
            self.spread(name, of).mid, self.spread(yardstick, of).mid,
        )  # fmt: skip

    def beside_peer(
        self,
        number: int,
        what: str,
        name: str,
        peer: float,
        of: Callable[[Slot], float],
        *,
        least: float | None = None,
        most: float | None = None,
        timed: bool = True,
    ) -> Verdict:
        """A figure of one slot in terms of a constant. `timed`: what else ran may have moved it."""
        target, at_least = _goal(least, most)
        ours = self.values(name, of)
        return Verdict(
            number, what, Spread.of([value / peer for value in ours]), target, at_least,
            self.unsteady() if timed else "", median(ours), peer, peer=True,
        )  # fmt: skip

    def alone(
        self,
        number: int,
        what: str,
        values: Sequence[float],
        *,
        least: float | None = None,
        most: float | None = None,
        refused: str = "",
    ) -> Verdict:
        """A figure that has a bound of its own, one value a round."""
        target, at_least = _goal(least, most)
        found = Spread.of(values)
        return Verdict(number, what, found, target, at_least, refused, ours=found.mid)

    def unsteady(self, *yardsticks: str) -> str:
        """Why no verdict may be given; empty: it may."""
        if len(self.rounds) < FEWEST_ROUNDS:
            return f"{len(self.rounds)} round does not show how steady it was"
        if self.others > MOST_FOR_OTHERS:
            return f"others used {self.others:.0%} of the machine"
        for name in yardsticks:
            rates = self.values(name, lambda slot: slot.per_second)
            if max(rates) > STEADY * min(rates):
                factor = max(rates) / max(min(rates), 1e-9)
                return f"{name} varied by {factor:.1f} times between rounds"
        return ""


def rate(slot: Slot) -> float:
    return slot.per_second


def p50(slot: Slot) -> float:
    return slot.p50_ms or 0.0


def p95(slot: Slot) -> float:
    return float(slot.notes["p95_ms"])


def p99(slot: Slot) -> float:
    return slot.p99_ms or 0.0


def cpu_ms(slot: Slot) -> float:
    """Of all that an answer needs; the workers behind it have their own time."""
    return sum(slot.cpu_us.get(part, 0.0) for part in ("web", "postgres", "valkey")) / 1000


def not_measured(number: int, what: str, why: str, target: float, *, at_least: bool) -> Verdict:
    return Verdict(number, what, None, target, at_least, why)


def _goal(least: float | None, most: float | None) -> tuple[float, bool]:
    """Exactly one of them is given."""
    if least is not None:
        return least, True
    assert most is not None  # noqa: S101 - our own callers
    return most, False


def percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0
