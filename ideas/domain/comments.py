"""What people say about an idea, and what its brand answers.

Whoever posts holds the idea's row, as a decision does: no comment follows a status that ends them.
Votes never take that lock.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.domain import activity
from accounts.domain.stopping import hold_active
from accounts.models import Participant, User
from accounts.rules import can_answer
from cocreate.lib import grace, written
from cocreate.lib.errors import DomainError, Invalid, NotAllowed, NotFound
from cocreate.lib.pages import LARGEST_LIMIT, SMALLEST_LIMIT, BadCursor, Page, decode, encode
from cocreate.lib.text import tidy_text
from cocreate.lib.written import SOMETHING
from ideas.domain import follows
from ideas.domain.challenges import State, state_of
from ideas.domain.decisions import PRESSED_TWICE, TooLateToUndo
from ideas.domain.ideas import ChangedMeanwhile, database_time
from ideas.domain.meanwhile import latest_answer, must_be_latest
from ideas.domain.statuses import Step, graph_of
from ideas.enums import CommentSort, Lock, Verb
from ideas.models import Comment, Idea
from ideas.models.comment import COMMENT_LENGTH
from ideas.rules import EDIT_WINDOW, is_comment_author

PAGE_OF_COMMENTS = 50


class CommentsClosed(DomainError):
    code, status = "phase_closed", 409
    message = _("This challenge takes no comments now.")


class CommentsEnded(DomainError):
    code, status, message = "idea_closed", 409, _("Comments on this idea have ended.")


class IdeaGone(CommentsEnded):
    message = _("This idea is gone: nobody can comment on it any more.")


class IdeaHidden(CommentsEnded):
    message = _("This idea is hidden: nobody can comment on it now.")


class ParentGone(DomainError):
    code, status = "parent_gone", 409
    message = _("The comment you answer is gone. You can still post yours on the idea itself.")


class CommentChanged(ChangedMeanwhile):
    message = _("Somebody changed this comment while you were writing. Compare, then save again.")


class TooLateToChange(DomainError):
    code, status = "too_late", 409
    message = _("A comment can be changed for {n} minutes. That time is over.")

    def __init__(self) -> None:
        super().__init__(str(self.message).format(n=EDIT_WINDOW // timedelta(minutes=1)))


@transaction.atomic
def post(
    *,
    idea: Idea,
    author: Participant | None,
    body: str,
    actor: User | None = None,
    parent: Comment | None = None,
    official: bool = False,
) -> Comment:
    """Say something about the idea, or answer somebody who did. `author` is None only where the
    brand speaks; `actor`: who of its team, None is a key.

    Raises NotAllowed, Invalid, CommentsClosed, CommentsEnded or ParentGone; what is official is
    taken while the idea is there. Records `comment.posted` or `answer.posted`. The author follows
    the idea from now on, unless they said no before. The same words twice within a minute are one
    comment.
    """
    if author is None and not official:
        raise NotAllowed
    if author is not None:
        hold_active(author)
    body = cleaned(body)
    held = _held(idea)
    if (not official or held.deleted_at) and (reason := refusal(held)):
        raise reason
    if parent is not None:
        _must_stand(parent, held)
    return _posted(held, author, body, actor, parent, official=official, pinned=False)


@transaction.atomic
def answer(*, idea: Idea, body: str, actor: User | None, seen: str | None = None) -> Comment:
    """The brand's answer, pinned above all comments. `seen`: the code of the one that they saw as
    the latest. Raises Invalid, IdeaGone or DecidedMeanwhile. Records `answer.posted`, of which
    people hear later.
    """
    body = cleaned(body)
    held = _held(idea)
    if held.deleted_at:
        raise IdeaGone
    latest = latest_answer(held) if seen is not None else None
    if latest is None or latest.body != body:  # pressed twice
        must_be_latest(latest, seen)
    return _posted(held, None, body, actor, None, official=True, pinned=True)


def refusal(
    idea: Idea, *, state: State | None = None, step: Step | None = None
) -> DomainError | None:
    """Why nobody can comment on it now; None: they can. `state` and `step`: where they are at
    hand.
    """
    if idea.deleted_at:
        return IdeaGone()
    step = step or graph_of(idea.brand).step(idea.status)
    if idea.merged_into_id or step.ends(Lock.COMMENT):
        return CommentsEnded()
    if idea.hidden:
        return IdeaHidden()
    state = state or state_of(idea.challenge, database_time())
    return None if state.allows(Verb.COMMENT) else CommentsClosed()


@transaction.atomic
def edit(
    *, comment: Comment, body: str, actor: User | None, as_read: datetime | None = None
) -> Comment:
    """Say it otherwise. Its author for a short while (EDIT_WINDOW) and as long as the idea takes
    comments; the team always what the brand said.

    `actor` None: a key. `as_read`: only what was said at that moment (Comment.said_at), else
    CommentChanged. Raises NotAllowed, Invalid, TooLateToChange or what post() does. Records
    `comment.edited`.
    """
    held = _held_comment(comment, actor, as_read)
    body = cleaned(body)
    if not held.official and (reason := refusal(_held(held.idea))):
        raise reason
    if body == held.body:
        return held
    Comment.objects.filter(pk=held.pk).update(body=body, edited_at=Now())
    _record("comment.edited", held, actor)
    held.refresh_from_db(fields=["body", "edited_at"])
    return held


@transaction.atomic
def delete(*, comment: Comment, actor: User | None, as_read: datetime | None = None) -> None:
    """Empty a text; its place stays, for those who answered. By whom, how long and `as_read`: as
    edit(). Records `comment.deleted`.
    """
    held = _held_comment(comment, actor, as_read)
    _empty(Comment.objects.filter(pk=held.pk))
    _record("comment.deleted", held, actor)


@transaction.atomic
def undo_answer(*, comment: Comment, actor: User | None) -> None:
    """Take back what the brand said before anybody is told. Raises TooLateToUndo. Records
    `comment.deleted`.
    """
    fresh = Comment.objects.filter(
        pk=comment.pk, official=True, deleted_at=None, created_at__gt=Now() - grace.to_undo()
    )
    if not _empty(fresh):
        raise TooLateToUndo
    _record("comment.deleted", comment, actor)


@transaction.atomic
def set_hidden(*, comment: Comment, hidden: bool, actor: User | None, reason: str = "") -> None:
    """Take a text away from the public, or give it back. Records `comment.hidden` or
    `comment.shown`; `reason` is for its author.
    """
    changed = Comment.objects.filter(pk=comment.pk).exclude(hidden=hidden).update(hidden=hidden)
    comment.hidden = hidden
    if changed:
        kind = "comment.hidden" if hidden else "comment.shown"
        words = {"reason": " ".join(tidy_text(reason).split())} if hidden else {}
        _record(kind, comment, actor, wait=grace.to_tell() if hidden else None, **words)


def comments_page(
    *,
    idea: Idea,
    sort: CommentSort,
    cursor: str = "",
    limit: int = PAGE_OF_COMMENTS,
    for_team: bool = False,
) -> Page[Comment]:
    """Comments in threads; idea, author and the author of what each answers at hand. What is
    hidden or deleted keeps its place, without text or name, but that the team reads what it hid.
    Raises BadCursor.
    """
    limit = min(max(limit, SMALLEST_LIMIT), LARGEST_LIMIT)
    if cursor:
        found = list(_behind(_in_order(idea.pk, sort), idea, sort, cursor)[: limit + 1])
    else:
        found = written.objects(_first_page(sort, limit + 1), {SOMETHING: idea.pk})
    following = encode(sort, found[limit - 1].code) if len(found) > limit else None
    for comment in found if not for_team else []:
        _withhold(comment)
    return Page(_on(idea, found[:limit]), following)


def _in_order(idea_id: int, sort: CommentSort) -> "QuerySet[Comment]":
    rows = Comment.objects.filter(idea=idea_id).defer("parent__body")
    order = ["path"] if sort == CommentSort.OLD else ["-thread", "path"]
    return rows.select_related("author__user", "parent__author__user").order_by(*order)


@cache
def _first_page(sort: CommentSort, rows: int) -> written.Written:
    return written.write(_in_order(SOMETHING, sort)[:rows])


def cursor_to(comment: Comment) -> str:
    """Of the page, oldest first, that begins with this comment; empty where the first page has
    it.
    """
    before = Comment.objects.filter(idea=comment.idea_id, path__lt=comment.path)
    if before[:PAGE_OF_COMMENTS].count() < PAGE_OF_COMMENTS:
        return ""
    return encode(CommentSort.OLD, before.latest("path").code)


def answers_of(idea: Idea) -> list[Comment]:
    """The brand's pinned answers, the latest first."""
    return _on(idea, written.objects(_pinned(), {SOMETHING: idea.pk}))


