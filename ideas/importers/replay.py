"""Votes cast elsewhere, by the same function as every vote (ideas/sql/cast_vote.sql), in batches.

A transaction for each vote waits for the disk each time: 1,800 votes/s one by one, 4,400 in a
pipeline, 9,000 as here (same machine, same minute). The votes keep their order, each sees what the
one before it wrote, and today's rules judge every one.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import OperationalError, connection, transaction

from ideas.domain.votes import REFUSALS
from ideas.enums import Source

BATCH = 200  # a batch keeps the locks of its voters and ideas until it commits, so it stays short
RETRIES = 5
DEADLOCK = "40P01"
STANDS = {"new": 1, "withdrawn": -1}

# `unnest` hands the rows over in order, and a volatile function sees what its last call wrote.
CAST = """
    SELECT answer.outcome
      FROM unnest(%s::text[], %s::bigint[], %s::smallint[], %s::timestamptz[])
           WITH ORDINALITY AS v (code, participant, value, at, place),
           LATERAL cast_vote(v.code, NULL, v.participant, v.value, %s, %s, v.at) AS answer
     ORDER BY v.place
"""


@dataclass(frozen=True)
class PastVote:
    """A vote as it was cast elsewhere; `value` 0 withdraws, `line` is where the file says so."""

    line: int
    code: str
    participant_id: int
    value: int
    at: datetime


@dataclass
class Replayed:
    """`outcomes` counts cast_vote()'s answers, a withdrawal apart; `standing`: by how many votes
    each idea has more now; `refused` has the lines it refused, and why.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    standing: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, str]] = field(default_factory=list)


def replay(
    votes: Sequence[PastVote],
    *,
    source: Source = Source.IMPORTED,
    actor: str = "import",
    on_progress: Callable[[int], None] = lambda done: None,
) -> Replayed:
    """Cast them in this order. An `imported` vote never replaces one that was cast here."""
    result, done = Replayed(), 0
    for batch in _batches(votes):
        for vote, answer in zip(batch, _cast(batch, source, actor), strict=True):
            outcome = "withdrawn" if answer == "changed" and not vote.value else answer
            result.outcomes[outcome] += 1
            result.standing[vote.code] += STANDS.get(outcome, 0)
            if refusal := REFUSALS.get(outcome):
                result.refused.append((vote.line, str(refusal.message)))
        done += len(batch)
        on_progress(done)
    return result


def _cast(batch: list[PastVote], source: Source, actor: str) -> list[str]:
    """One transaction. Holding many voters' locks, it may meet somebody who holds others: again."""
    columns: list[list[Any]] = [
        [vote.code for vote in batch],
        [vote.participant_id for vote in batch],
        [vote.value for vote in batch],
        [vote.at for vote in batch],
    ]
    for left in reversed(range(RETRIES)):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(CAST, [*columns, source, actor])
                return [outcome for (outcome,) in cursor.fetchall()]
        except OperationalError as error:
            if not left or getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
                raise
    raise AssertionError


def _batches(votes: Sequence[PastVote]) -> Iterator[list[PastVote]]:
    rest = iter(votes)
    while batch := list(islice(rest, BATCH)):
        yield batch
