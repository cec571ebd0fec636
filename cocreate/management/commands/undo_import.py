import sys
import time
from typing import Any

from django.core.management.base import CommandParser

from cocreate.management import base
from cocreate.management.progress import Progress
from ideas.domain import tally
from ideas.importers import batches, undoing, working

MOST_SHOWN = 20


class Command(base.Command):
    help = (
        "Take back what an import brought: its votes and totals leave by rows of the ledger, its "
        "ideas are deleted as by their authors. Ideas that people have used since stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="as the import has said")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")

    def handle(self, *, code: str, dry_run: bool, **options: Any) -> None:
        begun, batch = time.monotonic(), base.import_named(code)
        if dry_run:
            found = undoing.foresee(batch)
            self.tell(found.ideas, found.votes, len(found.kept), found.kept)
            self.say(f"Nothing was written ({time.monotonic() - begun:.1f} s).")
            return
        batch = working.taken_on(batches.undo, batch=batch, actor=None)
        progress = Progress(sys.stderr, "ideas")
        try:
            working.run_to_end(batch, on_progress=progress)
        finally:
            progress.end()
        tally.fold_until_settled()
        count = batch.counts.get
        self.tell(count("gone", 0), count("votes_gone", 0), count("kept", 0), batch.kept)
        self.say(f"{time.monotonic() - begun:.1f} s in all.")

    def tell(self, ideas: int, votes: int, kept: int, named: list[tuple[str, str, str]]) -> None:
        self.say(f"{ideas:,} ideas and {votes:,} votes leave; {kept:,} ideas stay")
        for code, title, why in named[:MOST_SHOWN]:
            self.say(f"{code} stays, {undoing.REASONS[why]}: {title}")
        if kept > MOST_SHOWN:
            self.say(f"… and {kept - MOST_SHOWN:,} more")
