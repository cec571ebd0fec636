"""Who works on a batch: one at a time, for one chunk."""

from ideas.importers.remarks import Remark, Report
from ideas.models import ImportBatch


class Overtaken(Exception):  # noqa: N818 - nothing is wrong
    """Somebody else goes on with this batch, or it was stopped."""


def hold(batch: ImportBatch, position: int) -> ImportBatch:
    """Its row until the transaction ends. Raises Overtaken where it is no longer what we know."""
    held = ImportBatch.objects.select_for_update(no_key=True, of=("self",)).get(pk=batch.pk)
    if held.state != batch.state or held.taken != position:
        raise Overtaken
    return held


def report_of(batch: ImportBatch, position: int) -> Report:
    """As it stands; holds the batch. Raises Overtaken."""
    held = hold(batch, position)
    return Report(held.counts, [Remark(*each) for each in held.report])
