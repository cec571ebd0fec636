"""What an import brought leaves again.

Its votes and totals leave by ledger rows, so every counter is right before and after. Its ideas
are deleted as their authors would delete them: hidden, and emptied after thirty days; their
numbers are free at once, so that the file can be imported again, and their authors bring them back
no more. An idea that people have done something with since stays, without the import's votes. Its
total is again what the last import has set it to that is not undone. A question that was there for
the import's sake is the team's alone, as a draft, where nothing is left in it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.domain import activity
from accounts.models import User
from ideas.domain import challenge_drafts, challenges, figures
from ideas.enums import Answer, ImportState, Source
from ideas.importers import files
from ideas.importers.holding import hold
from ideas.models import Challenge, CoAuthor, Comment, Decision, Idea, ImportBatch, Vote
from ideas.rules import KEPT

IDEAS_AT_ONCE = 200
VOTES_AT_ONCE = 200
COMES = [ImportState.WAITING, ImportState.RUNNING]
MOST_KEPT = 200  # named in the batch; all are counted

# Ideas of the brand that the import may have touched: its own, those whose totals it set, and
# those that have imported votes. All at once: with a limit each look reads whole tables for the few
# that follow.
TOUCHED = """
    SELECT i.id FROM ideas_idea i
     WHERE i.brand_id = %(brand)s AND i.id > %(after)s AND (i.import_batch_id = %(batch)s
        OR EXISTS (SELECT FROM ideas_voteevent e
                    WHERE e.ref = '' AND e.kind = 'import' AND e.actor = %(actor)s
                      AND e.idea_id = i.id AND e.counts_on_id = coalesce(i.merged_into_id, i.id))
        OR EXISTS (SELECT FROM ideas_vote v
                    WHERE v.idea_id = i.id AND v.source = 'imported' AND v.value <> 0))
     ORDER BY i.id
"""
WITH_VOTES = """
    SELECT id FROM unnest(%s::bigint[]) AS id WHERE EXISTS (SELECT FROM votes_of_import(%s, id))
"""
VOTES = "SELECT count(*) FROM unnest(%s::bigint[]) AS id, votes_of_import(%s, id)"
TOTALS = """
    SELECT sum(imported_total(id, side.value) - standing_total(id, side.value, %s))
      FROM unnest(%s::bigint[]) AS id CROSS JOIN (VALUES (1::smallint), (-1::smallint)) side (value)
"""
UNDO_VOTES = "SELECT undo_votes(%s, %s, %s)"
UNDO_TOTALS = "SELECT undo_totals(%s, %s)"
WAIT_FOR_VOTES = """
    SELECT pg_advisory_xact_lock(vote_lock_key(2, id))
      FROM (SELECT unnest(%s::bigint[]) AS id ORDER BY 1) i
