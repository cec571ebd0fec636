import time
from typing import Any

from django.conf import settings

from cocreate.domain import demo
from cocreate.management import base


class Command(base.Command):
    help = "Three brands with ideas, people and votes to look at. Only where nobody uses it yet."

    def handle(self, *, verbosity: int, **options: Any) -> None:
        if not demo.is_empty():
            renewed = demo.renew(folder=settings.VAR)
            if renewed and verbosity:
                self.say("The page of another site has a new key: this site has moved.")
            elif verbosity:
                self.say("No demo loaded: this install is in use.")
            return
        begun = time.monotonic()
        done = demo.load(folder=settings.VAR)
        seconds = time.monotonic() - begun
        self.say(
            f"Demo loaded in {seconds:.1f} s: {done.brands} brands, {done.ideas} ideas, "
            f"{done.people} people, {done.votes} votes. To sign in, see {done.accounts}"
        )
