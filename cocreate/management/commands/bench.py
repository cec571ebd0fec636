import json
import signal
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandParser

from cocreate.bench import database, fill, report
from cocreate.bench.figures import Rounds
from cocreate.bench.others import Others
from cocreate.bench.report import BENCHES
from cocreate.bench.site import CLIENTS, cores, running_site
from cocreate.management import base

ROUNDS, SECONDS, MOST_ROUNDS, MOST_SECONDS = 3, 1.5, 100, 60


class Command(base.Command):
    help = (
        "The benchmarks, each beside its yardstick measured in the same round: through the real "
        "server and all of its middleware, on a database made for it and dropped afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add(
            "names",
            nargs="*",
            metavar="NAME",
            help=f"of {', '.join(BENCHES)}; all if none is given",
        )
        add("--json", action="store_true", help="all figures, for programs")
        add("--rounds", type=base.natural, default=ROUNDS, help=f"{ROUNDS} if not given")
        add("--seconds", type=float, default=SECONDS, help=f"of each, {SECONDS} if not given")

    def handle(self, *, names: list[str], rounds: int, seconds: float, **options: Any) -> None:
        if unknown := [name for name in names if name not in BENCHES]:
            raise base.WrongArguments(f"{', '.join(unknown)} is none of {', '.join(BENCHES)}")
        if not (1 <= rounds <= MOST_ROUNDS and 0 < seconds <= MOST_SECONDS):
            raise base.WrongArguments(f"1 to {MOST_ROUNDS} rounds, up to {MOST_SECONDS} seconds")
        signal.signal(signal.SIGTERM, interrupt)  # a polite end drops the database too
        found, about = measure(names or list(BENCHES), rounds, seconds, self.tell)
        if options["json"]:
            self.say(json.dumps(report.as_json(found, about), indent=1))
            return
        for name, done in found.items():
            for line in report.lines(name, done):
                self.say(line)
        self.say(", ".join(f"{key} {value}" for key, value in about.items()))

    def tell(self, line: str) -> None:
        """Beside the figures, so that those can be piped."""
        self.stderr.write(line, lambda text: text)


def measure(
    names: list[str], rounds: int, seconds: float, tell: Callable[[str], None]
) -> tuple[dict[str, Rounds], dict[str, str]]:
    """The rounds of each bench, and what machine it was."""
    tell("filling a database and starting the site …")
    with database.own_database() as url:
        about = {"cores": str(cores()), "clients": str(CLIENTS)} | database.facts()
        prepared = {name: BENCHES[name].prepare(seconds) for name in names}
        fill.count_afresh()
        database.vacuum()
        found = {}
        with running_site(url) as site:
            for name, ready in prepared.items():
                with Others() as others:
                    run = BENCHES[name].run
                    found[name] = run(site, ready, rounds=rounds, seconds=seconds, tell=tell)
                found[name].others = others.share
    return found, about


def interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
