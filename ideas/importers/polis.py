"""A conversation from Polis becomes a challenge (docs/import.md).

Its dated votes go through the vote path.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import Activity, Brand, Participant, User
from cocreate.lib.errors import Invalid
from cocreate.lib.text import slug_of
from ideas.domain import challenges, ideas, tally
from ideas.enums import EventKind, ImportKind, Mode
from ideas.importers import batches, polis_files, replay, undoing
from ideas.importers.polis_files import VOTES, Comment, Conversation
from ideas.importers.replay import PastVote
from ideas.models import Challenge, Idea, ImportBatch, Score, Vote, VoteEvent
from ideas.models.idea import TITLE_LENGTH

BROUGHT = ("new", "changed", "withdrawn")  # of cast_vote()'s answers
PEOPLE = """
    SELECT name, participant_of_claim(%s, NULL, name, NULL, '') FROM unnest(%s::text[]) AS name
"""


@dataclass
class Imported:
    """What an import did. `outcomes` counts cast_vote()'s answers to the rows that were cast, a
    withdrawal apart; `votes`: how many more votes stand now, `unseen` of them on hidden ideas.

    `known`: rows that an earlier import has counted; `repeated`: rows after a person's first on a
    comment; `agreeing`: comments whose counters are what the file says, `apart`: by how many votes
    the others differ from it; `skipped`: (file, line, why).
    """

    batch: ImportBatch
    comments: int
    new_ideas: int
    new_hidden: int
    hidden: int
    people: int
    rows: int
    known: int
    repeated: int
    cast: int
    cast_seconds: float
    outcomes: Counter[str]
    votes: int
    unseen: int
    newest: datetime | None
    agreeing: int = 0
    apart: int = 0
    differences: list[tuple[str, ...]] = field(default_factory=list)
    skipped: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Whether it brought anything, so that there is something to take back."""
        return bool(self.new_ideas or any(self.outcomes[name] for name in BROUGHT))

    @property
    def challenge(self) -> Challenge:
        return self.batch.challenge


def import_folder(
    *,
    brand: Brand,
    folder: Path,
    actor: User | None,
    closed: bool = False,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Imported:
    """A challenge, its ideas, people and votes. Repeatable: what is here already stays as it is.
    `closed`: the conversation is over, and so is the challenge when its votes are in.

    Rejected comments are hidden when their votes are in, because a hidden idea takes none. Commits
    as it goes; an import that was interrupted goes on where it stopped. Raises Invalid.
    """
    found = polis_files.read(folder)
    batch = _begun(brand, found, actor)
    try:
        result = _import(batch, found, actor, on_progress)
        if closed:
            _close(batch, actor)
    except Exception as error:
        batches.close_batch(batch=batch, error=error)
        raise
    batches.close_batch(batch=batch, counts=_counts(result), rows=result.rows)
    return result


@transaction.atomic
def _begun(brand: Brand, found: Conversation, actor: User | None) -> ImportBatch:
    challenge, made_it = _challenge_of(brand, found, actor)
    return batches.open_batch(
        brand=brand, challenge=challenge, kind=ImportKind.POLIS, file_name=found.name, actor=actor,
        made_question=made_it,
    )  # fmt: skip


@transaction.atomic
def _close(batch: ImportBatch, actor: User | None) -> None:
    """Its revision then says whether anybody has touched it since (undoing.py)."""
    question = batch.challenge
    if challenges.set_closed(challenge=question, closed=True, actor=actor, as_it_came=True):
        plan = batch.plan | {"came_closed": question.revision}
        ImportBatch.objects.filter(pk=batch.pk).update(plan=plan)
        batch.plan = plan


def _import(
    batch: ImportBatch,
    found: Conversation,
    actor: User | None,
    on_progress: Callable[[int, int], None],
) -> Imported:
    people = _people_of(batch.brand, found)
    by_comment = {c.number: _idea_of(batch, c, found, people) for c in found.comments.values()}
    votes, known = _votes_to_cast(found, by_comment, people)

    def tell(done: int) -> None:
        batches.move(batch=batch, taken=done, rows=len(votes))
        on_progress(done, len(votes))

    begun = time.monotonic()
    done = replay.replay(votes, actor=batch.actor, on_progress=tell)
    seconds = time.monotonic() - begun
    hidden = _hide_rejected(found, by_comment, actor)
    unseen = Idea.objects.filter(pk__in=[idea.pk for idea in by_comment.values()], hidden=True)
    tally.fold_until_settled()
    brought = Idea.objects.filter(brand=batch.brand, import_batch=batch)
    result = Imported(
        batch=batch, comments=len(by_comment), new_ideas=brought.count(),
        new_hidden=brought.filter(hidden=True).count(), hidden=hidden,
        people=len(people), rows=len(found.ballots), known=known, repeated=_repeated(found),
        cast=len(votes), cast_seconds=seconds, outcomes=done.outcomes, votes=done.standing.total(),
        newest=max((ballot.at for ballot in found.ballots), default=None),
        unseen=sum(done.standing[code] for code in unseen.values_list("code", flat=True)),
        skipped=found.skipped + [(VOTES, line, why) for line, why in done.refused],
    )  # fmt: skip
    _compare(result, found, by_comment)
    return result


def _counts(result: Imported) -> dict[str, int]:
    """As a batch keeps them (remarks.Report)."""
    return {
        "rows": result.rows,
        "new": result.new_ideas,
        "hidden": result.new_hidden,
        "known": result.comments - result.new_ideas,
        "skipped": len(result.skipped),
        "votes": result.votes,
        "votes_unseen": result.unseen,
    }


def _challenge_of(brand: Brand, found: Conversation, actor: User | None) -> tuple[Challenge, bool]:
    """And whether this import made it, or opened it again."""
    slug = slug_of(found.name.replace(".", "-"))[:50].strip("-")
    challenge = _known_challenge(brand, found, slug)
    if challenge is None:
        made = challenges.create_challenge(
            brand=brand, slug=slug, title=found.topic[:200], body=found.description, actor=actor,
            mode=Mode.UP_DOWN,
        )  # fmt: skip
        return made, True
    if challenge.rules is None or challenge.rules.mode != Mode.UP_DOWN:
        raise Invalid(
            f"The challenge {challenge.slug} is there already, and its votes are not for or"
            " against."
        )
    is_shown = undoing.show_question(challenge, actor)
    if not challenge.is_published:
        raise Invalid(
            f"The challenge {challenge.slug} is a draft of the team: publish or discard it first."
        )
    return challenge, is_shown


def _known_challenge(brand: Brand, found: Conversation, slug: str) -> Challenge | None:
    """Where this folder came in before, whatever its address is now; else the one whose address
    its name would be.
    """
    known = Challenge.objects.filter(brand=brand).select_related("rules")
    name = batches.kept_name(found.name)
    before = known.filter(imports__kind=ImportKind.POLIS, imports__file_name=name)
    return before.order_by("-imports__pk").first() or known.filter(slug=slug).first()


def _people_of(brand: Brand, found: Conversation) -> dict[str, int]:
    """Participant ids by the number that the conversation gives a person, author or voter."""
    numbers = {c.author for c in found.comments.values()} | {b.voter for b in found.ballots}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [brand.pk, [_external(found, number) for number in sorted(numbers)]])
        ids = dict(cursor.fetchall())
    return {number: ids[_external(found, number)] for number in numbers}


