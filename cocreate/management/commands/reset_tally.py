import time
from typing import Any

from cocreate.management import base
from ideas.domain import tally


class Command(base.Command):
    help = (
        "Count everything again from the votes and start the tally here: after a restore, or after "
        "a change of a half-life. Votes wait while it runs."
    )

    def handle(self, **options: Any) -> None:
        begun = time.monotonic()
        tally.reset()
        seconds = time.monotonic() - begun
        self.say(f"Every counter was counted again from the votes in {seconds:.1f} s.")