@cache
def _pinned() -> written.Written:
    rows = Comment.objects.filter(idea=SOMETHING, pinned=True, deleted_at=None)
    return written.write(rows.shown().order_by("-id"))


def cleaned(body: str) -> str:
    """Raises Invalid."""
    body = tidy_text(body).strip()
    if not body:
        raise _wrong("required", str(_("Write something first.")))
    if len(body) > COMMENT_LENGTH:
        message = str(_("Keep the text under {n} characters.")).format(n=COMMENT_LENGTH)
        raise _wrong("too_long", message)
    return body


def _wrong(code: str, message: str) -> Invalid:
    return Invalid(fields={"body": [(code, message)]})


def _held(idea: Idea) -> Idea:
    """As it stands, and stays until the transaction ends. Fresh from the database: what the caller
    read is older than the lock.
    """
    rows = Idea.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("brand", "challenge__rules").get(pk=idea.pk)


def _on(idea: Idea, comments: list[Comment]) -> list[Comment]:
    """With the idea and its brand at hand."""
    for comment in comments:
        comment.idea, comment.brand = idea, idea.brand
    return comments


def _must_stand(parent: Comment, idea: Idea) -> None:
    """Raises NotFound for a comment of another idea, ParentGone for one that nobody reads."""
    if parent.idea_id != idea.pk:
        raise NotFound
    if not Comment.objects.filter(pk=parent.pk, deleted_at=None).shown().exists():
        raise ParentGone


