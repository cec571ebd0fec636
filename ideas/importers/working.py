"""The rows of an import, chunk by chunk, until the last.

The row of the batch is the promise. Whoever works on it holds that row for one chunk and moves
`taken` in the same transaction, so a worker that is killed loses no row and writes none twice;
another goes on where it stopped.
"""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import BinaryIO

from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from cocreate.lib.errors import LOST_DATABASE
from ideas.domain import figures
from ideas.enums import ImportKind, ImportState
from ideas.importers import files, undoing, writing
from ideas.importers.batches import LEASE, close_batch
from ideas.importers.columns import Plan
from ideas.importers.holding import Overtaken, report_of
from ideas.importers.remarks import Left, Report, remark
from ideas.importers.rows import Reader, Taken
from ideas.models import ImportBatch, StatusStep

log = logging.getLogger(__name__)

CHUNK = 200  # rows of a transaction
DRAFTS_KEPT = timedelta(days=7)
REMARKS_KEPT = timedelta(days=30)
COMMAND_IS_GONE = timedelta(minutes=5)
WAIT_SECONDS = 0.5
RETRIES = 5
DEADLOCK = "40P01"
READS = [ImportState.CHECKING, ImportState.WAITING, ImportState.RUNNING]
WORKED_ON = Q(state=ImportState.UNDOING) | Q(kind=ImportKind.IDEAS, state__in=READS)

CLAIM = """
    UPDATE ideas_importbatch SET touched_at = clock_timestamp(),
           state = CASE state WHEN 'waiting' THEN 'running' ELSE state END
     WHERE id = %s AND touched_at = %s
"""

Progress = Callable[[int, int], None]
Does = Callable[[ImportBatch, list[Taken], Report], None]


def _silently(_done: int, _total: int) -> None:
    pass


def work(seconds: float) -> int:
    """Go on with the imports that wait, for so long. Returns how many were worked on. May run
    several times at once.
    """
    _give_up_interrupted()
    end, done = time.monotonic() + seconds, 0
    for batch in _claimed():
        done += 1
        run(batch, until=end)
        if time.monotonic() >= end:
            break
    return done


def _claimed() -> Iterator[ImportBatch]:
    """One after the other, oldest first, those that nobody works on."""
    waiting = ImportBatch.objects.filter(WORKED_ON, touched_at__lte=Now() - LEASE)
    for pk, touched_at in list(waiting.order_by("pk").values_list("pk", "touched_at")):
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [pk, touched_at])
            is_ours = cursor.rowcount == 1
        if is_ours:
            yield ImportBatch.objects.select_related("brand", "challenge__rules").get(pk=pk)


@transaction.atomic
def taken_on(
    verb: Callable[..., ImportBatch], *, batch: ImportBatch, actor: User | None
) -> ImportBatch:
    """Start or undo it, to be worked on by whoever calls this and by no worker."""
    held = verb(batch=batch, actor=actor)
    rows = ImportBatch.objects.filter(pk=held.pk)
    if held.state == ImportState.WAITING:
        rows.update(state=ImportState.RUNNING)
        held.state = ImportState.RUNNING
    rows.update(touched_at=Now())
    return held


def run_to_end(batch: ImportBatch, *, on_progress: Progress = _silently) -> None:
    """Until it is done: by us, or by the worker that took over while we were too slow."""
    begun = batch.state
    while not run(batch, on_progress=on_progress):
        batch.refresh_from_db()
        if batch.state != begun:
            return
        time.sleep(WAIT_SECONDS)
    batch.refresh_from_db()


def sweep() -> None:
    """Drop drafts that nobody came back to, and of old imports what was said of single rows: it
    quotes what people wrote.
    """
    rows = ImportBatch.objects
    rows.filter(state=ImportState.DRAFT, created_at__lt=Now() - DRAFTS_KEPT).delete()
    over = rows.filter(finished_at__lt=Now() - REMARKS_KEPT)
    over.exclude(report=[], kept=[]).update(report=[], kept=[])


