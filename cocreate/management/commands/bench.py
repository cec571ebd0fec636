import argparse
import json
import signal
from typing import Any

from django.core.management.base import CommandParser

from cocreate.bench import database, fill, report
from cocreate.bench.figures import Rounds
from cocreate.bench.options import Options
from cocreate.bench.others import Others
from cocreate.bench.report import BENCHES, ON_A_SITE, USUAL
from cocreate.bench.site import CLIENTS, cores, running_site
from cocreate.management import base

ROUNDS, SECONDS, MOST_ROUNDS, MOST_SECONDS = 3, 1.5, 100, 60
SCALE, SCALES = 0.1, "0.01,0.1"


class Command(base.Command):
    help = (
        "The benchmarks, each beside its yardstick measured in the same round: through the real "
        "server and all of its middleware, on databases made for it and dropped afterwards "
        "(docs/performance.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        names = f"of {', '.join(BENCHES)}; if none is given, all but growth and servers"
        add("names", nargs="*", metavar="NAME", help=names)
        add("--json", action="store_true", help="a list with a line for each target")
        add("--full", action="store_true", help="all figures of all rounds, as JSON")
        add("--rounds", type=base.natural, default=ROUNDS, help=f"{ROUNDS} if not given")
        add("--seconds", type=float, default=SECONDS, help=f"of each, {SECONDS} if not given")
        scale = f"of generate_load for `data`, {SCALE} if not given"
        add("--scale", type=share, default=SCALE, metavar="SHARE", help=scale)
        scales = f"for `growth`, smallest first, {SCALES} if not given"
        add("--scales", type=shares, default=shares(SCALES), metavar="SHARES", help=scales)
        template = "a database of generate_load in the same server, copied for `data`, and for"
        add("--template", default="", metavar="DATABASE", help=f"{template} `growth` at 1")

    def handle(self, *, names: list[str], rounds: int, seconds: float, **options: Any) -> None:
        if unknown := [name for name in names if name not in BENCHES]:
            raise base.WrongArguments(f"{', '.join(unknown)} is none of {', '.join(BENCHES)}")
        if not (1 <= rounds <= MOST_ROUNDS and 0 < seconds <= MOST_SECONDS):
            raise base.WrongArguments(f"1 to {MOST_ROUNDS} rounds, up to {MOST_SECONDS} seconds")
        signal.signal(signal.SIGTERM, interrupt)  # a polite end drops the database too
        asked = Options(
            rounds, seconds, options["scale"], self.tell, options["scales"], options["template"]
        )
        found, about = measure(names or USUAL, asked)
        if options["full"]:
            self.say(json.dumps(report.as_json(found, about), indent=1))
        elif options["json"]:
            self.say(json.dumps(report.as_lines(found), indent=1, ensure_ascii=False))
        else:
            self.report(found, about)

    def report(self, found: dict[str, Rounds], about: dict[str, str]) -> None:
        for name, done in found.items():
            for line in report.lines(name, done):
                self.say(line)
        if len(found) > 1:
            self.say("\nall targets")
            for line in report.verdict_lines(report.in_order(found)):
                self.say(line)
        self.say(", ".join(f"{key} {value}" for key, value in about.items()))

    def tell(self, line: str) -> None:
        """Beside the figures, so that those can be piped."""
        self.stderr.write(line, lambda text: text)


def share(text: str) -> float:
    """An argparse type."""
    try:
        found = float(text)
    except ValueError:
        found = 0
    if not 0 < found <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share such as 0.1")
    return found


def shares(text: str) -> list[float]:
    """An argparse type: several, with commas between them."""
    return sorted({share(part) for part in text.split(",")})


def measure(names: list[str], options: Options) -> tuple[dict[str, Rounds], dict[str, str]]:
    """The rounds of each bench, and what machine it was."""
    about = {"cores": str(cores()), "clients": str(CLIENTS)} | database.facts()
    found = {}
    if on_a_site := [name for name in ON_A_SITE if name in names]:
        found = measure_on_a_site(on_a_site, options)
    for name in names:
        if name not in ON_A_SITE:
            with Others() as others:
                found[name] = BENCHES[name].run(options)
            found[name].others = others.share
    return found, about


def measure_on_a_site(names: list[str], options: Options) -> dict[str, Rounds]:
    options.tell("filling a database and starting the site …")
    rounds, seconds, tell = options.rounds, options.seconds, options.tell
    with database.own_database() as url:
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
    return found


def interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
