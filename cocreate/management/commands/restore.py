from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from cocreate.backup import restoring
from cocreate.management import base, table


class Command(base.Command):
    help = (
        "Put a backup back: database and pictures, brought to this version, every counter counted "
        "again and verified. Stop the site first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        force = "replace what is in this install now"
        parser.add_argument("--force", action="store_true", help=force)

    def handle(self, *, file: Path, force: bool, **_options: Any) -> None:
        differences = restoring.restore(file, force=force, say=self.say)
        rows = [(row.what, row.where, row.stored, row.truth) for row in differences[:50]]
        for line in table.lines(("what", "where", "stored", "should be"), rows):
            self.say(line)
        if differences:
            raise base.Refused(
                f"Restored, and {len(differences)} differ: see ./run manage verify_tallies."
            )
        self.say("Restored: every counter was counted again from the votes, and all is true.")