def _posted(
    idea: Idea,
    author: Participant | None,
    body: str,
    actor: User | None,
    parent: Comment | None,
    *,
    official: bool,
    pinned: bool,
) -> Comment:
    content = {
        "brand": idea.brand, "idea": idea, "author": author, "actor": actor if official else None,
        "parent": parent, "body": body, "official": official, "pinned": pinned,
    }  # fmt: skip
    shown = Comment.objects.filter(**content, deleted_at=None).shown()
    if twice := shown.filter(created_at__gt=Now() - PRESSED_TWICE).first():
        return twice  # we hold the idea: whoever pressed first has committed
    comment = Comment.objects.create(**content)
    comment.refresh_from_db(fields=["thread", "path", "created_at"])
    if author is not None:
        follows.begin(idea=idea, participant=author)
    activity.record(
        "answer.posted" if official else "comment.posted",
        subject=("idea", idea.code),
        brand=idea.brand,
        actor=actor,
        participant=author,
        data={"comment": comment.code},
        wait=grace.to_tell() if official else None,
    )
    return comment


def _held_comment(comment: Comment, actor: User | None, as_read: datetime | None) -> Comment:
    """As it stands, for somebody who may change it now. Raises NotAllowed, TooLateToChange or
    CommentChanged.
    """
    rows = Comment.objects.select_for_update(no_key=True, of=("self",))
    held = rows.select_related("brand", "idea", "author").get(pk=comment.pk)
    if held.deleted_at:
        raise NotFound
    if not held.official:
        _must_be_own(held, actor)
    elif actor is not None and not can_answer(actor, held.brand):
        raise NotAllowed
    if as_read not in {None, held.said_at}:
        raise CommentChanged
    return held


def _must_be_own(held: Comment, actor: Any) -> None:
    author = held.author
    if author is None or held.hidden or not is_comment_author(actor, held):
        raise NotAllowed
    hold_active(author)
    if database_time() >= ends_at(held):
        raise TooLateToChange


def ends_at(comment: Comment) -> datetime:
    """Until when its author may change it."""
    return comment.created_at + EDIT_WINDOW


def _empty(comments: "QuerySet[Comment]") -> int:
    return comments.update(body="", deleted_at=Now(), pinned=False)


def _record(
    kind: str, comment: Comment, actor: User | None, *, wait: timedelta | None = None, **data: str
) -> None:
    activity.record(
        kind,
        subject=("idea", comment.idea.code),
        brand=comment.brand,
        actor=actor,
        participant=comment.author,
        private=True,
        data={"comment": comment.code} | data,
        wait=wait,
    )


def _behind(
    rows: "QuerySet[Comment]", idea: Idea, sort: CommentSort, cursor: str
) -> "QuerySet[Comment]":
    """The cursor names the last comment, which keeps its place whatever becomes of its text."""
    (code,) = decode(cursor, sort, str)
    place = Comment.objects.filter(idea=idea, code=code) if code.isalnum() else None
    last = place.values_list("thread", "path").first() if place is not None else None
    if last is None:
        raise BadCursor
    thread, path = last
    if sort == CommentSort.OLD:
        return rows.filter(path__gt=path)
    return rows.filter(thread__lte=thread).exclude(thread=thread, path__lte=path)


def _withhold(comment: Comment) -> None:
    """In memory: nobody who is handed the page can print what the public may not read."""
    parent = comment.parent
    if comment.hidden or comment.deleted_at:
        comment.body, comment.author = "", None
    if parent is not None and (parent.hidden or parent.deleted_at):
        parent.author = None
