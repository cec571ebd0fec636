"""Rows that were read go into the database, some hundred at a time.

The caller's transaction holds the batch's row. What an earlier import brought stays as it is here;
only totals follow the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models.functions import Now

from cocreate.lib.mailboxes import mailbox_key
from cocreate.lib.tokens import random_code
from ideas.importers.remarks import Remark, Report, remark
from ideas.importers.rows import Taken
from ideas.models import Idea, ImportBatch

# In a fixed order, or two imports at once would wait for each other.
AUTHORS = """
    SELECT a.number, author_of_claim(%s, NULL, a.external, a.mailbox, a.name)
      FROM (SELECT * FROM unnest(%s::integer[], %s::text[], %s::text[], %s::text[])
                AS t (number, external, mailbox, name) ORDER BY external, mailbox) a
"""
SET_TOTALS = "SELECT idea_id, change FROM set_totals(%s, %s::smallint, %s, %s)"
TOTALS = """
    SELECT id, imported_total(id, 1::smallint), imported_total(id, -1::smallint)
      FROM unnest(%s::bigint[]) AS id
"""


@dataclass(frozen=True)
class Known:
    """An idea that is here already."""

    pk: int
    title: str
    edited: bool
    batch_id: int | None
    hidden: bool


def known_ideas(brand_id: int, rows: Sequence[Taken]) -> dict[str, Known]:
    """By external id."""
    names = [row.external_id for row in rows]
    found = Idea.objects.filter(brand=brand_id, external_id__in=names)
    return {
        str(external_id): Known(pk, title, revision > 1, batch_id, hidden)
        for external_id, pk, title, revision, batch_id, hidden in found.values_list(
            "external_id", "pk", "title", "revision", "import_batch", "hidden"
        )
    }


def judged(
    rows: Sequence[Taken], known: dict[str, Known]
) -> tuple[list[Taken], list[Taken], list[Remark]]:
    """New rows, rows of ideas that are here, and what is said about rows. Two titles under one
    number are two ideas, unless somebody has edited it here.
    """
    new, here, remarks = [], [], []
    for row in rows:
        found = known.get(row.external_id)
        remarks.extend(row.remarks)
        if found is None:
            new.append(row)
        elif found.title == row.title or found.edited:
            here.append(row)
        else:
            remarks.append(remark(row.line, "external_id", "other_title", found.title))
    return new, here, remarks


def write(batch: ImportBatch, rows: Sequence[Taken], report: Report) -> None:
    """Into the database and the report. May be called again with the same rows: then nothing is
    new. Where another import brings the same idea in this moment, the first one brings it.
    """
    before = known = known_ideas(batch.brand_id, rows)
    new, here, remarks = judged(rows, known)
    while new:  # again only if what was in the way has left meanwhile
        _create(batch, new)
        known = known_ideas(batch.brand_id, rows)
        new, here, remarks = judged(rows, known)
    brought = {
        found.pk for name, found in known.items()
        if name not in before and found.batch_id == batch.pk
    }  # fmt: skip
    hidden = sum(found.hidden for found in known.values() if found.pk in brought)
    _add_new(report, len(brought), hidden)
    report.add("known", len(here) - len(brought))
    changed = _totals(batch, here, known, report)
    report.add("changed", len(changed - brought))
    report.note(remarks)


def foresee(batch: ImportBatch, rows: Sequence[Taken], report: Report) -> None:
    """What write() would say, without a trace."""
    known = known_ideas(batch.brand_id, rows)
    new, here, remarks = judged(rows, known)
    _add_new(report, len(new), sum(row.hidden for row in new))
    report.add("known", len(here))
    for row in new:
        _add_votes(report, (row.support or 0) + (row.oppose or 0), hidden=row.hidden)
    totals = _standing([known[row.external_id].pk for row in here])
    for row in here:
        was = totals[known[row.external_id].pk]
        change = [
            says - had for says, had in zip((row.support, row.oppose), was, strict=True)
            if says is not None
        ]  # fmt: skip
        report.add("changed", int(any(change)))
        _add_votes(report, sum(change), hidden=known[row.external_id].hidden)
    report.note(remarks)


def _standing(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, [list(ids)])
        return {pk: (support, oppose) for pk, support, oppose in cursor.fetchall()}


def _create(batch: ImportBatch, rows: Sequence[Taken]) -> None:
    authors = _authors(batch, rows)
    Idea.objects.bulk_create(
        (_idea(batch, row, authors[place]) for place, row in enumerate(rows)),
        ignore_conflicts=True,
    )


def _idea(batch: ImportBatch, row: Taken, author: int) -> Idea:
    at = row.at or Now()
    return Idea(
        brand_id=batch.brand_id, challenge_id=batch.challenge_id, code=random_code(),
        author_id=author, external_id=row.external_id, import_batch=batch, title=row.title,
        body=row.body, tags=row.tags, status=row.status, closed=row.closed, hidden=row.hidden,
        language=row.language or batch.plan.get("language") or batch.challenge.language,
        created_at=at, updated_at=at,
    )  # fmt: skip


def _authors(batch: ImportBatch, rows: Sequence[Taken]) -> dict[int, int]:
    """Participant ids by place. An address is a claim, kept as a keyed hash alone."""
    places, numbers, mailboxes, names = [], [], [], []
    for place, row in enumerate(rows):
        number, email, name = row.author
        places.append(place)
        numbers.append(number or None)
        mailboxes.append(mailbox_key(email) if email else None)
        names.append(name)
    with connection.cursor() as cursor:
        cursor.execute(AUTHORS, [batch.brand_id, places, numbers, mailboxes, names])
        return dict(cursor.fetchall())


def _totals(
    batch: ImportBatch, rows: Sequence[Taken], known: dict[str, Known], report: Report
) -> set[int]:
    """Ids of the ideas whose totals changed."""
    changed: set[int] = set()
    unseen = {found.pk for found in known.values() if found.hidden}
    for value, name in ((1, "support"), (-1, "oppose")):
        wanted = {known[row.external_id].pk: getattr(row, name) for row in rows}
        said = {pk: total for pk, total in wanted.items() if total is not None}
        if not said:
            continue
        with connection.cursor() as cursor:
            cursor.execute(SET_TOTALS, [batch.actor, value, list(said), list(said.values())])
            for pk, change in cursor.fetchall():
                changed.add(pk)
                _add_votes(report, change, hidden=pk in unseen)
    return changed


def _add_new(report: Report, ideas: int, hidden: int) -> None:
    report.add("new", ideas)
    if hidden:
        report.add("hidden", hidden)


def _add_votes(report: Report, votes: int, *, hidden: bool) -> None:
    report.add("votes", votes)
    if hidden:
        report.add("votes_unseen", votes)
