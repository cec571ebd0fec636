import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import CommandParser

from cocreate.management import base
from cocreate.management.progress import Progress
from ideas.domain import tally
from ideas.importers import batches, working
from ideas.importers.columns import COLUMNS, Plan
from ideas.importers.remarks import Remark, Report
from ideas.models import Challenge, ImportBatch
from ideas.models.challenge import PERMANENT_SLUG

MOST_SHOWN = 20


class Command(base.Command):
    help = (
        "A table of ideas (CSV, or the PROJECTS of a .pb file) becomes ideas of a brand; totals of "
        "votes without voters are counted as imported. Repeatable: the same row is the same idea."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("brand")
        parser.add_argument("file", type=Path)
        add = parser.add_argument
        add("--challenge", default=PERMANENT_SLUG, metavar="C", help="slug of the question")
        pairs = f"which column is what; ours are {', '.join(COLUMNS)}; `ours=` takes none"
        add("--map", action="append", default=[], metavar="ours=theirs,…", help=pairs)
        add("--date-format", default="", metavar="F", help="as of strptime: %%d/%%m/%%Y %%H:%%M")
        add("--language", default="", metavar="L", help="of ideas whose row says none, such as es")
        add("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(
        self, *, brand: str, file: Path, challenge: str, dry_run: bool, **options: Any
    ) -> None:
        begun = time.monotonic()
        place = base.challenge_named(base.brand_named(brand), challenge)
        known = {
            "said": [pair for pairs in options["map"] for pair in pairs.split(",") if pair.strip()],
            "date_format": options["date_format"],
            "language": options["language"],
        }
        with opened(file) as table:
            if dry_run:
                batch, report = self.foresee(place, table, known)
            else:
                batch, report = self.import_file(place, table, file.name, known)
        for line in told(batch, report, time.monotonic() - begun, dry_run=dry_run):
            self.say(line)
        if report.counts.get("rows") and report.counts.get("skipped") == report.counts["rows"]:
            raise base.Refused("No row could be taken.")

    def foresee(
        self, challenge: Challenge, table: BinaryIO, known: dict[str, Any]
    ) -> tuple[ImportBatch, Report]:
        plan, rows = batches.planned(table, **known)
        batch = ImportBatch(
            brand=challenge.brand, challenge=challenge, plan=plan.as_json(), rows=rows
        )
        progress = Progress(sys.stderr, "rows")
        try:
            return batch, working.foreseen(batch, table, progress)
        finally:
            progress.end()

    def import_file(
        self, challenge: Challenge, table: BinaryIO, name: str, known: dict[str, Any]
    ) -> tuple[ImportBatch, Report]:
        batch = batches.prepare(
            brand=challenge.brand, challenge=challenge, file=table, file_name=name, actor=None,
            **known,
        )  # fmt: skip
        batch = working.taken_on(batches.start, batch=batch, actor=None)
        progress = Progress(sys.stderr, "rows")
        try:
            working.run_to_end(batch, on_progress=progress)
        finally:
            progress.end()
        tally.fold_until_settled()
        return batch, Report(batch.counts, [Remark(*each) for each in batch.report])


def opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise base.Refused(f"{path} cannot be read: {error.strerror}.") from error


def told(batch: ImportBatch, report: Report, seconds: float, *, dry_run: bool) -> Iterator[str]:
    plan, count = Plan.from_json(batch.plan), report.counts.get
    brand, challenge = batch.challenge.brand, batch.challenge
    yield f"{challenge.title}: {settings.PUBLIC_URL}/b/{brand.slug}/c/{challenge.slug}/"
    yield "columns: " + ", ".join(f"{ours} = {theirs}" for ours, theirs in plan.columns.items())
    if plan.unused:
        yield "not used: " + ", ".join(plan.unused)
    if "created" in plan.columns:
        yield f"dates are read as {plan.date_format}"
    hidden = f" ({unseen:,} hidden)" if (unseen := count("hidden")) else ""
    yield (
        f"{count('rows', 0):,} rows: {count('new', 0):,} new ideas{hidden}, "
        f"{count('known', 0):,} here "
        f"already ({count('changed', 0):,} with other totals), {count('skipped', 0):,} skipped; "
        f"{count('votes', 0):+,} votes of totals"
    )
    if unseen := count("votes_unseen"):
        yield f"{unseen:,} of these votes are on hidden ideas: no page counts them"
    yield from (f"line {each.line:,}{named(each)}: {said(each)}" for each in shown(report))
    more = count("skipped", 0) + count("noted", 0) - len(shown(report))
    if more:
        yield f"… and {more:,} more remarks"
    if dry_run:
        yield f"Nothing was written ({seconds:.1f} s)."
    else:
        yield f"{seconds:.1f} s in all. To take it back: undo_import {batch.code}"


def shown(report: Report) -> list[Remark]:
    return report.remarks[:MOST_SHOWN]


def named(each: Remark) -> str:
    return f", {each.column}" if each.column else ""


def said(each: Remark) -> str:
    return each.sentence + (" (skipped)" if each.is_skip else "")
