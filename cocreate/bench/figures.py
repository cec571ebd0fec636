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
    """A target, by its number: `what` must be at least or at most `target`."""

    number: int
    what: str
    found: Spread
    target: float
    at_least: bool
    refused: str = ""

    @property
    def word(self) -> str:
        if self.refused:
            return "refused"
        met = self.found.mid >= self.target if self.at_least else self.found.mid <= self.target
        return "met" if met else "missed"

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"verdict": self.word}


@dataclass
class Rounds:
    """Slots of the same names in every round, so that each ratio is taken within a round."""

    rounds: list[dict[str, Slot]] = field(default_factory=list)
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


def percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0
