"""The discussion as the page of an idea shows it: what the brand says, then what people say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.domain.stopping import Stopped
from accounts.domain.stopping import refusal as stopped
from accounts.rules import can_answer, role_in
from cocreate.lib.errors import DomainError
from cocreate.lib.html import NOBODY, People
from ideas.domain import comments
from ideas.domain.challenges import State
from ideas.domain.decisions import history_of
from ideas.domain.follows import follows
from ideas.domain.statuses import FIRST, Graph, Step, graph_of
from ideas.enums import CommentSort, Tone
from ideas.models import Comment, Idea
from ideas.rules import can_change, can_report
from web.mentions import named_in
from web.public.forms import CommentForm
from web.sorts import Tab

LONG = 1_800  # characters: two screens of a telephone


@dataclass(frozen=True)
class Said:
    """A comment and what its reader may do with it. `answers`: what it replies to, where that does
    not stand directly above it.
    """

    comment: Comment
    answers: Comment | None
    may_change: bool
    may_report: bool
    people: People = NOBODY  # whom it names

    @property
    def is_long(self) -> bool:
        """Shown by its beginning; what the brand says is shown whole."""
        return len(self.comment.body) > LONG and not self.comment.official

    @property
    def is_gone(self) -> bool:
        """Nobody but the team, if it is hidden, reads it: the page says why."""
        return self.comment.deleted_at is not None or (
            self.comment.hidden and not self.comment.body
        )

    @property
    def until(self) -> datetime | None:
        """Until when its author may change it; the brand may always."""
        may = self.may_change and not self.comment.official
        return comments.ends_at(self.comment) if may else None

    @property
    def answered_name(self) -> str:
        """Whom it replies to, where it has to be said."""
        if self.answers and self.answers.official:
            return self.comment.brand.name
        author = self.answers.author if self.answers else None
        return author.name if author and author.name else _("somebody")

    @property
    def answers_nobody(self) -> bool:
        """What it replies to is gone."""
        return bool(self.answers and (self.answers.deleted_at or self.answers.hidden))


@dataclass(frozen=True)
class Turn:
    """One decision on the road of an idea."""

    step: Step
    at: datetime
    reason: str = ""
    message: str = ""
    is_now: bool = False

    @property
    def chip(self) -> str:
        return "" if self.step.tone == Tone.PLAIN else self.step.tone


@dataclass(frozen=True)
class Word:
    """The latest that the brand has said, told at the head of the idea. `anchor`: where all of it
    stands.
    """

    at: datetime
    text: str
    anchor: str


@dataclass(frozen=True)
class Discussion:
    """`comments`: how many the idea has beside the brand's pinned answers, which stand apart."""

    said: list[Said]
    comments: int
    next: str | None
    is_first_page: bool
    sort: CommentSort
    tabs: list[Tab]
    answers: list[Said]
    turns: list[Turn]
    refusal: DomainError | None  # why its reader cannot comment now
    may_answer: bool
    is_team: bool
    follows: bool
    may_report: bool
    form: CommentForm

    @property
    def word(self) -> Word | None:
        """An answer, or what a decision says to everybody."""
        said = [
            Word(one.comment.created_at, one.comment.body, f"comment-{one.comment.code}")
            for one in self.answers
            if not one.is_gone and not one.comment.hidden
        ]
        said += [Word(turn.at, turn.message, "answers") for turn in self.turns if turn.message]
        return max(said, key=lambda word: word.at, default=None)


def discussion(request: HttpRequest, idea: Idea, state: State, count: int) -> Discussion:
    """`count`: of all comments of the idea. Raises BadCursor."""
    user, graph = request.user, graph_of(idea.brand)
    sort, is_team = wanted_sort(request), role_in(user, idea.brand) is not None
    page = comments.comments_page(
        idea=idea,
        sort=sort,
        cursor=request.GET.get("cursor", ""),
        for_team=is_team,
    )
    pinned = comments.answers_of(idea)
    people = named([*pinned, *page.items])
    answers = list(shown(user, pinned, people))
    return Discussion(
        said=without_lonely_answers(list(shown(user, page.items, people))),
        comments=count - len(answers),
        next=page.next,
        is_first_page="cursor" not in request.GET,
        sort=sort,
        tabs=[Tab(str(one.label), f"sort={one.value}", one == sort) for one in CommentSort],
        answers=answers,
        turns=turns(idea, graph),
        refusal=refusal(user, idea, state, graph.step(idea.status)),
        may_answer=can_answer(user, idea.brand) and not idea.deleted_at,
        is_team=is_team,
        follows=follows(idea=idea, user=user),
        may_report=can_report(user, idea),
        form=CommentForm(auto_id="id_%s"),
    )


def wanted_sort(request: HttpRequest) -> CommentSort:
    value = request.GET.get("sort", "")
    return CommentSort(value) if value in CommentSort.values else CommentSort.OLD


def named(said: list[Comment]) -> dict[int, People]:
    """Of each comment, by its key."""
    people = named_in(comment.body for comment in said)
    return dict(zip((comment.pk for comment in said), people, strict=True))


def shown(user: Any, said: list[Comment], people: dict[int, People]) -> Iterator[Said]:
    above: Comment | None = None
    for comment in said:
        parent = comment.parent if comment.parent_id else None
        is_apart = parent is not None and (above is None or above.pk != parent.pk)
        yield Said(
            comment,
            answers=parent if is_apart else None,
            may_change=can_change(user, comment),
            may_report=can_report(user, comment),
            people=people[comment.pk],
        )
        above = comment


def without_lonely_answers(said: list[Said]) -> list[Said]:
    """A pinned answer stands above the discussion; in it, only where somebody replied."""
    following = [one.comment for one in said[1:]]
    return [
        one
        for n, one in enumerate(said)
        if not one.comment.pinned
        or one.is_gone
        or (n < len(following) and following[n].thread == one.comment.thread)
    ]


def turns(idea: Idea, graph: Graph) -> list[Turn]:
    """From the day it was posted until now; empty where nothing was decided."""
    decisions = history_of(idea)[::-1]
    if not decisions:
        return []
    begin = Turn(graph.step(FIRST), idea.created_at)
    return [
        begin,
        *(
            Turn(
                graph.step(decision.after),
                decision.at,
                str(decision.get_reason_display()) if decision.reason else "",
                decision.message,
                is_now=decision == decisions[-1],
            )
            for decision in decisions
        ),
    ]


def refusal(
    user: Any, idea: Idea, state: State | None = None, step: Step | None = None
) -> DomainError | None:
    """Why this reader cannot comment now: because nobody can, or because they were stopped."""
    reason = comments.refusal(idea, state=state, step=step)
    if reason is None and user.is_authenticated:
        found = stopped(brand_id=idea.brand_id, user_id=user.pk)
        reason = found if isinstance(found, Stopped) else None
    return reason