def _give_up_interrupted() -> None:
    """A command that read a folder of its own has ended without an end."""
    stale = ImportBatch.objects.filter(
        kind=ImportKind.POLIS, state=ImportState.RUNNING, touched_at__lt=Now() - COMMAND_IS_GONE
    )
    stale.update(state=ImportState.FAILED, finished_at=Now(), error="interrupted")


def run(
    batch: ImportBatch,
    *,
    until: float | None = None,
    on_progress: Progress = _silently,
) -> bool:
    """Go on with a batch until it is done or the time is over (`until`, as time.monotonic()).
    Whether it is done. A mistake of ours ends it as failed; a database that is away only waits.
    """
    try:
        if batch.state == ImportState.UNDOING:
            is_done = undoing.go_on(batch, until=until, on_progress=on_progress)
        else:
            is_done = _read_on(batch, until, on_progress)
    except Overtaken:
        return False
    except LOST_DATABASE:
        raise
    except Exception as error:
        log.exception("import %s failed", batch.code)
        close_batch(batch=batch, error=error)
        raise
    if not is_done:
        ImportBatch.objects.filter(pk=batch.pk).update(touched_at=Now() - LEASE)
    return is_done


def _read_on(batch: ImportBatch, until: float | None, on_progress: Progress) -> bool:
    does = writing.foresee if batch.state == ImportState.CHECKING else _write
    found = reader_of(batch).read(files.opened(batch))
    position = batch.taken
    for _row in islice(found, position):
        pass
    while chunk := list(islice(found, CHUNK)):
        _take(batch, position, chunk, does)
        position += len(chunk)
        on_progress(position, batch.rows or position)
        if until is not None and time.monotonic() >= until and position < (batch.rows or 0):
            return False
    _end(batch, position)
    return True


def reader_of(batch: ImportBatch) -> Reader:
    graph = StatusStep.objects.graph_of(batch.brand)
    return Reader(batch.challenge, Plan.from_json(batch.plan), graph)


def _take(batch: ImportBatch, position: int, chunk: list[Taken | Left], does: Does) -> None:
    """One transaction: the rows, what is said of them, and how far we are."""
    for left in reversed(range(RETRIES)):
        try:
            with transaction.atomic():
                report = report_of(batch, position)
                report.add("rows", len(chunk))
                report.leave_out(row for row in chunk if isinstance(row, Left))
                does(batch, [row for row in chunk if isinstance(row, Taken)], report)
                ImportBatch.objects.filter(pk=batch.pk).update(
                    taken=position + len(chunk), touched_at=Now(), **report.as_json()
                )
                if batch.state != ImportState.CHECKING:
                    figures.stir(batch.brand_id)
                return
        except OperationalError as error:
            if not left or getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
                raise


def _write(batch: ImportBatch, rows: list[Taken], report: Report) -> None:
    """All at once; where the database refuses that, in halves, until the one row is found."""
    if not rows:
        return
    told = Report(dict(report.counts), list(report.remarks))
    try:
        with transaction.atomic():
            writing.write(batch, rows, told)
    except (DataError, IntegrityError) as error:
        if len(rows) == 1:
            why = str(error).strip().partition("\n")[0]
            report.note([remark(rows[0].line, "", "refused", why)])
            return
        half = len(rows) // 2
        _write(batch, rows[:half], report)
        _write(batch, rows[half:], report)
    else:
        report.counts, report.remarks = told.counts, told.remarks


@transaction.atomic
def _end(batch: ImportBatch, position: int) -> None:
    report = report_of(batch, position)
    if batch.state == ImportState.CHECKING:
        ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.DRAFT, touched_at=Now())
    else:
        close_batch(batch=batch, counts=report.counts)


def foreseen(batch: ImportBatch, file: BinaryIO, on_progress: Progress = _silently) -> Report:
    """What would become of a file, without a trace; the batch need not be in the database."""
    report, found = Report(), reader_of(batch).read(file)
    while chunk := list(islice(found, CHUNK)):
        report.add("rows", len(chunk))
        report.leave_out(row for row in chunk if isinstance(row, Left))
        writing.foresee(batch, [row for row in chunk if isinstance(row, Taken)], report)
        on_progress(report.counts["rows"], batch.rows or report.counts["rows"])
    return report
