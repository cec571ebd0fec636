"""Keeps copies of the scripts in static/embed under their hash: `python -m tools.keep_embed`.

Pages of other sites name a version and its integrity. A version that a release had is kept for
ninety days at least after the next one came; what no release had is kept by nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cocreate.lib import scripts
from cocreate.version import VERSION

KEPT_FOR = timedelta(days=90)
FOLDER = Path(__file__).resolve().parent.parent / "static" / "embed"


@dataclass(frozen=True)
class Line:
    """A version of a script, the day it came, and the release it came with."""

    of: str
    hash: str
    since: date
    release: str

    def __str__(self) -> str:
        return f"{self.of} {self.hash} {self.since} {self.release}\n"

    @property
    def name(self) -> str:
        return scripts.versioned(self.of, self.hash)


def lines(folder: Path = FOLDER) -> list[Line]:
    """Script by script, oldest first."""
    path = folder / "versions.txt"
    rows = [row.split() for row in path.read_text().splitlines()] if path.exists() else []
    return [
        Line(of, hash_, date.fromisoformat(since), release) for of, hash_, since, release in rows
    ]


def living(found: list[Line], today: date) -> Iterator[Line]:
    """Of one script, those whose successor is younger than ninety days."""
    for line, following in zip(found, [*found[1:], None], strict=True):
        if following is None or today - following.since <= KEPT_FOR:
            yield line


def keep(folder: Path, today: date, release: str) -> None:
    known = lines(folder)
    (folder / "kept").mkdir(exist_ok=True)
    found = [
        line
        for of in scripts.ALL
        for line in kept_of(folder, [one for one in known if one.of == of], of, today, release)
    ]
    (folder / "versions.txt").write_text("".join(map(str, found)))
    names = {line.name for line in found}
    for copy in (folder / "kept").iterdir():
        if copy.name not in names:
            copy.unlink()


def kept_of(folder: Path, found: list[Line], of: str, today: date, release: str) -> list[Line]:
    """The living versions of one script. Today's is written."""
    body = scripts.sent(of, folder)
    own = scripts.hash_of(body)
    if not found or found[-1].hash != own:
        if found and found[-1].release == release:  # it was never released
            found = found[:-1]
        found = [*(line for line in found if line.hash != own), Line(of, own, today, release)]
    found = list(living(found, today))
    (folder / "kept" / found[-1].name).write_bytes(body)
    return found


if __name__ == "__main__":
    keep(FOLDER, datetime.now(UTC).date(), VERSION)
