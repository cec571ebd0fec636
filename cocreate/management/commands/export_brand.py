from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from cocreate.management import base
from cocreate.move import leaving

WITHOUT = "People enter with a code to their mailbox: no passwords are in it (--with-passwords)."
WITH = "Hashes of passwords are in it: guard it as you guard the database."


class Command(base.Command):
    help = "One brand in one file, with its people, votes and pictures, for another install."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("brand", metavar="SLUG")
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--force", action="store_true", help="write over a file that exists")
        passwords = "put the hashes of passwords in: where both installs are yours"
        parser.add_argument("--with-passwords", action="store_true", help=passwords)

    def handle(
        self, *, brand: str, file: Path, force: bool, with_passwords: bool, **_options: Any
    ) -> None:
        found = base.brand_named(brand)
        made = leaving.export(found, file, with_passwords=with_passwords, force=force)
        ideas, events = made.rows["ideas_idea"], made.rows["ideas_voteevent"]
        pictures = sum(name.startswith("media/") for name in made.parts)
        self.say(f"{file}: {file.stat().st_size:,} bytes, {ideas:,} ideas, {events:,} rows of the")
        self.say(f"ledger, {pictures:,} pictures. Addresses of people are in it.")
        self.say(WITH if with_passwords else WITHOUT)