"""

REASONS = {
    "votes": _("people have voted for or against it"),
    "comments": _("people have commented on it"),
    "answered": _("the team has answered it"),
    "edited": _("somebody has changed it"),
    "signed": _("somebody signs it too"),
    "merged": _("another idea was merged into it, or it into another"),
}


@dataclass
class Foreseen:
    """What undoing would do. `kept`: (code, title, why), all of them."""

    ideas: int = 0
    votes: int = 0
    kept: list[tuple[str, str, str]] = field(default_factory=list)


def foresee(batch: ImportBatch) -> Foreseen:
    """Without a trace."""
    found = Foreseen()
    for ids in _touched(batch, 0):
        own = Idea.objects.filter(pk__in=ids, import_batch=batch, deleted_at=None)
        kept = _kept(own, batch)
        found.kept.extend(kept)
        found.ideas += own.count() - len(kept)
        found.votes += _one(VOTES, [ids, batch.actor]) + _one(TOTALS, [batch.actor, ids])
    return found


def go_on(
    batch: ImportBatch, *, until: float | None, on_progress: Callable[[int, int], None]
) -> bool:
    """Undo until it is done or the time is over. Whether it is done."""
    position = batch.taken
    total = max(Idea.objects.filter(brand=batch.brand_id, import_batch=batch).count(), 1)
    for ids in _touched(batch, int(batch.plan.get("undone_to", 0))):
        votes = sum(_undo_votes(batch, idea) for idea in _ids(WITH_VOTES, [ids, batch.actor]))
        votes += _one(UNDO_TOTALS, [batch.actor, ids])
        position = _undo_ideas(batch, position, ids, votes)
        on_progress(min(position, total), total)
        if until is not None and time.monotonic() >= until:
            return False
    _end(batch, position)
    return True


def _touched(batch: ImportBatch, after: int) -> Iterator[list[int]]:
    """Some at a time."""
    known: dict[str, Any] = {
        "brand": batch.brand_id, "batch": batch.pk, "actor": batch.actor, "after": after,
    }  # fmt: skip
    ids = iter(_ids(TOUCHED, known))
    while some := list(islice(ids, IDEAS_AT_ONCE)):
        yield some


def _undo_votes(batch: ImportBatch, idea: int) -> int:
    """Some at a time: their voters wait meanwhile."""
    total = 0
    while count := _one(UNDO_VOTES, [batch.actor, idea, VOTES_AT_ONCE]):
        total += count
    return total


@transaction.atomic
def _undo_ideas(batch: ImportBatch, position: int, ids: list[int], votes: int) -> int:
    """Those of them that the import brought. Nobody votes on them while we look who did. Returns
    how far we are.
    """
    held = hold(batch, position)
    own = Idea.objects.filter(pk__in=ids, import_batch=batch, deleted_at=None)
    mine = list(own.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(WAIT_FOR_VOTES, [mine])
    kept = _kept(own, batch)
    gone = own.exclude(code__in=[code for code, _title, _why in kept]).update(
        hidden=True, hidden_meanwhile=F("hidden"), deleted_at=Now(), external_id=None
    )
    counts = held.counts
    for name, number in (("gone", gone), ("kept", len(kept)), ("votes_gone", votes)):
        counts[name] = counts.get(name, 0) + number
    ImportBatch.objects.filter(pk=batch.pk).update(
        counts=counts, kept=[*held.kept, *kept][:MOST_KEPT], touched_at=Now(),
        taken=position + len(mine), plan=held.plan | {"undone_to": ids[-1]},
    )  # fmt: skip
    figures.stir(batch.brand_id)
    return position + len(mine)


@transaction.atomic
def _end(batch: ImportBatch, position: int) -> None:
    held = hold(batch, position)
    plan = held.plan | _withdraw_question(batch)
    rows = ImportBatch.objects.filter(pk=batch.pk)
    rows.update(state=ImportState.UNDONE, undone_at=Now(), touched_at=Now(), plan=plan)
    files.forget(batch)
    figures.stir(batch.brand_id)
    activity.record(
        "import.undone", subject=("import", batch.code), brand=batch.brand, private=True,
        data={"file": batch.file_name, "counts": held.counts},
    )  # fmt: skip


def _withdraw_question(batch: ImportBatch) -> dict[str, int]:
    """Where an import made it, this one or another, and nothing is left in it: nobody has asked it.
    The revision that it has then, by which the next import knows that nobody has touched it since
    (show_question).
    """
    question = batch.challenge
    challenges.hold(question, None)
    others = question.imports.filter(state__in=COMES)
    is_public = question.is_published and _is_of_imports(question)
    if not is_public or _left_in(question).exists() or others.exists():
        return {}
    stays_closed = question.closed and _latest(question, "came_closed") != question.revision
    challenge_drafts.withdraw(challenge=question, closed=stays_closed, actor=None)
    return {"closed_question": question.revision}


def _left_in(question: Challenge) -> "QuerySet[Idea]":
    """What stands there, and what its author may bring back."""
    may_return = Q(import_batch=None, deleted_at__gt=Now() - KEPT)
    return Idea.objects.filter(Q(deleted_at=None) | may_return, challenge=question)


def _is_of_imports(question: Challenge) -> bool:
    """Whether it is public because an import made it or showed it, and not because somebody of the
    team published what an undone one had withdrawn.
    """
    return _latest(question, "made_question") > _latest(question, "closed_question")


def _latest(question: Challenge, what: str) -> int:
    """The revision that the question had when an import last did that; 0: none did."""
    plans = question.imports.filter(plan__has_key=what).values_list(f"plan__{what}", flat=True)
    return max((int(revision) for revision in plans), default=0)


def show_question(challenge: Challenge, actor: User | None) -> bool:
    """Where nothing but an undone import has taken it from the public, for the next one; whether it
    did. No undoing does that again until that one has begun, or not at all. Raises Invalid where
    all its phases are over.
    """
    challenges.hold(challenge, None)
    if _latest(challenge, "closed_question") != challenge.revision:
        return False
    if challenge.is_published:  # an undoing of an earlier version closed it
        return challenges.set_closed(challenge=challenge, closed=False, actor=actor)
    challenges.publish(challenge=challenge, actor=actor)
    return True


def _kept(own: "QuerySet[Idea]", batch: ImportBatch) -> list[tuple[str, str, str]]:
    """Those of the ideas that people have done something with, and what."""
    this = OuterRef("pk")
    votes = Vote.objects.filter(idea=this).exclude(value=0)
    if batch.state != ImportState.UNDOING:  # its own are still there
        votes = votes.exclude(source=Source.IMPORTED)
    found = (
        own.annotate(
            has_votes=Exists(votes),
            has_comments=Exists(Comment.objects.filter(idea=this, deleted_at=None)),
            has_answer=Exists(Decision.objects.filter(idea=this, undone_at=None)),
            has_co_author=Exists(CoAuthor.objects.filter(idea=this, answer=Answer.ACCEPTED)),
            has_merged=Exists(Idea.objects.filter(merged_into=this)),
        )
        .only("code", "title", "revision", "merged_into")
        .order_by("pk")
    )
    return [(idea.code, idea.title, why) for idea in found if (why := _why_kept(idea)) is not None]


def _why_kept(idea: Any) -> str | None:
    reasons = {
        "votes": idea.has_votes,
        "comments": idea.has_comments,
        "answered": idea.has_answer,
        "signed": idea.has_co_author,
        "merged": idea.has_merged or idea.merged_into_id,
        "edited": idea.revision > 1,
    }
    return next((why for why, holds in reasons.items() if holds), None)


def _ids(query: str, values: Sequence[Any] | dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [pk for (pk,) in cursor.fetchall()]


def _one(query: str, values: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    return int(row[0] or 0)
