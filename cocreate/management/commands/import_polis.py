import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from cocreate.management import base, table
from cocreate.management.progress import Progress
from ideas.importers.polis import Imported, import_folder

MOST_SHOWN = 20
LONG_AGO = timedelta(days=365)
CLOSED_HINT = (
    "Its newest vote is of {day}, and people may vote on here: if the conversation is over, run "
    "this again with --closed."
)


class Command(base.Command):
    help = (
        "A conversation exported from Polis (a folder with comments.csv, votes.csv and "
        "summary.csv) as a challenge. Its dated votes go through the vote path. Repeatable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("brand")
        parser.add_argument("folder", type=Path)
        over = "the conversation is over: close the question when its votes are in"
        parser.add_argument("--closed", action="store_true", help=over)

    def handle(self, *, brand: str, folder: Path, closed: bool, **options: Any) -> None:
        begun = time.monotonic()
        progress = Progress(sys.stderr, "votes")
        try:
            done = import_folder(
                brand=base.brand_named(brand), folder=folder, actor=None, closed=closed,
                on_progress=progress,
            )  # fmt: skip
        finally:
            progress.end()
        for line in told(done, time.monotonic() - begun):
            self.say(line)
        if done.differences:
            head = ("what", "idea", "stored", "should be")
            for line in table.lines(head, done.differences[:MOST_SHOWN]):
                self.say(line)
            raise base.Refused(f"{len(done.differences)} counters differ; see verify_tallies.")


def told(done: Imported, seconds: float) -> list[str]:
    challenge = done.challenge
    url = f"{settings.PUBLIC_URL}/b/{challenge.brand.slug}/c/{challenge.slug}/"
    outcomes = [f"{count:,} {outcome}" for outcome, count in done.outcomes.most_common()]
    rate = done.cast / done.cast_seconds if done.cast else 0
    return [
        f"{challenge.title}: {url}",
        f"{done.comments:,} ideas ({done.new_ideas:,} new, {done.new_hidden:,} of them hidden), "
        f"{done.people:,} people",
        f"{done.votes:+,} votes stand" + unseen(done),
        f"{done.rows:,} rows: {', '.join(outcomes) or 'none cast'}; "
        f"{done.known:,} were here already",
        f"{done.agreeing:,} of {done.comments:,} ideas have the counts of comments.csv, the others "
        f"are {done.apart:,} votes apart; comments.csv counts again each of the {done.repeated:,} "
        "rows that repeat a person's vote",
        *skipped(done),
        f"{done.cast:,} votes in {done.cast_seconds:.1f} s ({rate:,.0f} votes/s), "
        f"{seconds:.1f} s in all; counters verified",
        *closed_hint(done),
        f"To take it back: undo_import {done.batch.code}"
        if done.is_new
        else "There was nothing new in it.",
    ]


def closed_hint(done: Imported) -> list[str]:
    """Where nobody has voted there for long, and people still may here."""
    newest = done.newest
    if newest is None or done.challenge.closed or newest > timezone.now() - LONG_AGO:
        return []
    return [CLOSED_HINT.format(day=f"{newest:%Y-%m-%d}")]


def unseen(done: Imported) -> str:
    return f", {done.unseen:,} of them on hidden ideas, which no page counts" if done.unseen else ""


def skipped(done: Imported) -> list[str]:
    lines = [f"{file}:{line} skipped: {why}" for file, line, why in done.skipped[:MOST_SHOWN]]
    if len(done.skipped) > MOST_SHOWN:
        lines.append(f"… and {len(done.skipped) - MOST_SHOWN:,} more lines skipped")
    return lines
