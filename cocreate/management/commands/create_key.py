import argparse
from typing import Any

from django.core.management.base import CommandParser

from accounts.domain.keys import create_key
from accounts.enums import Scope
from accounts.models.credentials import DEFAULT_RATE
from cocreate.management import base


def scope(text: str) -> str:
    if text not in Scope.values:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(Scope.values)}")
    return text


class Command(base.Command):
    help = (
        "A brand's key, alone on the last line, shown this once. With the scope widget it is "
        "publishable (cow_…) and its signing secret stands on the line before; else it is "
        "secret (cos_…)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("brand")
        add = parser.add_argument
        known = ", ".join(Scope.values)
        add("--scopes", required=True, type=base.words(scope), metavar="S,S", help=known)
        sites = "the sites that may frame a widget"
        add("--origins", type=base.words(base.origin), default=[], metavar="URL,URL", help=sites)
        limit = f"requests a second, {DEFAULT_RATE} if not given; 0: no limit"
        add("--rate", type=base.natural, default=DEFAULT_RATE, metavar="N", help=limit)

    def handle(
        self, *, brand: str, scopes: list[str], origins: list[str], rate: int, **options: Any
    ) -> None:
        _key, secret, signing = create_key(
            brand=base.brand_named(brand),
            scopes=[Scope(word) for word in scopes],
            origins=origins,
            rate=rate,
            actor=None,
        )
        if signing:
            self.say(f"secret: {signing}")
        self.say(secret)
