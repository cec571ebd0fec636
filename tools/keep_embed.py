"""Keeps a copy of static/embed/cocreate.js under its hash: `python -m tools.keep_embed`.

Pages of other sites name a version and its integrity. A version that a release had is kept for
ninety days at least after the next one came; what no release had is kept by nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cocreate.lib.scripts import TODAY, hash_of, sent, versioned
from cocreate.version import VERSION

KEPT_FOR = timedelta(days=90)
FOLDER = Path(__file__).resolve().parent.parent / "static" / "embed"


@dataclass(frozen=True)
class Line:
    """A version, the day it came, and the release it came with."""

    hash: str
    since: date
    release: str

    def __str__(self) -> str:
        return f"{self.hash} {self.since} {self.release}\n"


def lines(folder: Path = FOLDER) -> list[Line]:
    """Oldest first."""
    path = folder / "versions.txt"
    rows = [row.split() for row in path.read_text().splitlines()] if path.exists() else []
    return [Line(hash_, date.fromisoformat(since), release) for hash_, since, release in rows]


def living(found: list[Line], today: date) -> Iterator[Line]:
    """Those whose successor is younger than ninety days."""
    for line, following in zip(found, [*found[1:], None], strict=True):
        if following is None or today - following.since <= KEPT_FOR:
            yield line


def keep(folder: Path, today: date, release: str) -> None:
    body = sent((folder / TODAY).read_bytes())
    own = hash_of(body)
    found = lines(folder)
    if not found or found[-1].hash != own:
        if found and found[-1].release == release:  # it was never released
            found.pop()
        found = [*(line for line in found if line.hash != own), Line(own, today, release)]
    found = list(living(found, today))
    (folder / "versions.txt").write_text("".join(map(str, found)))
    (folder / "kept").mkdir(exist_ok=True)
    (folder / "kept" / versioned(own)).write_bytes(body)
    names = {versioned(line.hash) for line in found}
    for copy in (folder / "kept").iterdir():
        if copy.name not in names:
            copy.unlink()


if __name__ == "__main__":
    keep(FOLDER, datetime.now(UTC).date(), VERSION)
