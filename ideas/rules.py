"""May they? Pure predicates that page, template and API ask alike."""

from datetime import timedelta
from functools import cache
from typing import Any

from django.utils import timezone

from accounts.models import Brand
from accounts.rules import can_answer, role_in
from cocreate.lib import written
from cocreate.lib.written import SOMEBODY, SOMETHING
from ideas.enums import Answer, ImportState, Lock, Voters
from ideas.models import Challenge, CoAuthor, Comment, Idea, Image, StatusStep

EDIT_WINDOW = timedelta(minutes=30)  # in which somebody may change their comment
KEPT = timedelta(days=30)  # so long a deleted idea can be taken back


def can_see_challenge(user: Any, challenge: Challenge) -> bool:
    """Of a brand they may see. A draft is seen by the team alone."""
    return challenge.is_published or role_in(user, challenge.brand) is not None


def can_vote_in(user: Any, challenge: Challenge) -> bool:
    """Whether the rules let this person cast votes, at whatever time; `challenge.rules` is at hand.
    What they have cast they may take back all the same. cast_vote() asks again, under its locks.
    """
    if challenge.rules is None or challenge.rules.who_votes == Voters.EVERYBODY:
        return True
    is_admitted = challenge.rules.who_votes == Voters.ADMITTED and _is_admitted(user, challenge)
    return is_admitted or role_in(user, challenge.brand) is not None


def can_vote_for_others(user: Any, brand: Brand) -> bool:
    """Whoever of the team decides on ideas: for people who told them what they want."""
    return can_answer(user, brand)


def _is_admitted(user: Any, challenge: Challenge) -> bool:
    """One query a user and brand, remembered on the user: a list asks for every idea."""
    if not getattr(user, "is_authenticated", False):
        return False
    known = user.__dict__.setdefault("_admitted", {})
    brand_id = challenge.brand_id
    if brand_id not in known:
        known[brand_id] = user.participants.filter(brand=brand_id, admitted=True).exists()
    return bool(known[brand_id])


def can_see(user: Any, idea: Idea) -> bool:
    """Of a brand they may see. A hidden idea is seen by the team and by its authors; one that its
    author deleted, by the team and that author. One query, for somebody else.
    """
    if not idea.hidden or is_author(user, idea) or role_in(user, idea.brand) is not None:
        return True
    return not idea.deleted_at and is_co_author(user, idea)


def is_author(user: Any, idea: Idea) -> bool:
    author = idea.author
    return (
        author is not None
        and author.user_id is not None
        and author.user_id == getattr(user, "pk", None)
    )


def is_co_author(user: Any, idea: Idea) -> bool:
    """Whether they accepted to sign it too. One query, for a member."""
    pk = getattr(user, "pk", None)
    if pk is None:
        return False
    return written.first(_co_author(), {SOMETHING: idea.pk, SOMEBODY: pk}) is not None


@cache
def _co_author() -> written.Written:
    rows = CoAuthor.objects.filter(
        idea=SOMETHING, answer=Answer.ACCEPTED, participant__user=SOMEBODY
    )
    return written.write(rows.values("pk"))


def can_edit(user: Any, idea: Idea) -> bool:
    """Its authors until its status ends changes or votes; the brand's managers always. Nobody,
    while it is deleted.
    """
    if idea.deleted_at:
        return False
    if can_answer(user, idea.brand):
        return True
    is_theirs = is_author(user, idea) or is_co_author(user, idea)
    return is_theirs and not idea.closed and not _ends_edits(idea)


def can_delete(user: Any, idea: Idea) -> bool:
    """Its author, while they may still change it and nobody has hidden it."""
    if idea.deleted_at or idea.hidden or idea.merged_into_id or not is_author(user, idea):
        return False
    return not idea.closed and not _ends_edits(idea)


def can_be_signed(idea: Idea) -> bool:
    """Whether anybody is asked to sign it now: a mail in our name says what it is called."""
    return not (idea.hidden or idea.deleted_at or idea.merged_into_id or idea.closed)


def can_restore(user: Any, idea: Idea) -> bool:
    """Its author, for as long as its text is kept. Not what an import has taken back, which its
    file may bring a second time.
    """
    deleted_at = idea.deleted_at
    if idea.import_batch_id is not None and idea.external_id is None:
        return False
    return deleted_at is not None and is_author(user, idea) and timezone.now() < deleted_at + KEPT


def was_taken_back(idea: Idea) -> bool:
    """Whether it left with the import that brought it. One query, for a deleted one of an import.

    An undoing frees its number; so does its author's deleting, after 30 days.
    """
    if not idea.deleted_at or idea.import_batch is None or idea.external_id is not None:
        return False
    return idea.import_batch.state in {ImportState.UNDOING, ImportState.UNDONE}


def _ends_edits(idea: Idea) -> bool:
    return StatusStep.objects.graph_of(idea.brand).step(idea.status).ends(Lock.EDIT)


def is_comment_author(user: Any, comment: Comment) -> bool:
    author = comment.author
    return (
        author is not None
        and author.user_id is not None
        and author.user_id == getattr(user, "pk", None)
    )


def can_read(user: Any, comment: Comment) -> bool:
    """What the team hides is for the team alone; what is deleted is for nobody."""
    return not comment.deleted_at and (
        not comment.hidden or role_in(user, comment.brand) is not None
    )


def can_change(user: Any, comment: Comment) -> bool:
    """Its author for a short while, unless it is hidden; what the brand said, whoever answers for
    it.
    """
    if comment.deleted_at:
        return False
    if comment.official:
        return can_answer(user, comment.brand)
    fresh = timezone.now() < comment.created_at + EDIT_WINDOW
    return fresh and not comment.hidden and is_comment_author(user, comment)


def may_see_waiting(user: Any, image: Image) -> bool:
    """A picture before it is on an idea: who sent it, and the brand's managers for the brand."""
    if image.uploader is None:
        return can_answer(user, image.brand)
    own = image.uploader.user_id
    return own is not None and own == getattr(user, "pk", None)


def can_report(user: Any, text: Idea | Comment) -> bool:
    """Anybody, what somebody else wrote; to the team, what the brand said is its own."""
    if isinstance(text, Idea):
        return not is_author(user, text) and not text.deleted_at
    is_own = is_comment_author(user, text)
    return not (is_own or (text.official and can_answer(user, text.brand)))
