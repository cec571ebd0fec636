import time
from typing import Any

from django.core.management.base import CommandParser

from cocreate.management import base, table
from ideas.domain import tally
from ideas.domain.tally import Difference
from ideas.models import Score, Vote, VoteEvent

MOST_SHOWN = 50


class Command(base.Command):
    help = (
        "Check that ledger = votes = counters, in one snapshot, while people vote. Prints what "
        "differs and ends with exit code 1, or says what was checked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        truth = "write the truth where counters or scores differ"
        parser.add_argument("--heal", action="store_true", help=truth)

    def handle(self, *, heal: bool, **options: Any) -> None:
        if heal:
            healed = tally.heal()
            self.show(healed)
            self.say(f"{len(healed)} healed.")
        begun = time.monotonic()
        differences = tally.verify()
        seconds = time.monotonic() - begun
        self.show(differences)
        if differences:
            remedy = "" if heal else "; --heal writes the truth into the counters"
            raise base.Refused(f"{len(differences)} differ{remedy}.")
        self.say(f"All is true: {checked()} checked in {seconds:.1f} s.")

    def show(self, differences: list[Difference]) -> None:
        rows = [(row.what, row.where, row.stored, row.truth) for row in differences[:MOST_SHOWN]]
        for line in table.lines(("what", "where", "stored", "should be"), rows):
            self.say(line)
        if len(differences) > MOST_SHOWN:
            self.say(f"… and {len(differences) - MOST_SHOWN} more")


def checked() -> str:
    counts = [(Score, "ideas"), (Vote, "votes"), (VoteEvent, "ledger rows")]
    return ", ".join(f"{model._default_manager.count():,} {name}" for model, name in counts)
