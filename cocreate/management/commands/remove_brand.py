from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from cocreate.management import base
from cocreate.move import farewell


class Command(base.Command):
    help = (
        "Delete a brand that lives elsewhere now (export_brand, import_brand), with everything in "
        "it. People keep their accounts here. It cannot be undone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("brand", metavar="SLUG")
        exported = "its file, which has to be what is here now"
        parser.add_argument("--exported", metavar="FILE", type=Path, required=True, help=exported)
        at_once = "also while its people are being told of something"
        parser.add_argument("--at-once", action="store_true", help=at_once)

    def handle(self, *, brand: str, exported: Path, at_once: bool, **_options: Any) -> None:
        gone = farewell.remove(base.brand_named(brand), exported, at_once=at_once)
        self.say(f"{brand} is gone: {gone:,} rows. Keep its redirects (brand_addresses).")
