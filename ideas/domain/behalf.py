"""Somebody of a brand's team votes for a person who told them what they want.

What becomes of it is not said: whether the address has an account, has voted itself, has votes
left, is stopped or may not vote here is that person's own business. So every refusal that concerns
them passes in silence, and only what anybody would be refused is raised. Why, and what that cannot
hide: docs/decisions/0091-a-team-votes-for-whoever-asked.md.
"""

from contextlib import suppress

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.domain import activity
from accounts.models import Activity, Participant, User
from cocreate.lib import grace, prepared
from cocreate.lib.errors import DomainError, NotAllowed, NotFound
from cocreate.lib.mailboxes import mailbox_key
from ideas.domain import votes
from ideas.domain.challenges import State, database_time, rules_of, state_of
from ideas.domain.owners import HOLD_TEAM
from ideas.enums import Mode, Source, Verb, VoteState
from ideas.models import Idea, VoteEvent

CAST, UNDONE = "vote.for_somebody", "vote.for_somebody_undone"
HOLD_VOTER = "SELECT pg_advisory_xact_lock(vote_lock_key(1, %s))"
# Of the person, not of the idea: who asks is not told.
THEIR_OWN = (NotAllowed, votes.NotAVoter, votes.NoBudget)


class TooLateToTakeBack(DomainError):
    code, status = "too_late", 409
    message = _("That is undone already, or it is too late to.")


@transaction.atomic
def vote_for(*, idea: Idea, email: str, name: str, value: int, actor: User) -> Activity:
    """Cast, change or, with 0, withdraw a vote for whoever has the address; never one that they
    cast themselves. `name` is for somebody new. Raises NotFound, ValueNotAllowed, IdeaClosed or
    PhaseClosed, whoever the person is.

    Records `vote.for_somebody`, whose number undo() takes, also where nothing has changed.
    """
    prepared.one(HOLD_TEAM, (idea.brand_id,))  # before any vote's lock, as who removes a colleague
    target = idea.merged_into or idea
    event = None
    with suppress(*THEIR_OWN), transaction.atomic():  # nobody is created for nothing
        cast = votes.cast_by_team(
            code=target.code, brand_id=idea.brand_id, email=email, name=name, value=value
        )
        event = _latest_of(target, mailbox_key(email)) if cast.is_taken else None
    _refuse_what_nobody_may(target, value)
    return _record(CAST, idea, actor, {"value": value, "event": event.seq if event else None})


@transaction.atomic
def undo(*, idea: Idea, act: int, actor: User) -> None:
    """Put back what stood before the actor's own vote_for() of this number, unless it was changed
    since. Raises TooLateToTakeBack, and what vote_for() raises of the idea.

    Records `vote.for_somebody_undone`.
    """
    prepared.one(HOLD_TEAM, (idea.brand_id,))
    acts = Activity.objects.filter(subject_kind="idea", subject_code=idea.code)
    fresh = acts.filter(pk=act, kind=CAST, actor=actor, at__gt=Now() - grace.to_undo())
    made = fresh.select_for_update(no_key=True).first()
    if made is None or acts.filter(kind=UNDONE, data__act=act).exists():
        raise TooLateToTakeBack
    target = idea.merged_into or idea
    if made.data["event"]:
        with suppress(*THEIR_OWN, votes.ValueNotAllowed), transaction.atomic():
            _put_back(target, VoteEvent.objects.get(seq=made.data["event"]))
    _refuse_what_nobody_may(target, votes.WITHDRAWN)
    _record(UNDONE, idea, actor, {"act": act})


def takes_votes(idea: Idea, state: State) -> bool:
    """Whether anybody may vote on it now: for what a page offers."""
    return state.allows(Verb.VOTE) and not (idea.closed or idea.hidden or idea.merged_into_id)


def _refuse_what_nobody_may(idea: Idea, value: int) -> None:
    """Asked after the vote, which holds the locks that keep the idea as it is: of an idea that is
    closed the vote alone would tell those who have voted themselves from the others.
    """
    now = Idea.objects.select_related("challenge__rules").get(pk=idea.pk)
    if now.hidden or now.merged_into_id:
        raise NotFound
    if not _is_allowed(now, value):
        raise votes.value_refused(now.code)
    if now.closed or now.challenge.closed:
        raise votes.IdeaClosed
    if not state_of(now.challenge, database_time()).allows(Verb.VOTE):
        raise votes.PhaseClosed


def _is_allowed(idea: Idea, value: int) -> bool:
    rules = rules_of(idea.challenge)
    match rules.mode:
        case Mode.UP:
            return value in {votes.WITHDRAWN, 1}
        case Mode.UP_DOWN:
            return value in {votes.WITHDRAWN, 1, -1}
        case _:
            return votes.WITHDRAWN <= value <= rules.max_points


def _latest_of(idea: Idea, mailbox: str) -> VoteEvent | None:
    """What the vote has just written: nobody else writes for this person before we commit."""
    people = Participant.objects.select_related("joined_into")
    named = people.get(brand=idea.brand_id, mailbox=mailbox)
    return _steps(idea, named.joined_into or named).first()


def _steps(idea: Idea, person: Participant) -> QuerySet[VoteEvent]:
    rows = VoteEvent.objects.filter(ref=person.ref, counts_on=idea, idea=idea)
    return rows.order_by("-seq")


def _put_back(idea: Idea, event: VoteEvent) -> None:
    person = Participant.objects.get(ref=event.ref)
    prepared.one(HOLD_VOTER, (person.pk,))
    latest, *earlier = _steps(idea, person)[:2]
    if latest != event:
        return
    was = event.was if event.was_state != VoteState.VOID else votes.WITHDRAWN
    if not was or event.was_source != Source.IMPORTED:
        votes.recast_by_team(code=idea.code, participant_id=person.pk, value=was)
        return
    # An imported vote replaces none that was cast here: it comes back to an empty place.
    votes.recast_by_team(code=idea.code, participant_id=person.pk, value=votes.WITHDRAWN)
    votes.recast_by_team(
        code=idea.code, participant_id=person.pk, value=was, imported_at=earlier[0].at
    )


def _record(kind: str, idea: Idea, actor: User, data: dict[str, int | None]) -> Activity:
    """Without the person: what was written, if anything was, is a row of the ledger."""
    return activity.record(
        kind, subject=("idea", idea.code), brand=idea.brand, actor=actor, private=True, data=data
    )
