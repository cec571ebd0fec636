"""What people do with an import: prepare, check, run, undo (the work itself: working.py)."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import islice
from typing import BinaryIO

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import activity
from accounts.models import Brand, User
from cocreate.lib.errors import DomainError, Invalid
from cocreate.lib.text import one_line
from ideas.domain import figures
from ideas.enums import ImportKind, ImportState
from ideas.importers import columns, files, tables, undoing, values
from ideas.importers.columns import Plan
from ideas.importers.rows import sample_dates
from ideas.models import Challenge, ImportBatch
from ideas.models.importing import FILE_NAME_LENGTH

MOST_DRAFTS = 10  # of a brand, from its desk: each keeps a file
LEASE = timedelta(seconds=15)  # a batch that did not move for so long has lost its worker


class NotNow(DomainError):
    code, status = "import_not_now", 409
    message = gettext_lazy("This import has gone on meanwhile. Look at it again.")


class AlreadyUndone(NotNow):
    message = gettext_lazy("It was taken back already.")


class TooManyRows(DomainError):
    code, status = "too_many_rows", 400
    message = gettext_lazy("This file has more than {n} rows. Cut it into several.")


class TooManyDrafts(DomainError):
    code, status = "too_many_drafts", 409
    message = gettext_lazy("Several files are waiting to be imported. Import or discard one first.")


def _drafts(brand: Brand) -> int:
    return ImportBatch.objects.filter(brand=brand, state=ImportState.DRAFT).count()


@transaction.atomic
def prepare(
    *,
    brand: Brand,
    challenge: Challenge,
    file: BinaryIO,
    file_name: str,
    actor: User | None,
    said: Iterable[str] | None = None,
    date_format: str = "",
    language: str = "",
    most_rows: int | None = None,
) -> ImportBatch:
    """A draft of an import, its columns guessed by name, and the file in the database. `said`:
    `ours=theirs`, as somebody wants it.

    Raises NoTable, TooManyRows, TooManyDrafts, Invalid where it could not be run so. Without
    `said` it may be a draft whose columns are still to be chosen.
    """
    if most_rows and _drafts(brand) >= MOST_DRAFTS:
        raise TooManyDrafts
    plan, rows = planned(
        file, said=said, date_format=date_format, language=language, most_rows=most_rows
    )
    name = one_line(file_name)[-FILE_NAME_LENGTH:] or "…"
    batch = ImportBatch.objects.create(
        brand=brand, challenge=challenge, file_name=name, by=actor, plan=plan.as_json(), rows=rows
    )
    files.keep(batch, file)
    activity.record(
        "import.prepared", subject=("import", batch.code), brand=brand, actor=actor, private=True,
        data={"file": name},
    )  # fmt: skip
    return batch


def planned(
    file: BinaryIO,
    *,
    said: Iterable[str] | None,
    date_format: str = "",
    language: str = "",
    most_rows: int | None = None,
) -> tuple[Plan, int]:
    """How a file would be read, and how many rows it has."""
    shape = tables.shape_of(file)
    rows = sum(1 for _row in islice(tables.rows(file, shape), most_rows and most_rows + 1))
    if most_rows and rows > most_rows:
        raise TooManyRows(str(TooManyRows.message).format(n=f"{most_rows:,}"))
    if said is None:
        plan = Plan(shape, columns.guessed(shape.columns), date_format, language)
        formats = date_formats(file, plan) if "created" in plan.columns else []
        found = formats[0] if len(formats) == 1 else ""
        return Plan(shape, plan.columns, date_format or found, language), rows
    plan = Plan(shape, columns.mapped(shape.columns, said), date_format, language)
    return dated(file, plan), rows


def date_formats(file: BinaryIO, plan: Plan, order: str = "") -> list[str]:
    """Those that most dates at the beginning of the file are written in."""
    samples = sample_dates(file, plan)
    return values.formats_of(samples, order) if samples else [values.ISO]


def dated(file: BinaryIO, plan: Plan, order: str = "") -> Plan:
    """With the form of its dates; `order`: what stands first in them (values.ORDERS). Raises
    Invalid (date_format) where nobody has said it and the file alone does not tell.
    """
    if plan.date_format or "created" not in plan.columns:
        return plan
    formats = date_formats(file, plan, order)
    if len(formats) == 1:
        return Plan(plan.shape, plan.columns, formats[0], plan.language)
    sample = one_line(next(iter(sample_dates(file, plan, 1)), ""))
    if formats:
        code, message = "ambiguous", _("Say which comes first in “{date}”, the day or the month.")
    else:
        code, message = "unknown", _("Say how dates like “{date}” are to be read.")
    raise Invalid(fields={"date_format": [(code, message.format(date=sample))]})


@transaction.atomic
def choose(
    *,
    batch: ImportBatch,
    challenge: Challenge,
    chosen: Mapping[str, str],
    order: str,
    language: str,
    actor: User | None,
) -> ImportBatch:
    """What each column of a draft is, what stands first in its dates, and where its ideas go.
    Raises Invalid, NotNow.
    """
    held = _held(batch, ImportState.DRAFT)
    shape = Plan.from_json(held.plan).shape
    named = {ours: theirs for ours, theirs in chosen.items() if theirs}
    for theirs in named.values():
        if theirs not in shape.columns:
            raise columns.unknown(_("The file has no column “{name}”."), theirs)
    plan = dated(files.opened(held), Plan(shape, columns.checked(named), "", language), order)
    held.challenge, held.plan = challenge, plan.as_json()
    held.counts, held.report, held.taken = {}, [], 0
    held.save(update_fields=["challenge", "plan", "counts", "report", "taken"])
    return held


@transaction.atomic
def check(*, batch: ImportBatch, actor: User | None) -> ImportBatch:
    """Say what would become of the rows, without a trace. Raises NotNow."""
    return _go(batch, [ImportState.DRAFT], ImportState.CHECKING, actor)


@transaction.atomic
def start(*, batch: ImportBatch, actor: User | None) -> ImportBatch:
    """Run it, and show its question if it is an undone import that has withdrawn it. Records
    `import.started`. Raises NotNow, and Invalid as undoing.show_question().
    """
    held = _go(batch, [ImportState.DRAFT], ImportState.WAITING, actor)
    if undoing.show_question(held.challenge, actor):
        held.plan |= {"made_question": held.challenge.revision}
        held.save(update_fields=["plan"])
    tell("import.started", held, actor)
    return held


@transaction.atomic
def discard(*, batch: ImportBatch, actor: User | None) -> None:
    """Forget a draft and its file. Raises NotNow."""
    held = _held(batch, ImportState.DRAFT)
    tell("import.discarded", held, actor)
    held.delete()


@transaction.atomic
def undo(*, batch: ImportBatch, actor: User | None) -> ImportBatch:
    """Take back what it brought, also of one that has not come to its end. Records
    `import.undoing`. Raises NotNow, AlreadyUndone.
    """
    undoable = [ImportState.DONE, ImportState.FAILED, ImportState.RUNNING, ImportState.WAITING]
    held = _go(batch, undoable, ImportState.UNDOING, actor)
    tell("import.undoing", held, actor)
    return held


def _go(
    batch: ImportBatch, before: list[ImportState], after: ImportState, actor: User | None
) -> ImportBatch:
    held = _held(batch, *before)
    is_undo = after == ImportState.UNDOING
    if not is_undo:
        columns.checked(held.plan["columns"])
        held.counts, held.report = {}, []
    held.state, held.taken, held.kept, held.error = after, 0, [], ""
    held.save(update_fields=["state", "taken", "kept", "error", "counts", "report"])
    ImportBatch.objects.filter(pk=held.pk).update(touched_at=Now() - LEASE)
    return held


def _held(batch: ImportBatch, *states: ImportState) -> ImportBatch:
    """Its row, as nobody else changes it before we are done. Raises NotNow."""
    rows = ImportBatch.objects.select_for_update(no_key=True, of=("self",))
    held = rows.select_related("brand", "challenge__rules").filter(pk=batch.pk).first()
    if held is None or held.state not in states:
        was_undone = held is not None and held.state == ImportState.UNDONE
        raise AlreadyUndone if was_undone else NotNow
    return held


def tell(kind: str, batch: ImportBatch, actor: User | None) -> None:
    activity.record(
        kind, subject=("import", batch.code), brand=batch.brand, actor=actor, private=True,
        data={"file": batch.file_name, "counts": batch.counts},
    )  # fmt: skip


@transaction.atomic
def open_batch(
    *,
    brand: Brand,
    challenge: Challenge,
    kind: ImportKind,
    file_name: str,
    actor: User | None,
    made_question: bool = False,
) -> ImportBatch:
    """A batch that its maker works on by themselves, and closes. `made_question`: the challenge is
    public for its sake, and is withdrawn when all that was imported has left again.
    """
    batch = ImportBatch.objects.create(
        brand=brand, challenge=challenge, kind=kind, file_name=kept_name(file_name),
        by=actor, state=ImportState.RUNNING,
        plan={"made_question": challenge.revision} if made_question else {},
    )  # fmt: skip
    tell("import.started", batch, actor)
    return batch


def kept_name(file_name: str) -> str:
    """As much of it as a batch keeps."""
    return file_name[-FILE_NAME_LENGTH:]


def move(*, batch: ImportBatch, taken: int, rows: int) -> None:
    """It is at work still, and so far."""
    ImportBatch.objects.filter(pk=batch.pk).update(taken=taken, rows=rows, touched_at=Now())
    figures.stir(batch.brand_id)


@transaction.atomic
def close_batch(
    *,
    batch: ImportBatch,
    counts: Mapping[str, int] | None = None,
    rows: int | None = None,
    error: Exception | None = None,
) -> None:
    """It is done, or failed where there is an error. Records `import.done`."""
    held = ImportBatch.objects.select_for_update(no_key=True, of=("self",)).get(pk=batch.pk)
    held.state = ImportState.FAILED if error else ImportState.DONE
    held.error = reason_of(error) if error else ""
    held.counts, held.rows = dict(counts or held.counts), rows if rows is not None else held.rows
    held.taken = held.taken if error else held.rows or 0
    held.finished_at = held.touched_at = Now()
    held.save()
    files.forget(held)
    figures.stir(batch.brand_id)
    batch.refresh_from_db(fields=["state", "error", "counts", "rows", "taken", "finished_at"])
    if not error:
        tell("import.done", batch, batch.by)


def reason_of(error: Exception) -> str:
    """For people where it is a refusal of ours; else its name, for the operator's log."""
    return (str(error.message) if isinstance(error, DomainError) else type(error).__name__)[:500]
