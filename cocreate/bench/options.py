"""What somebody asked of the bench."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Options:
    """`template` names a database of made-up data in the same server, which is copied where else a
    new one would be filled at `scale`.
    """

    rounds: int
    seconds: float
    scale: float
    tell: Callable[[str], None]
    scales: list[float] = field(default_factory=list)
    template: str = ""

    def tell_step(self, name: str, rows: int, seconds: float) -> None:
        """A step of generate_load."""
        self.tell(f"{seconds:7.1f} s  {name}" + (f": {rows:,}" if rows else ""))
