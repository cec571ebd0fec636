import argparse
import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from cocreate.load.filling import Done, fill
from cocreate.load.plan import FULL, Size
from cocreate.management import base, table

MEGABYTE = 1 << 20
MOST = 100_000_000


class Command(base.Command):
    help = (
        "Fill an empty install with made-up brands, people, ideas and votes, to measure at any"
        " size. Interrupted before the step 'vacuum', it has left nothing and is begun again;"
        " from there on the data are there, and what is left is VACUUM ANALYZE."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name in ("brands", "ideas", "users", "votes"):
            default = getattr(FULL, name)
            text = f"{default:,} if not given"
            parser.add_argument(f"--{name}", type=natural, default=default, metavar="N", help=text)
        share = "of all four, such as 0.1"
        parser.add_argument("--scale", type=scale, default=1.0, metavar="SHARE", help=share)
        seed = "another number, other data; the same number on the same day, the same data"
        parser.add_argument("--seed", type=base.natural, default=1, metavar="N", help=seed)
        parser.add_argument("--json", action="store_true", help="all figures, for programs")

    def handle(self, *, scale: float, seed: int, **options: Any) -> None:
        size = Size(*(options[name] for name in ("brands", "ideas", "users", "votes")))
        size = size.scaled(scale)
        end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        done = fill(size, seed=seed, end=end, folder=settings.VAR, tell=self.tell)
        if options["json"]:
            self.say(json.dumps(as_json(size, seed, done), indent=1))
        else:
            self.report(size, done)

    def tell(self, name: str, rows: int, seconds: float) -> None:
        """Beside the figures, so that those can be piped."""
        line = f"{seconds:7.1f} s  {name}" + (f": {rows:,}" if rows else "")
        self.stderr.write(line, lambda text: text)

    def report(self, size: Size, done: Done) -> None:
        head = ("table", "rows MB", "indexes MB")
        found = [
            (name, f"{rows / MEGABYTE:,.1f}", f"{indexes / MEGABYTE:,.1f}")
            for name, rows, indexes in done.sizes
        ]
        for line in table.lines(head, found, right=(1, 2)):
            self.say(line)
        self.say(
            f"Loaded in {done.seconds:.0f} s: {size.brands:,} brands, {size.ideas:,} ideas, "
            f"{size.users:,} people, {size.votes:,} votes. The largest brand is /b/load-1/. "
            f"To sign in, see {done.accounts}"
        )


def as_json(size: Size, seed: int, done: Done) -> dict[str, Any]:
    return {
        "seconds": round(done.seconds, 1),
        "asked": {**vars(size), "seed": seed},
        "steps": [
            {"name": name, "rows": rows, "seconds": round(seconds, 2)}
            for name, rows, seconds in done.steps
        ],
        "bytes": {name: {"table": rows, "indexes": indexes} for name, rows, indexes in done.sizes},
        "accounts": str(done.accounts),
    }


def natural(text: str) -> int:
    """An argparse type: a whole number from 1 to a hundred millions."""
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to {MOST:,}")
    return int(text)


def scale(text: str) -> float:
    """An argparse type: a share above nothing."""
    try:
        share = float(text)
    except ValueError:
        share = 0
    if not 0 < share <= 10:
        raise argparse.ArgumentTypeError(f"{text!r} is no share such as 0.1")
    return share