def _idea_of(
    batch: ImportBatch, comment: Comment, found: Conversation, people: dict[str, int]
) -> Idea:
    title = " ".join(comment.text.split())
    if len(title) > TITLE_LENGTH:
        title = title[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
    return ideas.import_idea(
        challenge=batch.challenge,
        author=Participant(pk=people[comment.author], brand=batch.brand),
        external_id=_external(found, comment.number),
        title=title,
        body="" if title == comment.text else comment.text,
        at=comment.at,
        hidden=False,
        batch=batch,
    )


def _external(found: Conversation, number: str) -> str:
    return f"polis:{found.name}:{number}"


def _votes_to_cast(
    found: Conversation, by_comment: dict[str, Idea], people: dict[str, int]
) -> tuple[list[PastVote], int]:
    """Rows later than the vote that is here already, and how many are not.

    The last vote is all that a table of votes keeps. To cast the rows before it once more would
    change it to and fro, and write that into the ledger. One that left with an import that was
    undone is none.
    """
    latest: dict[tuple[int, int], datetime] = {
        (idea, person): at
        for idea, person, at in _votes_here(by_comment)
        .values_list("idea_id", "participant_id", "at")
        .iterator()
    }
    votes = []
    for ballot in found.ballots:
        idea, person = by_comment[ballot.comment], people[ballot.voter]
        last = latest.get((idea.pk, person))
        if not idea.hidden and (last is None or ballot.at > last):
            votes.append(PastVote(ballot.line, idea.code, person, ballot.value, ballot.at))
    return votes, len(found.ballots) - len(votes)


def _votes_here(by_comment: dict[str, Idea]) -> "QuerySet[Vote]":
    last = VoteEvent.objects.filter(ref=OuterRef("participant__ref"), idea=OuterRef("idea"))
    undone = Q(value=0) & Q(last=EventKind.UNDO)
    return (
        Vote.objects.filter(idea__in=by_comment.values())
        .annotate(last=Subquery(last.order_by("-seq").values("kind")[:1]))
        .exclude(undone)
    )


def _hide_rejected(found: Conversation, by_comment: dict[str, Idea], actor: User | None) -> int:
    """How many were hidden now. An idea that the team has shown again stays shown."""
    rejected = [by_comment[c.number] for c in found.comments.values() if c.rejected]
    told = Activity.objects.filter(
        kind="idea.hidden", subject_code__in=[idea.code for idea in rejected]
    )
    hidden_before = set(told.values_list("subject_code", flat=True))
    to_hide = [idea for idea in rejected if not idea.hidden and idea.code not in hidden_before]
    for idea in to_hide:
        ideas.set_hidden(idea=idea, hidden=True, actor=actor)
    return len(to_hide)


def _repeated(found: Conversation) -> int:
    return len(found.ballots) - len({(ballot.comment, ballot.voter) for ballot in found.ballots})


def _compare(result: Imported, found: Conversation, by_comment: dict[str, Idea]) -> None:
    """Counters against the votes, and against the file (which counts every repeated row)."""
    ids = [idea.pk for idea in by_comment.values()]
    with tally.one_snapshot(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM counter_differences(%s)", [ids])
        result.differences = cursor.fetchall()
        scores = Score.objects.in_bulk(ids)
    for comment in found.comments.values():
        score = scores[by_comment[comment.number].pk]
        apart = abs(score.support - comment.agrees) + abs(score.oppose - comment.disagrees)
        result.agreeing += apart == 0
        result.apart += apart
