"""A table of ideas for tests: sent, imported, and what it left behind."""

import io
import os
from pathlib import Path

import pytest

from accounts.models import Participant
from ideas.domain import tally
from ideas.importers import batches, working
from ideas.models import Idea, Score, VoteEvent
from tests.source import ROOT

DATA = Path(os.environ.get("COCREATE_DATA") or ROOT.parent / "shared" / "data")


def real(*parts):
    path = DATA.joinpath(*parts)
    mark = pytest.mark.skipif(
        not path.exists(), reason=f"no {path}: COCREATE_DATA names the folder of real data"
    )
    return pytest.param(path, marks=mark)


def table(*lines, sep="\n"):
    return io.BytesIO(sep.join(lines).encode())


def prepared(challenge, file, *said, **over):
    return batches.prepare(
        brand=challenge.brand, challenge=challenge, file=file, file_name="ideas.csv",
        actor=over.pop("actor", None), said=said, **over,
    )  # fmt: skip


def imported(challenge, file, *said, **over):
    """Run to its end. The batch."""
    batch = prepared(challenge, file, *said, **over)
    batch = working.taken_on(batches.start, batch=batch, actor=None)
    working.run_to_end(batch)
    tally.fold_until_settled()
    return batch


def remarks(batch):
    return [tuple(each) for each in batch.report]


def idea_of(challenge, number):
    return Idea.objects.get(external_id=f"csv:{challenge.pk}:{number}")


def everything():
    return [
        list(rows.order_by("pk").values())
        for rows in (Idea.objects, Participant.objects, VoteEvent.objects, Score.objects)
    ]


def undone(batch):
    working.run_to_end(working.taken_on(batches.undo, batch=batch, actor=None))
    batch.refresh_from_db()
    tally.fold_until_settled()
    return batch


def totals():
    rows = Score.objects.order_by("pk").values_list("support", "oppose", "imported")
    return [tuple(row) for row in rows]
